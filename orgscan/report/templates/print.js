'use strict';
// What paper gets: the summary, and the failed findings in view as an ordinary table.

const MOST_PRINTED = 200;

function printedRow(row) {
  const [id, name] = findings.value('account', row);
  const region = `${id} ${findings.value('region', row)}`;
  const where = [element('span', 'main', name), element('br'), region];
  const arn = element('span', 'code', findingArn(row));
  const grade = gradeOf(row) ? `Exposure: ${gradeOf(row)}. ` : '';
  const what = [arn, element('br'), grade, findings.value('reason', row)];
  const cells = [badge('status', findings.value('status', row)), where, what];
  return element('tr', '', cells.map((cell) => element('td', '', cell)));
}

/** Says what is printed of what there is. */
function printedNote(view, chosen, printed) {
  const kinds = view.statuses.size > 0 ? 'findings of the statuses chosen' : 'failed findings';
  const narrowed = view.chosen.size > 0 || view.text ? ' that pass the filters' : '';
  const all = `${formatCount(chosen)} ${kinds}${narrowed}`;
  if (chosen === 0) return `No ${kinds}${narrowed}.`;
  if (chosen === printed) return `All ${all}.`;
  return `The first ${formatCount(printed)} of ${all}. The rest is in this report as it is opened in a browser, and in report.json.`;
}

function printFindings(view) {
  const isWanted = (row) => view.statuses.size > 0 || findings.value('status', row) === 'FAILED';
  const chosen = [...view.grid.order].filter(isWanted);
  const lines = chosen.slice(0, MOST_PRINTED).map(printedRow);
  const content = [element('p', 'quiet', printedNote(view, chosen.length, lines.length))];
  if (lines.length > 0) {
    const heads = ['Status', 'Account and region', 'Resource and reason'];
    const head = element('tr', '', heads.map((title) => element('th', '', title)));
    const parts = [element('thead', '', head), element('tbody', '', lines)];
    content.push(element('table', 'plain printed', parts));
  }
  document.getElementById('findings-print').replaceChildren(...content);
}

addEventListener('beforeprint', () => {
  const view = router.views.get('findings');
  if (view) printFindings(view);
});
