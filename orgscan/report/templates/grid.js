'use strict';
// A table of any length of which only the rows in view are elements. Rows have one height, so that
// a row's place follows from its number.

const OVERSCAN = 8;

/**
 * columns: [{ key, title, cell(row) -> [text or element], sortKey(row) }]
 * describeRow(row) -> { title, body } fills the detail panel of a row that was chosen.
 */
class Grid {
  constructor(parent, { label, columns, describeRow }) {
    this.columns = columns;
    this.describeRow = describeRow;
    this.order = [];
    this.active = 0;
    this.shown = new Map();
    this.head = withAttributes(element('div', 'grid-row'), { role: 'row', 'aria-rowindex': '1' });
    this.body = withAttributes(element('div', 'grid-body'), { role: 'rowgroup' });
    this.viewport = element('div', 'grid-viewport', this.body);
    const head = withAttributes(element('div', 'grid-head', this.head), { role: 'rowgroup' });
    this.root = withAttributes(element('div', 'grid', [head, this.viewport]), {
      role: 'grid',
      'aria-label': label,
      'aria-colcount': String(columns.length),
    });
    parent.append(this.root);
    this.viewport.addEventListener('scroll', () => requestAnimationFrame(() => this.render()));
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('focusin', (event) => this.onFocus(event));
    this.body.addEventListener('click', (event) => this.onClick(event));
    new ResizeObserver(() => this.measure()).observe(this.root);
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
    this.active = 0;
    this.root.setAttribute('aria-rowcount', String(order.length + 1));
    this.viewport.scrollTop = 0;
    this.clear();
    this.measure();
  }

  clear() {
    this.shown.clear();
    this.body.replaceChildren();
  }

  measure() {
    const height = parseFloat(getComputedStyle(this.root).getPropertyValue('--row-height'));
    if (height !== this.rowHeight) this.clear();
    this.rowHeight = height;
    this.body.style.height = `${this.order.length * height}px`;
    this.render();
  }

  render() {
    const first = Math.floor(this.viewport.scrollTop / this.rowHeight) - OVERSCAN;
    const last = first + Math.ceil(this.viewport.clientHeight / this.rowHeight) + 2 * OVERSCAN;
    const wanted = new Set();
    for (let at = Math.max(0, first); at <= Math.min(last, this.order.length - 1); at += 1) {
      wanted.add(at);
    }
    // The focused row stays an element, so that scrolling does not lose the keyboard's place.
    if (this.shown.get(this.active)?.contains(document.activeElement)) wanted.add(this.active);
    else if (!wanted.has(this.active)) this.active = Math.max(0, first + OVERSCAN);
    for (const [at, made] of this.shown) {
      if (!wanted.has(at)) {
        made.remove();
        this.shown.delete(at);
      }
    }
    for (const at of wanted) {
      if (!this.shown.has(at)) this.add(at);
      this.shown.get(at).tabIndex = at === this.active ? 0 : -1;
    }
  }

  add(at) {
    const cells = this.columns.map((column) =>
      withAttributes(element('div', `cell cell-${column.key}`, column.cell(this.order[at])), {
        role: 'gridcell',
      }),
    );
    const made = withAttributes(element('div', 'grid-row', cells), {
      role: 'row',
      'aria-rowindex': String(at + 2),
    });
    made.dataset.at = String(at);
    made.style.transform = `translateY(${at * this.rowHeight}px)`;
    // Elements come in row order, for whoever reads the page by elements.
    const after = [...this.body.children].find((other) => Number(other.dataset.at) > at);
    this.body.insertBefore(made, after ?? null);
    this.shown.set(at, made);
  }

  /** Moves the keyboard to a row, and the row into view. */
  focus(at) {
    if (this.order.length === 0) return;
    this.active = Math.min(Math.max(at, 0), this.order.length - 1);
    const top = this.active * this.rowHeight;
    const view = this.viewport;
    if (top < view.scrollTop) view.scrollTop = top;
    const bottom = top + this.rowHeight - view.clientHeight;
    if (bottom > view.scrollTop) view.scrollTop = bottom;
    this.render();
    this.shown.get(this.active).focus({ preventScroll: true });
  }

  onKey(event) {
    const page = Math.max(1, Math.floor(this.viewport.clientHeight / this.rowHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const ends = { Home: 0, End: this.order.length - 1 };
    if (event.key in steps) this.focus(this.active + steps[event.key]);
    else if (event.key in ends) this.focus(ends[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') this.openAt(this.active);
    else return;
    event.preventDefault();
  }

  onFocus(event) {
    const at = event.target.closest('.grid-row')?.dataset.at;
    if (at !== undefined) this.setActive(Number(at));
  }

  onClick(event) {
    const at = event.target.closest('.grid-row')?.dataset.at;
    if (at !== undefined && getSelection().isCollapsed) this.openAt(Number(at));
  }

  setActive(at) {
    this.active = at;
    for (const [other, made] of this.shown) made.tabIndex = other === at ? 0 : -1;
  }

  openAt(at) {
    this.setActive(at);
    const { title, body } = this.describeRow(this.order[at]);
    openDetail(title, body, {
      move: (step) => {
        const next = this.active + step;
        if (next >= 0 && next < this.order.length) this.openAt(next);
      },
      // Not this.active: a closing dialog puts the focus back to the row that first opened it.
      close: () => this.focus(at),
    });
  }
}
