'use strict';
// Elements and text. Text from outside becomes text nodes only, and what cannot be seen in it is
// shown as an escape: text direction marks, controls, zero-width characters, odd spaces.

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
const SHORT_ESCAPES = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeMark(mark) {
  const code = mark.codePointAt(0);
  if (SHORT_ESCAPES[mark]) return SHORT_ESCAPES[mark];
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** The text with every unprintable character as an escape. */
function visible(text) {
  return text.replace(UNPRINTABLE, escapeMark);
}

/** Appends outside text to an element; escapes in it are marked, so that none can be faked. */
function appendText(parent, text) {
  let from = 0;
  for (const match of text.matchAll(UNPRINTABLE)) {
    parent.append(text.slice(from, match.index));
    const mark = element('span', 'unprintable', escapeMark(match[0]));
    mark.title = 'A character that cannot be seen, shown as its escape';
    parent.append(mark);
    from = match.index + match[0].length;
  }
  parent.append(text.slice(from));
}

/** A new element; `content` is outside text, an element, or a list of both. */
function element(name, className = '', content = []) {
  const made = document.createElement(name);
  if (className) made.className = className;
  for (const part of Array.isArray(content) ? content : [content]) {
    if (part instanceof Node) made.append(part);
    else appendText(made, part);
  }
  return made;
}

function withAttributes(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** `NOT_EVALUATED` as `Not evaluated`. */
function statusWords(status) {
  const words = status.replaceAll('_', ' ').toLowerCase().replace(/\bscp\b/, 'SCP');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A status as a sign and words, never as a colour alone. */
function badge(kind, status) {
  const glyph = withAttributes(element('span', 'glyph'), { 'aria-hidden': 'true' });
  return element('span', `badge ${kind}-${status}`, [glyph, statusWords(status)]);
}

/** Adds a term and its descriptions to a definition list; nothing for no description. */
function describe(list, term, descriptions, className = '') {
  const given = (Array.isArray(descriptions) ? descriptions : [descriptions]).filter(
    (each) => each !== null && each !== undefined && each !== '',
  );
  if (given.length === 0) return;
  const group = element('div', '', element('dt', '', term));
  for (const each of given) {
    group.append(element('dd', className, each instanceof Node ? each : String(each)));
  }
  list.append(group);
}

function formatCount(number) {
  return number.toLocaleString('en-US');
}

const detail = document.getElementById('detail');

/** Shows the detail panel; `move(step)` goes to a neighbour, `close()` comes after closing. */
function openDetail(title, body, { move, close }) {
  const heading = withAttributes(element('h2', '', title), { id: 'detail-title', tabindex: '-1' });
  const previous = element('button', 'plain-button', 'Previous');
  const next = element('button', 'plain-button', 'Next');
  const done = element('button', 'plain-button', 'Close');
  previous.onclick = () => move(-1);
  next.onclick = () => move(1);
  done.onclick = () => detail.close();
  detail.onclose = close;
  detail.onclick = (event) => {
    if (event.target === detail) detail.close();
  };
  detail.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) move(step);
  };
  const link = element('button', 'plain-button', 'Copy link');
  link.onclick = async () => {
    link.textContent = (await copyText(location.href)) ? 'Copied' : 'No clipboard here';
  };
  const tools = element('div', 'detail-tools', [previous, next, link, done]);
  detail.replaceChildren(element('div', 'detail-frame', [tools, heading, body]));
  if (!detail.open) detail.showModal();
  detail.scrollTop = 0;
  heading.focus();
}
