'use strict';
// The findings: what a row shows, and what its panel shows.

const STATUSES = ['FAILED', 'WARNING', 'NOT_EVALUATED', 'PASSED', 'NOT_APPLICABLE'];
const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];
const RESOURCE_NAMES = { 'AWS::ECS::TaskSet': 'Task set', 'AWS::ECS::Service': 'Service' };
/** The call that says a second time what DescribeServices says of a resource. */
const SECOND_LOOK = {
  'AWS::ECS::TaskSet': 'DescribeTaskSets',
  'AWS::ECS::Service': 'DescribeServiceRevisions',
};

const findings = new Columns('findings-data');

function lastPart(arn) {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The ARN, which is left out of the data where it follows from the service's. */
function findingArn(row) {
  const stated = findings.path('arn', row);
  if (stated) return stated;
  const service = findings.path('service_arn', row);
  return `${service.replace(':service/', ':task-set/')}/${findings.path('id', row)}`;
}

function serviceName(row) {
  return findings.path('service_name', row) || lastPart(findings.path('service_arn', row));
}

/** A digest as the JSON report has it; SHA-256 is kept in base64. */
function digestText(kept) {
  if (!/^[A-Za-z0-9+/]{43}$/.test(kept)) return kept;
  const hex = [...atob(kept)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'));
  return `sha256:${hex.join('')}`;
}

function evidenceOf(row) {
  if (!findings.evidenceStarts) {
    findings.digests = splitWords(findings.data.digests);
    findings.evidenceStarts = [0];
    for (const [at, count] of findings.numbers('evidence_count').entries()) {
      findings.evidenceStarts.push(findings.evidenceStarts[at] + count);
    }
  }
  const [from, to] = [findings.evidenceStarts[row], findings.evidenceStarts[row + 1]];
  const digests = findings.numbers('evidence').slice(from, to);
  return digests.map((digest) => digestText(findings.digests[digest]));
}

function timeText(seconds) {
  if (seconds === 0) return '';
  return new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
}

function pair(main, ...more) {
  return [element('span', 'main', main), element('span', 'more', more.filter(Boolean).join(' · '))];
}

const FINDING_COLUMNS = [
  {
    key: 'status',
    title: 'Status',
    cell: (row) => {
      const excepted = findings.value('exception', row) ? 'excepted' : '';
      return [badge('status', findings.value('status', row)), element('span', 'excepted', excepted)];
    },
    sortKey: (row) => STATUSES.indexOf(findings.value('status', row)),
  },
  {
    key: 'severity',
    title: 'Severity',
    cell: (row) => pair(findings.value('severity', row).toLowerCase(), gradeOf(row)),
    sortKey: (row) => SEVERITIES.indexOf(findings.value('severity', row)),
  },
  {
    key: 'resource',
    title: 'Service and task set',
    cell: (row) =>
      pair(
        serviceName(row) || lastPart(findingArn(row)),
        findings.value('resource_status', row),
        lastPart(findings.path('cluster_arn', row)),
        lastPart(findings.path('id', row)),
      ),
    sortKey: (row) => `${serviceName(row)} ${findingArn(row)}`,
  },
  {
    key: 'account',
    title: 'Account',
    cell: (row) => pair(findings.value('account', row)[1], findings.value('account', row)[0]),
    sortKey: (row) => findings.value('account', row).slice(0, 2).reverse().join(' '),
  },
  {
    key: 'region',
    title: 'Region',
    cell: (row) => findings.value('region', row),
    sortKey: (row) => findings.value('region', row),
  },
  {
    key: 'reason',
    title: 'Why',
    cell: (row) => element('span', 'why', findings.value('reason', row)),
    sortKey: (row) => findings.value('reason', row),
  },
];

function tagList(tags) {
  return tags.map(([name, value]) =>
    element('span', 'tag', [element('b', '', name), value === '' ? '' : `: ${value}`]),
  );
}

function panelPart(title, fill) {
  const list = element('dl', 'facts');
  fill(list);
  return list.children.length ? [element('h3', '', title), list] : [];
}

function whereIs(list, row) {
  const [id, name, path] = findings.value('account', row);
  describe(list, 'Account', [name, id], 'text');
  describe(list, 'Organizational unit', path, 'code');
  describe(list, 'Owner', findings.value('owner', row));
  describe(list, 'Region', findings.value('region', row), 'code');
  describe(list, 'Resource', findings.value('type', row));
  describe(list, 'ARN', copyable(findingArn(row)));
  describe(list, 'Service', findings.path('service_arn', row), 'code');
  describe(list, 'Cluster', findings.path('cluster_arn', row), 'code');
  describe(list, 'Console', linkElements(row));
}

function whatIsConfigured(list, row) {
  const type = findings.value('type', row);
  const isJudged = SECOND_LOOK[type] && findings.value('status', row) !== 'NOT_EVALUATED';
  const stated = findings.value('assign_public_ip', row) ?? (isJudged ? 'not stated' : null);
  describe(list, 'assignPublicIp', stated, 'code');
  describe(list, 'Controller', findings.value('deployment_controller', row), 'code');
  const state = RESOURCE_NAMES[type] ? `${RESOURCE_NAMES[type]} is` : 'State';
  describe(list, state, findings.value('resource_status', row));
  describe(list, 'Launch type', findings.value('launch_type', row), 'code');
  describe(list, 'Capacity providers', findings.value('capacity_providers', row), 'code');
  describe(list, 'Platform version', findings.value('platform_version', row), 'code');
  describe(list, 'Subnets', findings.value('subnets', row), 'code');
  describe(list, 'Security groups', findings.value('security_groups', row), 'code');
  describe(list, 'Task definition', findings.path('task_definition', row), 'code');
  describe(list, 'Load balancers', findings.value('load_balancers', row), 'code');
  describe(list, 'Places', findings.value('places', row), 'code');
  const scale = findings.value('scale_percent', row);
  describe(list, 'Scale', scale === null ? null : `${scale} %`);
  const created = findings.numbers('created_at')[row];
  const later = findings.numbers('updated_after')[row];
  describe(list, 'Created', timeText(created));
  describe(list, 'Updated', later ? timeText(created + later) : null);
}

/** How many tasks run, and how many should; -1 stands for as many as run. */
function taskCounts(row) {
  const running = findings.value('running_count', row);
  const desired = findings.value('desired_count', row);
  const wanted = desired === -1 ? running : desired;
  const counts = [
    [running, 'running'],
    [wanted, 'desired'],
  ];
  const known = counts.filter(([count]) => count !== null && count !== undefined);
  return known.map(([count, word]) => `${formatCount(count)} ${word}`).join(', ');
}

function whatWasObserved(list, row) {
  describe(list, 'Tasks', taskCounts(row));
  describe(list, 'Images', findings.value('images', row), 'code');
  const second = SECOND_LOOK[findings.value('type', row)];
  if (second) describe(list, second, findings.value('corroboration', row));
}

function describeFinding(row) {
  const status = badge('status', findings.value('status', row));
  const severity = element('span', 'quiet', findings.value('severity', row).toLowerCase());
  const body = [
    element('p', 'detail-status', [status, severity]),
    element('p', 'detail-reason', findings.value('reason', row)),
  ];
  const excepted = findings.value('exception', row);
  if (excepted) {
    const text = `Excepted by ${excepted.id} until ${excepted.expires}: ${excepted.reason}`;
    const more = `${excepted.owner}, ${excepted.ticket}`;
    body.push(element('p', 'detail-exception', [text, element('br'), more]));
  }
  body.push(
    ...threeAnswers(row),
    ...planPart(row),
    ...panelPart('Where', (list) => whereIs(list, row)),
    ...panelPart('Configured', (list) => whatIsConfigured(list, row)),
    ...panelPart('Observed', (list) => whatWasObserved(list, row)),
    ...panelPart('Before', (list) => whatWasBefore(list, row)),
    ...commandsPart(row),
    ...panelPart('Tags and evidence', (list) => {
      describe(list, 'Tags', tagList(findings.value('tags', row)));
      describe(list, 'Evidence', evidenceOf(row).map(copyable), 'digest');
      describe(list, 'Control', findings.value('control', row), 'code');
    }),
  );
  return { title: serviceName(row) || lastPart(findingArn(row)), body: element('div', '', body) };
}
