'use strict';
// The tools above a table: free text, statuses, choices; and the rows that pass them.

/**
 * One table with its tools.
 * parts: { name, noun, hint, rows, columns (of the grid), statuses: [status], statusOf(row),
 *          choices: [{ key, title, all, options: [[index, label]], indexOf(row) }],
 *          search(words) -> (row) => boolean, describeRow, rank(row), kind }
 */
class View {
  constructor(parent, parts) {
    this.parts = parts;
    this.words = [];
    this.statuses = new Set();
    this.chosen = new Map();
    this.sort = { key: '', down: false };
    this.sorted = this.sortedBy((row) => parts.rank(row), false);
    this.count = withAttributes(element('p', 'count'), { role: 'status' });
    this.nothing = element('p', 'empty', 'Nothing matches these filters.');
    parent.append(this.tools(), this.chips(), this.count, this.nothing);
    const label = `${parts.name}, ${formatCount(parts.rows)} rows`;
    this.grid = new Grid(parent, { label, columns: parts.columns, describeRow: parts.describeRow });
    parent.hidden = false;
    this.apply();
  }

  tools() {
    const search = withAttributes(element('input'), {
      type: 'search',
      placeholder: this.parts.hint,
      'aria-label': `Search ${this.parts.name.toLowerCase()}`,
      autocomplete: 'off',
      spellcheck: 'false',
    });
    search.oninput = () => {
      this.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      this.apply();
    };
    const clear = element('button', 'plain-button', 'Clear filters');
    clear.onclick = () => {
      search.value = '';
      this.words = [];
      this.chosen.clear();
      for (const select of this.selects) select.value = '';
      this.only(null);
    };
    this.selects = this.parts.choices.map((choice) => this.select(choice));
    const labels = this.selects.map((select, at) =>
      element('label', '', [element('span', '', this.parts.choices[at].title), select]),
    );
    const find = element('label', 'find', [element('span', '', 'Search'), search]);
    return element('div', 'tools', [find, ...labels, this.sorter(), clear]);
  }

  select(choice) {
    const options = choice.options.map(([index, label]) => {
      const option = element('option', '', visible(label));
      option.value = String(index);
      return option;
    });
    const all = withAttributes(element('option', '', choice.all), { value: '' });
    const select = element('select', '', [all, ...options]);
    select.setAttribute('aria-label', choice.title);
    select.onchange = () => {
      if (select.value === '') this.chosen.delete(choice);
      else this.chosen.set(choice, Number(select.value));
      this.apply();
    };
    return select;
  }

  /** Sorting where the head of the table does not fit. */
  sorter() {
    const options = this.parts.columns.map((column) =>
      withAttributes(element('option', '', column.title), { value: column.key }),
    );
    const urgent = withAttributes(element('option', '', 'Most urgent first'), { value: '' });
    const select = element('select', '', [urgent, ...options]);
    select.setAttribute('aria-label', 'Sort');
    select.onchange = () => this.sortBy(select.value, false);
    this.sortSelect = select;
    return element('label', 'narrow-only', [element('span', '', 'Sort'), select]);
  }

  chips() {
    const counts = new Map(this.parts.statuses.map((status) => [status, 0]));
    for (let row = 0; row < this.parts.rows; row += 1) {
      const status = this.parts.statusOf(row);
      counts.set(status, counts.get(status) + 1);
    }
    this.chipOf = new Map();
    for (const [status, count] of counts) {
      if (count === 0) continue;
      const chip = withAttributes(
        element('button', 'chip', [badge(this.parts.kind, status), formatCount(count)]),
        { 'aria-pressed': 'false' },
      );
      chip.onclick = () => {
        if (!this.statuses.delete(status)) this.statuses.add(status);
        this.apply();
      };
      this.chipOf.set(status, chip);
    }
    const label = { role: 'group', 'aria-label': 'Filter by status' };
    return withAttributes(element('div', 'chips', [...this.chipOf.values()]), label);
  }

  /** Keeps one status only, or all of them. */
  only(status) {
    this.statuses = new Set(status === null ? [] : [status]);
    this.apply();
  }

  sortedBy(keyOf, down) {
    const keys = Array.from({ length: this.parts.rows }, (_, row) => keyOf(row));
    const rows = Uint32Array.from(keys.keys());
    const sign = down ? -1 : 1;
    return rows.sort((one, other) => {
      if (keys[one] === keys[other]) return one - other;
      return keys[one] < keys[other] ? -sign : sign;
    });
  }

  /** Sorts by a column, the other way round when it is sorted so already; '' is by urgency. */
  sortBy(key, down = this.sort.key === key && !this.sort.down) {
    const column = this.parts.columns.find((each) => each.key === key);
    this.sort = { key, down };
    this.sorted = this.sortedBy(column ? column.sortKey : this.parts.rank, down);
    this.sortSelect.value = key;
    this.apply();
  }

  apply() {
    const { statusOf, rows, noun } = this.parts;
    const found = this.words.length ? this.parts.search(this.words) : () => true;
    const chosen = [...this.chosen];
    const order = this.sorted.filter(
      (row) =>
        (this.statuses.size === 0 || this.statuses.has(statusOf(row))) &&
        chosen.every(([choice, index]) => choice.indexOf(row) === index) &&
        found(row),
    );
    for (const [status, chip] of this.chipOf) {
      chip.setAttribute('aria-pressed', String(this.statuses.has(status)));
    }
    const nouns = rows === 1 ? noun : `${noun}s`;
    this.count.textContent = `${formatCount(order.length)} of ${formatCount(rows)} ${nouns}`;
    this.nothing.hidden = order.length > 0;
    this.grid.root.hidden = order.length === 0;
    this.grid.showHead(this.sort, (key) => this.sortBy(key));
    this.grid.show(order);
  }
}

/** The words of a dictionary's value; figures are no words, or a digit would find every row. */
function textOf(value) {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return '';
  return Object.values(value).map(textOf).join(' ');
}

/** Finds the rows that hold every word in one of the dictionaries or in a text of their own. */
function searcher(columns, ownText) {
  const lists = Object.entries(columns.data.values).map(([name, values]) => ({
    name,
    texts: values.map((value) => textOf(value).toLowerCase()),
  }));
  const ownTexts = [];
  const own = (row) => (ownTexts[row] ??= ownText(row).toLowerCase());
  return (words) => {
    const tests = words.map((word) => {
      const hits = lists.map(({ name, texts }) => ({
        numbers: columns.numbers(name),
        flags: texts.map((text) => text.includes(word)),
      }));
      const useful = hits.filter(({ flags }) => flags.includes(true));
      return (row) =>
        useful.some(({ numbers, flags }) => flags[numbers[row]]) || own(row).includes(word);
    });
    return (row) => tests.every((test) => test(row));
  };
}

/** The options of a choice over a dictionary, by label. */
function optionsOf(columns, name, label) {
  return columns
    .values(name)
    .map((value, index) => [index, label(value)])
    .sort(([, one], [, other]) => (one < other ? -1 : 1));
}
