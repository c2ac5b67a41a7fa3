'use strict';
// What a person does about a finding: the catalogue's templates, filled with the finding's own
// values just as orgscan/report/guidance.py fills them.

const GUIDANCE = JSON.parse(document.getElementById('guidance-data').textContent);
const NO_GUIDANCE = { pages: [], commands: [], plans: [] };
const PLACEHOLDER = /\{([a-z_]+)\}/g;
const NO_PART_OF_A_COMMAND = /["'`\\]|^-|:\/\//;

function guidanceOf(row) {
  return GUIDANCE.controls[findings.value('control', row)] ?? NO_GUIDANCE;
}

/** What the templates can name; empty where the finding does not have it. */
function placeholders(row) {
  const arn = findingArn(row);
  return {
    account_id: findings.value('account', row)[0],
    arn,
    cluster: lastPart(findings.path('cluster_arn', row)),
    cluster_arn: findings.path('cluster_arn', row),
    console: GUIDANCE.consoles[arn.split(':')[1]] ?? '',
    group: arn.split('/').length > 2 ? arn.split('/').at(-2) : 'default',
    id: findings.path('id', row),
    interfaces: findings.value('interfaces', row).join(','),
    name: lastPart(arn),
    region: findings.value('region', row),
    service: serviceName(row),
    service_arn: findings.path('service_arn', row),
    subnets: findings.value('subnets', row).join(','),
  };
}

/** The template with its placeholders filled; empty where one has no value. */
function filled(template, valueOf) {
  let whole = true;
  const text = template.replace(PLACEHOLDER, (_, name) => {
    const value = valueOf(name);
    if (!value) whole = false;
    return value;
  });
  return whole ? text : '';
}

function percentEncoded(text) {
  const escape = (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escape);
}

/** Quoted for a POSIX shell, as Python's shlex.quote does it. */
function shellQuoted(word) {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

function isUsable(value) {
  return value.search(UNPRINTABLE) === -1 && !NO_PART_OF_A_COMMAND.test(value);
}

function consoleLinks(row) {
  const values = placeholders(row);
  return guidanceOf(row)
    .pages.filter((page) => page.resource_type === findings.value('type', row))
    .map((page) => [page.title, filled(page.url, (name) => percentEncoded(values[name] ?? ''))])
    .filter(([, url]) => url);
}

/** Titles and commands, each the words of one line for a shell. */
function commandsFor(row) {
  const values = placeholders(row);
  const usable = (name) => (isUsable(values[name] ?? '') ? values[name] : '');
  return guidanceOf(row)
    .commands.filter((command) => command.resource_type === findings.value('type', row))
    .map(({ title, words }) => [title, words.map((word) => filled(word, usable))])
    .filter(([, words]) => words.every(Boolean))
    .map(([title, words]) => [title, words.map(shellQuoted)]);
}

/** The first plan that fits a failed finding; undefined for others. */
function planFor(row) {
  if (findings.value('status', row) !== 'FAILED') return undefined;
  const fits = (asked, name) => asked === '' || asked === findings.value(name, row);
  return guidanceOf(row).plans.find(
    (plan) =>
      fits(plan.resource_type, 'type') &&
      fits(plan.resource_status, 'resource_status') &&
      fits(plan.deployment_controller, 'deployment_controller'),
  );
}

function planPart(row) {
  const plan = planFor(row);
  if (!plan) return [];
  const steps = element('ol', 'steps', plan.steps.map((step) => element('li', '', step)));
  const part = [element('h3', '', 'What fixes it'), steps];
  if (plan.impossible) {
    part.push(element('p', 'impossible', [element('strong', '', 'Does not work: '), plan.impossible]));
  }
  return part;
}

function commandsPart(row) {
  const commands = commandsFor(row).map(([title, words]) => {
    // A line ends between words, and within one only where it is longer than the line.
    const code = element('code', '', words.flatMap((word) => [element('span', 'word', word), ' ']).slice(0, -1));
    const copy = copyButton(words.join(' '), code);
    const head = element('div', 'command-head', [element('p', '', title), copy]);
    return element('div', 'command', [head, element('pre', '', code)]);
  });
  if (commands.length === 0) return [];
  const [id, name] = findings.value('account', row);
  const lead = element('p', 'quiet', ['Reading only, with credentials of the account ', name, ` (${id}).`]);
  return [element('h3', '', 'Look at it by hand'), lead, ...commands];
}

function linkElements(row) {
  return consoleLinks(row).map(([title, url]) =>
    withAttributes(element('a', '', title), {
      href: url,
      target: '_blank',
      rel: 'noopener noreferrer',
    }),
  );
}
