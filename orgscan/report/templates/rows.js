'use strict';
// Any number of rows of one height, of which only those in view are elements: a row's place
// follows from its number.

const OVERSCAN = 8;

/** parts: { viewport (which scrolls), body (in it), rowHeight() in px, make(at) -> element } */
class Rows {
  constructor(parts) {
    this.parts = parts;
    this.count = 0;
    this.active = 0;
    this.shown = new Map();
    parts.viewport.addEventListener('scroll', () => requestAnimationFrame(() => this.render()));
    new ResizeObserver(() => this.measure()).observe(parts.viewport);
  }

  /** Shows that many rows from the first. */
  show(count) {
    this.count = count;
    this.active = 0;
    this.parts.viewport.scrollTop = 0;
    this.clear();
    this.measure();
  }

  clear() {
    this.shown.clear();
    this.parts.body.replaceChildren();
  }

  measure() {
    const height = this.parts.rowHeight();
    if (!(height > 0)) return;
    if (height !== this.rowHeight) this.clear();
    this.rowHeight = height;
    this.parts.body.style.height = `${this.count * height}px`;
    this.render();
  }

  render() {
    const { viewport } = this.parts;
    // Where the page does not show it, there is nothing to fill.
    if (!this.rowHeight || viewport.clientHeight === 0) return;
    const first = Math.floor(viewport.scrollTop / this.rowHeight) - OVERSCAN;
    const last = first + Math.ceil(viewport.clientHeight / this.rowHeight) + 2 * OVERSCAN;
    const wanted = new Set();
    for (let at = Math.max(0, first); at <= Math.min(last, this.count - 1); at += 1) {
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
    }
    this.parts.onRender(this);
  }

  add(at) {
    const made = this.parts.make(at);
    made.dataset.at = String(at);
    made.style.top = `${at * this.rowHeight}px`;
    // Elements come in row order, for whoever reads the page by elements.
    const after = [...this.parts.body.children].find((other) => Number(other.dataset.at) > at);
    this.parts.body.insertBefore(made, after ?? null);
    this.shown.set(at, made);
  }

  /** Brings a row into view, and gives its element. */
  reveal(at) {
    this.active = Math.min(Math.max(at, 0), this.count - 1);
    const { viewport } = this.parts;
    const top = this.active * this.rowHeight;
    if (top < viewport.scrollTop) viewport.scrollTop = top;
    const bottom = top + this.rowHeight - viewport.clientHeight + this.parts.headHeight();
    if (bottom > viewport.scrollTop) viewport.scrollTop = bottom;
    this.render();
    return this.shown.get(this.active);
  }

  /** How many whole rows fit. */
  get page() {
    return Math.max(1, Math.floor(this.parts.viewport.clientHeight / this.rowHeight) - 1);
  }

  /** The number of the row that an event came from. */
  static at(event) {
    const row = event.target.closest('[data-at]');
    return row ? Number(row.dataset.at) : null;
  }
}
