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

const coverage = new Columns('coverage-data');

/** As orgscan/model/coverage.py has it: a region that was only inferred to be off is a gap. */
function urgency(row) {
  const status = coverage.value('status', row);
  if (status === 'REGION_NOT_ENABLED' && coverage.value('error_code', row)) return -1;
  return COVERAGE_STATUSES.indexOf(status);
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
    sortKey: (row) => [...coverage.value('account', row)].reverse().join(' '),
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
  const [id, name] = coverage.value('account', row);
  const list = element('dl', 'facts');
  describe(list, 'Account', [name, id], 'text');
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

if (coverage.rows > 0) {
  const statuses = coverage.values('status');
  const indexes = coverage.numbers('status');
  const regions = coverage.numbers('region');
  new View(document.getElementById('coverage-view'), {
    name: 'Coverage',
    noun: 'line',
    hint: 'Account, region, reason, API…',
    kind: 'coverage',
    rows: coverage.rows,
    columns: COVERAGE_COLUMNS,
    statuses: COVERAGE_STATUSES,
    statusOf: (row) => statuses[indexes[row]],
    rank: urgency,
    choices: [
      {
        key: 'region',
        title: 'Region',
        all: 'All regions',
        options: optionsOf(coverage, 'region', (region) => region ?? 'whole account'),
        indexOf: (row) => regions[row],
      },
    ],
    search: searcher(coverage, () => ''),
    describeRow: describeCoverage,
  });
} else {
  document.getElementById('coverage-empty').hidden = false;
}
