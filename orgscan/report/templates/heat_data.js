'use strict';
// What the heat map shows: for each account and region how many findings failed, and whether it
// was seen; and the same for the accounts of an organizational unit together.

/** The states of a cell, each with the words for it. A group's cell may be of several. */
const HEAT_STATES = ['not asked', 'not enabled', 'seen', 'seen in part', 'not seen'];
const [NOT_ASKED, NOT_ENABLED, SEEN, IN_PART, NOT_SEEN] = HEAT_STATES.keys();
const HEAT_STATE_OF = {
  COVERED: SEEN,
  PARTLY_COVERED: IN_PART,
  REGION_NOT_ENABLED: NOT_ENABLED,
  ACCOUNT_NOT_ACTIVE: NOT_ENABLED,
};

class HeatData {
  constructor() {
    this.regions = this.allRegions();
    this.regionAt = new Map(this.regions.map((region, at) => [region, at]));
    this.accounts = [];
    this.accountAt = new Map();
    for (const account of coverage.values('account')) this.accountNumber(account);
    for (const account of findings.values('account')) this.accountNumber(account);
    const cells = this.accounts.length * this.regions.length;
    this.states = new Uint8Array(cells);
    this.failed = new Uint32Array(cells);
    this.totals = new Uint32Array(cells);
    this.readCoverage();
    this.readFindings();
  }

  allRegions() {
    const known = [...coverage.values('region'), ...findings.values('region')];
    return [...new Set(known.filter((region) => region !== null && region !== undefined))].sort();
  }

  accountNumber(account) {
    const [id] = account;
    if (!this.accountAt.has(id)) this.accountAt.set(id, this.accounts.push(account) - 1);
    return this.accountAt.get(id);
  }

  /** For each value of a table's dictionaries, the number of its account or region here. */
  places(columns) {
    const rows = columns.values('account').map((account) => this.accountNumber(account));
    const regions = columns.values('region').map((region) => this.regionAt.get(region) ?? -1);
    return { rows, regions };
  }

  stateOf(row) {
    const status = coverage.value('status', row);
    if (status === 'REGION_NOT_ENABLED' && coverage.value('error_code', row)) return NOT_SEEN;
    return HEAT_STATE_OF[status] ?? NOT_SEEN;
  }

  readCoverage() {
    const { rows, regions } = this.places(coverage);
    const [accounts, places] = [coverage.numbers('account'), coverage.numbers('region')];
    const width = this.regions.length;
    for (let row = 0; row < coverage.rows; row += 1) {
      const from = rows[accounts[row]] * width;
      const region = regions[places[row]];
      // A line without a region is the whole account's.
      if (region === -1) this.states.fill(this.stateOf(row), from, from + width);
      else this.states[from + region] = this.stateOf(row);
    }
  }

  readFindings() {
    const { rows, regions } = this.places(findings);
    const [accounts, places] = [findings.numbers('account'), findings.numbers('region')];
    const isFailed = findings.values('status').map((status) => Number(status === 'FAILED'));
    const statuses = findings.numbers('status');
    for (let row = 0; row < findings.rows; row += 1) {
      const cell = rows[accounts[row]] * this.regions.length + regions[places[row]];
      this.totals[cell] += 1;
      this.failed[cell] += isFailed[statuses[row]];
    }
  }

  /** A row for one account, or for several together; its cells are made when it is drawn. */
  row(members) {
    const width = this.regions.length;
    let [failed, unseen] = [0, 0];
    for (const member of members) {
      for (let at = member * width; at < (member + 1) * width; at += 1) {
        failed += this.failed[at];
        unseen += Number(this.states[at] >= IN_PART);
      }
    }
    return { members, failed, unseen };
  }

  cells({ members }) {
    return this.regions.map((_, region) => this.cell(members, region));
  }

  /** Counts of findings (failed, total) and of account-regions (states, unseen, asked). */
  cell(members, region) {
    const states = HEAT_STATES.map(() => 0);
    let [failed, total] = [0, 0];
    for (const member of members) {
      const at = member * this.regions.length + region;
      failed += this.failed[at];
      total += this.totals[at];
      states[this.states[at]] += 1;
    }
    const unseen = states[NOT_SEEN] + states[IN_PART];
    return { failed, total, states, unseen, asked: states[SEEN] + unseen };
  }

  /** The accounts of each organizational unit, by its path. */
  units() {
    const units = new Map();
    for (const [at, [, , path]] of this.accounts.entries()) {
      if (!units.has(path)) units.set(path, []);
      units.get(path).push(at);
    }
    return units;
  }
}
