'use strict';
// What leaves the page: the clipboard, and a table as CSV. A spreadsheet runs a cell that begins
// like a formula, so an apostrophe before it says that it is text.

const FORMULA = /^[=+\-@\t\r]/;
const SAID_FOR_MS = 4000;

function safeCell(text) {
  const shown = visible(text);
  return FORMULA.test(text) ? `'${shown}` : shown;
}

function csvCell(text) {
  const cell = safeCell(text);
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Lines of cells as RFC 4180 has them; the mark in front tells a spreadsheet that it is UTF-8. */
function csvOf(lines) {
  return `\ufeff${lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('')}`;
}

/** Lines of cells as a spreadsheet takes them from the clipboard. */
function tabbed(lines) {
  return lines.map((cells) => cells.map(safeCell).join('\t')).join('\n');
}

/** Tells those who see the page, and those who hear it. */
function say(text) {
  const said = document.getElementById('said');
  said.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => said.replaceChildren(), SAID_FOR_MS);
}

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = withAttributes(element('a'), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), SAID_FOR_MS);
}

/** Puts a text on the clipboard; false where the browser gives neither way to it. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not given to every page that is opened as a file; the older way asks for a selection.
    const field = element('textarea', 'off-screen');
    field.value = text;
    (document.querySelector('dialog[open]') ?? document.body).append(field);
    field.select();
    const isCopied = document.execCommand('copy');
    field.remove();
    return isCopied;
  }
}

function selectAll(made) {
  const range = document.createRange();
  range.selectNodeContents(made);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

/** A button that copies, and shows what: where copying fails, it is selected for the reader to. */
function copyButton(text, source) {
  const button = element('button', 'plain-button copy', 'Copy');
  button.onclick = async () => {
    button.textContent = (await copyText(text)) ? 'Copied' : 'Selected';
    selectAll(source);
  };
  return button;
}

/** A text in code type, with a small button that copies it. */
function copyable(text) {
  const code = element('code', '', text);
  const button = element('button', 'copy-sign');
  const label = visible(`Copy ${text}`);
  withAttributes(button, { type: 'button', title: 'Copy', 'aria-label': label });
  button.onclick = async () => {
    const isCopied = await copyText(text);
    if (!isCopied) selectAll(code);
    button.classList.toggle('copied', isCopied);
    button.setAttribute('aria-label', isCopied ? 'Copied' : 'Selected');
  };
  return element('span', 'copyable', [code, button]);
}
