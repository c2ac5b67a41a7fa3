'use strict';
// A finding's three answers: what is configured, what was observed, what can be reached.

const GRADE_WORDS = {
  reachable: 'Yes, from outside',
  addressable: 'No, though it has an address',
  configured: 'Not yet: nothing runs with an address',
  none: 'No',
  unknown: 'Unknown',
};

function gradeOf(row) {
  return findings.value('exposure', row)?.grade ?? null;
}

function configuredAnswer(row) {
  const stated = findings.value('assign_public_ip', row);
  if (stated) return `assignPublicIp ${stated}`;
  const starter = findings.value('started_by', row);
  if (starter) return `Started by: ${starter}`;
  return findings.value('type', row) === 'AWS::ECS::TaskSet' ? 'assignPublicIp is not stated' : null;
}

function observedAnswer(row) {
  const addresses = [...findings.value('public_ips', row), ...findings.value('ipv6', row)];
  if (addresses.length > 0) return addresses.map((address) => element('code', '', address));
  return findings.value('interfaces_seen', row) ? 'No address from outside' : 'Could not be seen';
}

function reachedAnswer(row) {
  const { grade, reason, sources, ports } = findings.value('exposure', row);
  const words = element('b', `grade-${grade}`, GRADE_WORDS[grade] ?? grade);
  const reach = sources.length > 0 ? `${sources.join(', ')} on ${ports.join(', ')}` : '';
  return [words, reach, reason];
}

/** Nothing where nothing was looked for. */
function threeAnswers(row) {
  if (gradeOf(row) === null) return [];
  return panelPart('Configured, observed, reachable', (list) => {
    describe(list, 'Is it configured?', configuredAnswer(row));
    describe(list, 'Does it have one now?', observedAnswer(row));
    describe(list, 'Can the internet reach it?', reachedAnswer(row));
    describe(list, 'In front of it', findings.value('exposure', row).in_front, 'code');
    describe(list, 'Network interfaces', findings.value('interfaces', row), 'code');
    describe(list, 'How it is known', 'Judged from configuration; nothing was sent to it.');
  });
}
