'use strict';
// A table with its tools: free text, statuses, choices, sorting, copying. What is chosen is in the
// page's address.

const WRITE_AFTER_MS = 200;

/**
 * parts: { part (of the page), name, noun, hint, rows, columns (of the grid), statuses, kind,
 *          statusOf(row), choices: [Choice], searcher, describeRow, rank(row),
 *          identity(row), sheet: { head, line(row) } }
 */
class View {
  constructor(parent, parts) {
    this.parts = parts;
    this.clearState();
    this.sorted = this.sortedBy((row) => parts.rank(row), false);
    this.sortedAs = '';
    this.count = withAttributes(element('p', 'count'), { role: 'status' });
    this.nothing = element('p', 'empty', 'Nothing matches these filters.');
    const foot = element('div', 'under-tools', [this.count, this.outlets()]);
    parent.append(this.tools(), this.chips(), foot, this.nothing);
    this.grid = new Grid(parent, {
      label: `${parts.name}, ${formatCount(parts.rows)} rows`,
      columns: parts.columns,
      describeRow: parts.describeRow,
      onOpen: (row) => this.opened(row),
    });
    parent.hidden = false;
    router.views.set(parts.part, this);
    this.apply();
  }

  clearState() {
    this.text = '';
    this.statuses = new Set();
    this.chosen = new Map();
    this.sort = { key: '', down: false };
    this.open = '';
  }

  /** What is chosen, as the address says it. */
  state() {
    const parameters = new URLSearchParams();
    if (this.statuses.size > 0) {
      const statuses = this.parts.statuses.filter((status) => this.statuses.has(status));
      parameters.set('status', statuses.join(','));
    }
    for (const { key } of this.parts.choices) {
      if (this.chosen.has(key)) parameters.set(key, this.chosen.get(key));
    }
    if (this.text) parameters.set('q', this.text);
    if (this.sort.key) parameters.set('sort', `${this.sort.down ? '-' : ''}${this.sort.key}`);
    if (this.open) parameters.set('open', this.open);
    return parameters;
  }

  /** Takes what an address says; what is unknown in it is left out or finds nothing. */
  restore(parameters) {
    if (String(parameters) === String(this.state())) return;
    this.clearState();
    this.text = parameters.get('q') ?? '';
    const statuses = (parameters.get('status') ?? '').split(',');
    this.statuses = new Set(statuses.filter((status) => this.parts.statuses.includes(status)));
    for (const { key } of this.parts.choices) {
      if (parameters.get(key)) this.chosen.set(key, parameters.get(key));
    }
    const sort = parameters.get('sort') ?? '';
    const key = sort.replace(/^-/, '');
    if (this.parts.columns.some((column) => column.key === key)) {
      this.sort = { key, down: sort.startsWith('-') };
    }
    this.showTools();
    this.apply();
    this.restoreOpen(parameters.get('open') ?? '');
    router.remember(this.parts.part, router.fragment(this.parts.part, this.state()));
  }

  restoreOpen(identity) {
    if (!identity) {
      if (detail.open) detail.close();
      return;
    }
    const at = this.grid.order.findIndex((row) => this.parts.identity(row) === identity);
    if (at !== -1) this.grid.openAt(at);
    else {
      const row = this.sorted.find((each) => this.parts.identity(each) === identity);
      if (row !== undefined) this.grid.open(row);
    }
  }

  opened(row) {
    this.open = row === null ? '' : this.parts.identity(row);
    router.replace(this.parts.part, this.state());
  }

  /** A choice was made: a place of its own. */
  chose() {
    this.apply();
    router.go(this.parts.part, this.state());
    router.remember(this.parts.part, location.hash);
  }

  tools() {
    this.search = withAttributes(element('input'), {
      type: 'search',
      placeholder: this.parts.hint,
      'aria-label': `Search ${this.parts.name.toLowerCase()}`,
      autocomplete: 'off',
      spellcheck: 'false',
    });
    this.search.oninput = () => {
      this.text = this.search.value;
      this.apply();
      clearTimeout(this.writing);
      const write = () => router.replace(this.parts.part, this.state());
      this.writing = setTimeout(write, WRITE_AFTER_MS);
    };
    const clear = element('button', 'plain-button', 'Clear filters');
    clear.onclick = () => {
      const { sort } = this;
      this.clearState();
      this.sort = sort;
      this.showTools();
      this.chose();
    };
    this.selects = this.parts.choices.map((choice) => this.select(choice));
    const find = element('label', 'find', [element('span', '', 'Search'), this.search]);
    const selects = this.selects.map((select) => select.element);
    return element('div', 'tools', [find, ...selects, this.sorter(), clear]);
  }

  select(choice) {
    return new Select(choice, (name) => {
      if (name === '') this.chosen.delete(choice.key);
      else this.chosen.set(choice.key, name);
      this.chose();
    });
  }

  showTools() {
    this.search.value = this.text;
    this.sortSelect.value = this.sort.key;
    for (const select of this.selects) select.show(this.chosen.get(select.choice.key) ?? '');
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
      if (count > 0) this.chipOf.set(status, this.chip(status, count));
    }
    const label = { role: 'group', 'aria-label': 'Filter by status' };
    return withAttributes(element('div', 'chips', [...this.chipOf.values()]), label);
  }

  chip(status, count) {
    const content = [badge(this.parts.kind, status), formatCount(count)];
    const chip = withAttributes(element('button', 'chip', content), { 'aria-pressed': 'false' });
    chip.onclick = () => {
      if (!this.statuses.delete(status)) this.statuses.add(status);
      this.chose();
    };
    return chip;
  }

  /** What is shown, to take away. */
  outlets() {
    const { sheet, part } = this.parts;
    const lines = () => [sheet.head, ...[...this.grid.order].map((row) => sheet.line(row))];
    const button = (label, title, act) => {
      const made = withAttributes(element('button', 'plain-button', label), { title });
      made.onclick = act;
      return made;
    };
    const tell = (isCopied, what) => {
      say(isCopied ? `Copied ${what}` : 'The browser does not give its clipboard to this page');
    };
    const rows = () => `${formatCount(this.grid.order.length)} rows`;
    return element('div', 'outlets', [
      button('Copy rows', 'What is shown, for a spreadsheet', async () =>
        tell(await copyText(tabbed(lines())), rows()),
      ),
      button('CSV', 'What is shown, as a CSV file', () => {
        download(`orgscan-${part}.csv`, csvOf(lines()));
        say(`Saved ${rows()}`);
      }),
      button('Copy link', 'The address of this page with these filters', async () =>
        tell(await copyText(location.href), 'the link'),
      ),
    ]);
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
    this.sort = { key, down };
    this.sortSelect.value = key;
    this.chose();
  }

  putInOrder() {
    const { key, down } = this.sort;
    const wanted = `${down ? '-' : ''}${key}`;
    if (this.sortedAs === wanted) return;
    const column = this.parts.columns.find((each) => each.key === key);
    this.sorted = this.sortedBy(column ? column.sortKey : this.parts.rank, down);
    this.sortedAs = wanted;
  }

  /** The tests that a row has to pass, the cheap ones first. */
  tests() {
    const { statusOf, choices, searcher } = this.parts;
    const tests = [];
    if (this.statuses.size > 0) tests.push((row) => this.statuses.has(statusOf(row)));
    for (const choice of choices) {
      if (this.chosen.has(choice.key)) tests.push(choice.test(this.chosen.get(choice.key)));
    }
    const words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length > 0) tests.push(searcher.matching(words));
    return tests;
  }

  apply() {
    const { rows, noun } = this.parts;
    this.putInOrder();
    const tests = this.tests();
    const order = this.sorted.filter((row) => tests.every((test) => test(row)));
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
