'use strict';
// Reads the compact columns that orgscan/report/columns.py writes; decodes a column when asked.

const DIGITS = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((digit, value) => [
    digit.charCodeAt(0),
    value,
  ]),
);
const DIGIT_VALUES = Uint8Array.from({ length: 128 }, (_, code) => DIGITS.get(code) ?? 0);

/** The numbers of one column: differences and runs, as base64 variable-length quantities. */
function decodeNumbers(text) {
  const numbers = [];
  let last = 0;
  let scale = 1;
  let quantity = 0;
  let isRun = false;
  for (let at = 0; at < text.length; at += 1) {
    const digit = DIGIT_VALUES[text.charCodeAt(at)];
    quantity += (digit & 31) * scale;
    scale *= 32;
    if (digit & 32) continue;
    if (isRun) {
      for (let count = quantity; count > 0; count -= 1) numbers.push(last);
      isRun = false;
    } else if (quantity === 1) {
      isRun = true;
    } else {
      const size = Math.floor(quantity / 2);
      last += quantity % 2 ? -size : size;
      numbers.push(last);
    }
    scale = 1;
    quantity = 0;
  }
  return numbers;
}

function base64Number(digits) {
  let number = 0;
  for (let at = 0; at < digits.length; at += 1) {
    number = number * 64 + DIGIT_VALUES[digits.charCodeAt(at)];
  }
  return number;
}

/** A word as it was: `%~` begins a long number, whose last five digits are its last nine places. */
function plainWord(word) {
  if (!word.startsWith('%~')) return word.replaceAll('%20', ' ').replaceAll('%25', '%');
  const low = String(base64Number(word.slice(-5))).padStart(9, '0');
  return base64Number(word.slice(2, -5)) + low;
}

/** Words that are joined by spaces, percent-encoded where they hold one. */
function splitWords(text) {
  const words = text === '' ? [] : text.split(' ');
  return words.map((word) => (word.includes('%') ? plainWord(word) : word));
}

/** A table of the page: cells by column name and row number. */
class Columns {
  constructor(id) {
    this.data = JSON.parse(document.getElementById(id).textContent);
    this.rows = this.data.rows;
    this.decoded = new Map();
    this.parents = null;
    this.parts = null;
  }

  numbers(name) {
    let numbers = this.decoded.get(name);
    if (!numbers) {
      numbers = decodeNumbers(this.data.columns[name] ?? '');
      this.decoded.set(name, numbers);
    }
    return numbers;
  }

  /** The dictionary of a column: every different value it has. */
  values(name) {
    return this.data.values[name] ?? [];
  }

  value(name, row) {
    return this.values(name)[this.numbers(name)[row]];
  }

  /** The tree that paths are nodes of: node 1 is the first of both lists. */
  tree() {
    this.parents ??= decodeNumbers(this.data.paths.parents);
    this.parts ??= splitWords(this.data.paths.parts);
    return { parents: this.parents, parts: this.parts };
  }

  /** A path such as an ARN; empty where there is none. */
  path(name, row) {
    const { parents, parts } = this.tree();
    let path = '';
    for (let node = this.numbers(name)[row]; node > 0; node = parents[node - 1]) {
      path = parts[node - 1] + path;
    }
    return path;
  }
}
