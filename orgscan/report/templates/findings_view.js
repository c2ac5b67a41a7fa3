'use strict';
// The findings' table: how it is narrowed, and what is taken away from it.

const NO_GRADE = 'not graded';
const NO_OWNER = 'no owner known';
const ARN_PATHS = ['id', 'cluster_arn', 'service_arn', 'arn', 'service_name', 'task_definition'];

const FINDINGS_SHEET = {
  head: [
    'status',
    'severity',
    'control',
    'exposure',
    'account_id',
    'account_name',
    'ou_path',
    'region',
    'resource_type',
    'arn',
    'service',
    'owner',
    'assign_public_ip',
    'public_ips',
    'ipv6',
    'reason',
    'exception',
    'first_seen',
    'failing_since',
    'evidence',
  ],
  line(row) {
    const value = (name) => findings.value(name, row) ?? '';
    const [id, name, path] = findings.value('account', row);
    return [
      value('status'),
      value('severity'),
      value('control'),
      value('grade'),
      id,
      name,
      path,
      value('region'),
      value('type'),
      findingArn(row),
      serviceName(row),
      value('owner'),
      value('assign_public_ip'),
      findings.value('public_ips', row).join(' '),
      findings.value('ipv6', row).join(' '),
      value('reason'),
      findings.value('exception', row)?.id ?? '',
      pastOf(row)?.firstSeen ?? '',
      pastOf(row)?.failingSince ?? '',
      evidenceOf(row).join(' '),
    ];
  },
};

/** As report.json has it: what stays the same from run to run. */
function findingKey(row) {
  const place = [findings.value('control', row), findings.value('account', row)[0]];
  return [...place, findings.value('region', row), findingArn(row)].join('|');
}

function findingsView() {
  const statuses = findings.values('status');
  const statusIndexes = findings.numbers('status');
  const ranks = statuses.map((status) => STATUSES.indexOf(status) * SEVERITIES.length);
  const severityRanks = findings.values('severity').map((each) => SEVERITIES.indexOf(each));
  const severities = findings.numbers('severity');
  const choices = [
    accountChoice(findings),
    unitChoice(findings),
    plainChoice(findings, 'region', 'Region', 'All regions'),
    plainChoice(findings, 'control', 'Control', 'All controls'),
    plainChoice(findings, 'exposure', 'Exposure', 'Any exposure', NO_GRADE, 'grade'),
    plainChoice(findings, 'owner', 'Owner', 'All owners', NO_OWNER),
    noveltyChoice(),
  ];
  const view = document.getElementById('findings-view');
  view.classList.toggle('with-past', hasPast);
  return new View(view, {
    part: 'findings',
    name: 'Findings',
    noun: 'finding',
    hint: 'Name, ARN, tag…',
    kind: 'status',
    rows: findings.rows,
    columns: findingColumns(),
    statuses: STATUSES,
    statusOf: (row) => statuses[statusIndexes[row]],
    rank: (row) => ranks[statusIndexes[row]] + severityRanks[severities[row]],
    choices: choices.filter((choice) => choice.isUseful),
    searcher: new Searcher(findings, ARN_PATHS, findingArn, 'task-set'),
    describeRow: describeFinding,
    identity: findingKey,
    sheet: FINDINGS_SHEET,
  });
}

if (findings.rows > 0) findingsView();
