'use strict';
// Full-text search over the dictionaries of a table's columns and the tree of its paths: a word is
// looked for once in each different value, not once in each row.

/** The words of a dictionary's value; figures are no words, or a digit would find every row. */
function textOf(value) {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return '';
  return Object.values(value).map(textOf).join(' ');
}

class Searcher {
  /**
   * columns: the table; paths: the columns of it that are paths; ownText(row): what a row says
   * besides, such as an ARN that is put together; ownWord: what only that text holds.
   */
  constructor(columns, paths, ownText, ownWord = '') {
    this.columns = columns;
    this.paths = paths;
    this.ownText = ownText;
    this.ownWord = ownWord;
    this.ownTexts = [];
  }

  /** The lower-case texts of each dictionary. */
  get lists() {
    this.texts ??= Object.entries(this.columns.data.values).map(([name, values]) => ({
      name,
      texts: values.map((value) => textOf(value).toLowerCase()),
    }));
    return this.texts;
  }

  own(row) {
    return (this.ownTexts[row] ??= this.ownText(row).toLowerCase());
  }

  /** Which nodes of the path tree hold the word, in themselves or above. */
  nodesWith(word) {
    const { parents, parts } = this.columns.tree();
    const flags = new Uint8Array(parts.length + 1);
    for (let node = 1; node <= parts.length; node += 1) {
      if (flags[parents[node - 1]] || parts[node - 1].toLowerCase().includes(word)) flags[node] = 1;
    }
    return flags;
  }

  /** Tests a row for one word. */
  test(word) {
    const tests = this.lists
      .map(({ name, texts }) => ({
        numbers: this.columns.numbers(name),
        flags: Uint8Array.from(texts, (text) => Number(text.includes(word))),
      }))
      .filter(({ flags }) => flags.includes(1));
    const inDictionaries = (row) => tests.some(({ numbers, flags }) => flags[numbers[row]]);
    // Paths are cut after `:` and `/`, so a word with neither lies within one of their parts.
    if (/[:/]/.test(word) || this.ownWord.includes(word)) {
      return (row) => inDictionaries(row) || this.own(row).includes(word);
    }
    const nodes = this.nodesWith(word);
    const places = this.paths.map((name) => this.columns.numbers(name));
    return (row) => inDictionaries(row) || places.some((numbers) => nodes[numbers[row]]);
  }

  /** Tests a row for all of the words. */
  matching(words) {
    const tests = words.map((word) => this.test(word));
    return (row) => tests.every((test) => test(row));
  }
}
