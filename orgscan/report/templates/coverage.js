'use strict';
// The ledger: one row for each account-region, or for an account that could not be entered.

const COVERAGE_STATUSES = [
  'DENIED_BY_SCP',
  'DENIED',
  'ROLE_NOT_ASSUMABLE',
  'PARTLY_COVERED',
  'THROTTLED',
  'TIMED_OUT',
  'ENDPOINT_UNREACHABLE',
  'ERROR',
  'ACCOUNT_NOT_ACTIVE',
  'REGION_NOT_ENABLED',
  'COVERED',
];

const COVERAGE_RANKS = new Map(COVERAGE_STATUSES.map((status, rank) => [status, rank]));

const coverage = new Columns('coverage-data');

/** As orgscan/model/coverage.py has it: a region that was only inferred to be off is a gap. */
function urgency(row) {
  const status = coverage.value('status', row);
  if (status === 'REGION_NOT_ENABLED' && coverage.value('error_code', row)) return -1;
  return COVERAGE_RANKS.get(status);
}

function regionText(row) {
  return coverage.value('region', row) ?? 'whole account';
}

function secondsText(row) {
  return `${(coverage.numbers('duration_ms')[row] / 1000).toFixed(2)} s`;
}

const COVERAGE_COLUMNS = [
  {
    key: 'status',
    title: 'Status',
    cell: (row) => badge('coverage', coverage.value('status', row)),
    sortKey: urgency,
  },
  {
    key: 'account',
    title: 'Account',
    cell: (row) => pair(coverage.value('account', row)[1], coverage.value('account', row)[0]),
    sortKey: (row) => coverage.value('account', row).slice(0, 2).reverse().join(' '),
  },
  { key: 'region', title: 'Region', cell: regionText, sortKey: regionText },
  {
    key: 'reason',
    title: 'Why',
    cell: (row) => element('span', 'why', coverage.value('reason', row)),
    sortKey: (row) => coverage.value('reason', row),
  },
  {
    key: 'api',
    title: 'API and error code',
    cell: (row) => pair(coverage.value('api', row), coverage.value('error_code', row)),
    sortKey: (row) => `${coverage.value('api', row)} ${coverage.value('error_code', row)}`,
  },
];

function describeCoverage(row) {
  const [id, name, path] = coverage.value('account', row);
  const list = element('dl', 'facts');
  describe(list, 'What mends it', coverage.value('mend', row));
  describe(list, 'Permissions', coverage.value('permissions', row).map(copyable));
  describe(list, 'Account', [name, id], 'text');
  describe(list, 'Organizational unit', path, 'code');
  describe(list, 'Region', regionText(row));
  describe(list, 'API', coverage.value('api', row), 'code');
  describe(list, 'Error code', coverage.value('error_code', row), 'code');
  describe(list, 'Message', coverage.value('message', row), 'code');
  describe(list, 'API calls', `${coverage.numbers('api_calls')[row]}, in ${secondsText(row)}`);
  const body = element('div', '', [
    element('p', 'detail-status', badge('coverage', coverage.value('status', row))),
    element('p', 'detail-reason', coverage.value('reason', row)),
    list,
  ]);
  return { title: `${name}, ${regionText(row)}`, body };
}

const COVERAGE_SHEET = {
  head: [
    'status',
    'account_id',
    'account_name',
    'ou_path',
    'region',
    'reason',
    'mend',
    'permissions',
    'api',
    'error_code',
    'message',
    'api_calls',
    'duration_ms',
  ],
  line(row) {
    const value = (name) => coverage.value(name, row) ?? '';
    const permissions = coverage.value('permissions', row).join(' ');
    const texts = [value('reason'), value('mend'), permissions];
    const answer = ['api', 'error_code', 'message'].map(value);
    const numbers = ['api_calls', 'duration_ms'].map((name) => String(coverage.numbers(name)[row]));
    const account = coverage.value('account', row);
    return [value('status'), ...account, value('region'), ...texts, ...answer, ...numbers];
  },
};

function coverageView() {
  const statuses = coverage.values('status');
  const indexes = coverage.numbers('status');
  const choices = [
    accountChoice(coverage),
    unitChoice(coverage),
    plainChoice(coverage, 'region', 'Region', 'All regions', 'whole account'),
    new Choice(coverage, {
      key: 'permission',
      column: 'permissions',
      title: 'Permission',
      all: 'Any',
      namesOf: (actions) => actions,
    }),
  ];
  return new View(document.getElementById('coverage-view'), {
    part: 'coverage',
    name: 'Coverage',
    noun: 'line',
    hint: 'Account, reason, API…',
    kind: 'coverage',
    rows: coverage.rows,
    columns: COVERAGE_COLUMNS,
    statuses: COVERAGE_STATUSES,
    statusOf: (row) => statuses[indexes[row]],
    rank: urgency,
    choices: choices.filter((choice) => choice.isUseful),
    searcher: new Searcher(coverage, [], () => ''),
    describeRow: describeCoverage,
    identity: (row) => `${coverage.value('account', row)[0]}|${coverage.value('region', row) ?? ''}`,
    sheet: COVERAGE_SHEET,
  });
}

if (coverage.rows > 0) coverageView();
else document.getElementById('coverage-empty').hidden = false;
