'use strict';
// The keyboard: single keys that lead somewhere, and the list of them. They can be turned off, for
// whoever speaks to the computer. The last script: it starts the page.

const help = document.getElementById('help');
const keysOn = document.getElementById('keys-on');

function openHelp() {
  if (!help.open) help.showModal();
}

function isTyping(target) {
  return target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]');
}

function onShortcut(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || !keysOn.checked || detail.open || help.open) return;
  const part = PARTS[Number(event.key) - 1];
  if (event.key === '?') openHelp();
  else if (event.key === '/') findByKey();
  else if (part) document.querySelector(`.masthead nav [data-part="${part}"]`).click();
  else return;
  event.preventDefault();
}

/** To the search of the table in view, or of the findings. */
function findByKey() {
  const { part } = document.documentElement.dataset;
  const view = router.views.get(part) ?? router.views.get('findings');
  if (!view) return;
  if (view.parts.part !== part) router.go(view.parts.part, view.state());
  document.documentElement.dataset.part = view.parts.part;
  view.search.focus();
}

document.getElementById('help-open').onclick = openHelp;
document.getElementById('help-close').onclick = () => help.close();
help.onclick = (event) => {
  if (event.target === help) help.close();
};
addEventListener('keydown', onShortcut);
router.start();
performance.mark('interactive');
