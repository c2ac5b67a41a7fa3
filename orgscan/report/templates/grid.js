'use strict';
// A table of any length: heads that sort, rows that open, the keyboard's place among them.

/**
 * columns: [{ key, title, cell(row) -> [text or element], sortKey(row) }]
 * describeRow(row) -> { title, body } fills the detail panel of a row that was chosen;
 * onOpen(row or null) hears of each that opens, and of closing.
 */
class Grid {
  constructor(parent, { label, columns, describeRow, onOpen }) {
    this.columns = columns;
    this.describeRow = describeRow;
    this.onOpen = onOpen;
    this.order = [];
    this.head = withAttributes(element('div', 'grid-row'), { role: 'row', 'aria-rowindex': '1' });
    this.body = withAttributes(element('div', 'grid-body'), { role: 'rowgroup' });
    const viewport = element('div', 'grid-viewport', this.body);
    const head = withAttributes(element('div', 'grid-head', this.head), { role: 'rowgroup' });
    this.root = withAttributes(element('div', 'grid', [head, viewport]), {
      role: 'grid',
      'aria-label': label,
      'aria-colcount': String(columns.length),
    });
    parent.append(this.root);
    this.rows = new Rows({
      viewport,
      body: this.body,
      headHeight: () => 0,
      rowHeight: () => parseFloat(getComputedStyle(this.root).getPropertyValue('--row-height')),
      make: (at) => this.row(at),
      onRender: (rows) => this.placeTabStop(rows),
    });
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('focusin', (event) => this.setActive(Rows.at(event)));
    this.body.addEventListener('click', (event) => this.onClick(event));
  }

  /** Heads the columns; `sort` is { key, down } and `onSort(key)` is called by a head's button. */
  showHead(sort, onSort) {
    const focused = this.head.contains(document.activeElement) && document.activeElement.dataset.key;
    this.head.replaceChildren(
      ...this.columns.map((column) => {
        const button = element('button', '', column.title);
        button.dataset.key = column.key;
        button.onclick = () => onSort(column.key);
        const direction = sort.key !== column.key ? 'none' : sort.down ? 'descending' : 'ascending';
        return withAttributes(element('div', `cell cell-${column.key}`, button), {
          role: 'columnheader',
          'aria-sort': direction,
        });
      }),
    );
    if (focused) this.head.querySelector(`[data-key="${focused}"]`).focus();
  }

  /** Shows these rows, in this order. */
  show(order) {
    this.order = order;
    this.root.setAttribute('aria-rowcount', String(order.length + 1));
    this.rows.show(order.length);
  }

  row(at) {
    const cells = this.columns.map((column) =>
      withAttributes(element('div', `cell cell-${column.key}`, column.cell(this.order[at])), {
        role: 'gridcell',
      }),
    );
    return withAttributes(element('div', 'grid-row', cells), {
      role: 'row',
      'aria-rowindex': String(at + 2),
    });
  }

  placeTabStop(rows) {
    for (const [at, made] of rows.shown) made.tabIndex = at === rows.active ? 0 : -1;
  }

  /** Moves the keyboard to a row, and the row into view. */
  focus(at) {
    if (this.order.length > 0) this.rows.reveal(at)?.focus({ preventScroll: true });
  }

  onKey(event) {
    const { page, active } = this.rows;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const ends = { Home: 0, End: this.order.length - 1 };
    if (event.key in steps) this.focus(active + steps[event.key]);
    else if (event.key in ends) this.focus(ends[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') this.openAt(active);
    else return;
    event.preventDefault();
  }

  onClick(event) {
    const at = Rows.at(event);
    if (at !== null && getSelection().isCollapsed) this.openAt(at);
  }

  setActive(at) {
    if (at === null) return;
    this.rows.active = at;
    this.placeTabStop(this.rows);
  }

  /** Opens the panel of the row at a place of the order in view. */
  openAt(at) {
    this.setActive(at);
    const row = this.order[at];
    this.open(row, (step) => {
      const next = at + step;
      if (next >= 0 && next < this.order.length) this.openAt(next);
    }, () => this.focus(at));
  }

  /** Opens the panel of a row, in view or not. */
  open(row, move = () => {}, done = () => {}) {
    const { title, body } = this.describeRow(row);
    const close = () => {
      this.onOpen(null);
      // Not to the row that first opened it, where a closing dialog puts the focus.
      done();
    };
    openDetail(title, body, { move, close });
    this.onOpen(row);
  }
}
