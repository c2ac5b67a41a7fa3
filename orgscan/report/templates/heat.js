'use strict';
// The heat map: a row for each account or organizational unit, a column for each region. A cell
// says its number of failed findings in figures, and what was not seen by a pattern, so that it
// can be read without colours; to a screen reader it is a grid, each cell in words.

const MOST_UNGROUPED = 60;
const HEAT_STEPS = [1, 4, 16, 64];

/** How dark a cell is: 0 without failed findings, then by their order of magnitude. */
function heatLevel(failed) {
  return HEAT_STEPS.filter((step) => failed >= step).length;
}

/** The state that a cell is drawn in: for a group, what most of it is, and any gap as a corner. */
function heatClass({ states, unseen, asked }) {
  if (asked === 0) return states[NOT_ENABLED] > 0 ? 'off' : 'unasked';
  if (states[NOT_SEEN] === asked) return 'unseen';
  if (unseen === asked) return 'partly';
  return unseen > 0 ? 'gaps' : 'seen';
}

/** A large count in few figures: 1,234 as `1k`. */
function shortCount(number) {
  if (number < 1000) return String(number);
  return number < 1e6 ? `${Math.floor(number / 1000)}k` : `${Math.floor(number / 1e6)}M`;
}

class HeatMap {
  constructor(parent) {
    this.data = new HeatData();
    this.opened = new Set();
    const units = this.data.units();
    this.canGroup = units.size > 1 || [...units.keys()].some(Boolean);
    this.isGrouped = this.canGroup && this.data.accounts.length > MOST_UNGROUPED;
    this.column = 0;
    this.build(parent);
    this.arrange();
    parent.hidden = false;
  }

  build(parent) {
    const head = withAttributes(element('div', 'heat-row', this.heads()), {
      role: 'row',
      'aria-rowindex': '1',
    });
    this.body = withAttributes(element('div', 'heat-body'), { role: 'rowgroup' });
    const headGroup = withAttributes(element('div', 'heat-head', head), { role: 'rowgroup' });
    this.root = withAttributes(element('div', 'heat', [headGroup, this.body]), {
      role: 'grid',
      'aria-label': 'Failed findings and coverage by account and region',
      'aria-colcount': String(this.data.regions.length + 2),
    });
    this.root.style.setProperty('--regions', String(this.data.regions.length));
    parent.append(this.tools(), this.root);
    this.rows = new Rows({
      viewport: this.root,
      body: this.body,
      headHeight: () => headGroup.offsetHeight,
      rowHeight: () => parseFloat(getComputedStyle(this.root).getPropertyValue('--heat-row')),
      make: (at) => this.row(at),
      onRender: () => this.placeTabStop(),
    });
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('click', (event) => this.onClick(event));
    this.body.addEventListener('focusin', (event) => this.onFocus(event));
  }

  heads() {
    const titles = ['Account', 'Failed', ...this.data.regions];
    return titles.map((title, at) => {
      const made = element('div', at < 2 ? `heat-head-${at}` : 'heat-region', element('span', '', title));
      return withAttributes(made, { role: 'columnheader' });
    });
  }

  tools() {
    if (!this.canGroup) return element('div');
    const choices = [
      ['By organizational unit', true],
      ['By account', false],
    ];
    this.buttons = choices.map(([label, isGrouped]) => {
      const button = element('button', 'chip chip-text', label);
      button.onclick = () => {
        this.isGrouped = isGrouped;
        this.arrange();
      };
      return button;
    });
    const label = { role: 'group', 'aria-label': 'Rows of the heat map' };
    return withAttributes(element('div', 'chips heat-tools', this.buttons), label);
  }

  /** Puts the rows in order: the most failed first, then the most unseen. */
  arrange(keep = 0) {
    const byUrgency = (one, other) => other.failed - one.failed || other.unseen - one.unseen;
    const accountRow = (at) => ({ ...this.data.row([at]), account: this.data.accounts[at] });
    if (this.isGrouped) {
      this.groups ??= [...this.data.units()]
        .map(([path, members]) => ({ ...this.data.row(members), path }))
        .sort(byUrgency);
      this.order = this.groups.flatMap((group) =>
        this.opened.has(group.path)
          ? [group, ...group.members.map(accountRow).sort(byUrgency)]
          : [group],
      );
    } else {
      this.flat ??= this.data.accounts.map((_, at) => accountRow(at)).sort(byUrgency);
      this.order = this.flat;
    }
    for (const [at, button] of (this.buttons ?? []).entries()) {
      button.setAttribute('aria-pressed', String((at === 0) === this.isGrouped));
    }
    this.root.setAttribute('aria-rowcount', String(this.order.length + 1));
    const { scrollTop } = this.root;
    this.rows.show(this.order.length);
    if (keep > 0) this.root.scrollTop = scrollTop;
    this.rows.active = keep;
    this.rows.render();
  }

  row(at) {
    const row = this.order[at];
    const cells = this.data.cells(row).map((cell, region) => this.cell(row, cell, region));
    const failed = element('div', 'heat-sum', row.failed ? formatCount(row.failed) : '–');
    withAttributes(failed, { role: 'gridcell', tabindex: '-1', 'data-column': '1' });
    failed.setAttribute('aria-label', `${this.nameOf(row)}: ${formatCount(row.failed)} failed`);
    const made = element('div', row.path === undefined ? 'heat-row' : 'heat-row heat-group', [
      this.rowHead(row),
      failed,
      ...cells,
    ]);
    return withAttributes(made, { role: 'row', 'aria-rowindex': String(at + 2) });
  }

  nameOf(row) {
    if (row.account) return row.account[1] || row.account[0];
    return row.path ? row.path.split('/').at(-1) : 'No unit known';
  }

  rowHead(row) {
    const more = row.account
      ? row.account[0]
      : `${formatCount(row.members.length)} ${row.members.length === 1 ? 'account' : 'accounts'}`;
    const made = element('div', 'heat-name', [
      element('span', 'main', this.nameOf(row)),
      element('span', 'more', more),
    ]);
    withAttributes(made, { role: 'rowheader', tabindex: '-1', 'data-column': '0' });
    if (row.path !== undefined) {
      made.title = visible(row.path);
      made.setAttribute('aria-expanded', String(this.opened.has(row.path)));
    }
    return made;
  }

  cell(row, cell, region) {
    const level = heatLevel(cell.failed);
    const text = cell.failed ? shortCount(cell.failed) : '';
    const made = element('div', `heat-cell heat-${heatClass(cell)} heat-level-${level}`, text);
    const label = `${visible(this.nameOf(row))}, ${visible(this.data.regions[region])}: ${this.words(cell)}`;
    made.title = label;
    return withAttributes(made, {
      role: 'gridcell',
      tabindex: '-1',
      'aria-label': label,
      'data-column': String(region + 2),
    });
  }

  words({ failed, total, states }) {
    const findingsText = total
      ? `${formatCount(failed)} failed of ${formatCount(total)} findings`
      : 'no findings';
    const known = states.map((count, state) => [count, HEAT_STATES[state]]).filter(([count]) => count);
    if (known.length === 1) return `${findingsText}; ${known[0][1]}`;
    return `${findingsText}; ${known.map(([count, word]) => `${formatCount(count)} ${word}`).join(', ')}`;
  }

  placeTabStop() {
    for (const [at, made] of this.rows.shown) {
      for (const cell of made.querySelectorAll('[data-column]')) {
        const isStop = at === this.rows.active && Number(cell.dataset.column) === this.column;
        cell.tabIndex = isStop ? 0 : -1;
      }
    }
  }

  focus(at, column) {
    this.column = Math.min(Math.max(column, 0), this.data.regions.length + 1);
    const row = this.rows.reveal(at);
    const cell = row?.querySelector(`[data-column="${this.column}"]`);
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  onFocus(event) {
    const cell = event.target.closest('[data-column]');
    if (!cell) return;
    this.column = Number(cell.dataset.column);
    this.rows.active = Rows.at(event);
    this.placeTabStop();
  }

  onKey(event) {
    const { active, page } = this.rows;
    const last = this.data.regions.length + 1;
    const moves = {
      ArrowDown: [active + 1, this.column],
      ArrowUp: [active - 1, this.column],
      ArrowRight: [active, this.column + 1],
      ArrowLeft: [active, this.column - 1],
      PageDown: [active + page, this.column],
      PageUp: [active - page, this.column],
      Home: [event.ctrlKey ? 0 : active, 0],
      End: [event.ctrlKey ? this.order.length - 1 : active, last],
    };
    if (event.key in moves) this.focus(...moves[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') this.choose(active, this.column);
    else return;
    event.preventDefault();
  }

  onClick(event) {
    const cell = event.target.closest('[data-column]');
    if (cell) this.choose(Rows.at(event), Number(cell.dataset.column));
  }

  /** A group's head opens it; anything else leads to its findings, or to why there are none. */
  choose(at, column) {
    const row = this.order[at];
    if (column === 0 && row.path !== undefined) {
      if (!this.opened.delete(row.path)) this.opened.add(row.path);
      this.arrange(at);
      this.focus(at, 0);
      return;
    }
    const parameters = new URLSearchParams();
    const cell = column >= 2 ? this.data.cells(row)[column - 2] : null;
    const [failed, total] = cell ? [cell.failed, cell.total] : [row.failed, row.failed];
    if (failed > 0) parameters.set('status', 'FAILED');
    if (row.account) parameters.set('account', row.account[0]);
    else if (row.path) parameters.set('ou', row.path.split('/').at(-1));
    if (cell && (total > 0 || !this.isWhole(row))) {
      parameters.set('region', this.data.regions[column - 2]);
    }
    router.go(total > 0 ? 'findings' : 'coverage', parameters);
  }

  /** Whether the ledger has the account in one line, without regions. */
  isWhole(row) {
    return row.account && this.data.cells(row).every(({ states }) => states[NOT_SEEN] > 0);
  }
}

function showHeatMap() {
  const parent = document.getElementById('heat-view');
  if (coverage.rows > 0 || findings.rows > 0) new HeatMap(parent);
}

showHeatMap();
