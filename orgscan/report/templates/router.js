'use strict';
// The address's fragment says what is shown: the part of the page, and the filters of its table.
// `#findings?status=FAILED&region=eu-west-1` can be sent to somebody, and Back goes back.

const router = {
  /** The tables by their part: each has state() and restore(parameters). */
  views: new Map(),

  /** The fragment that is in view. The browser tells of a change later: what was typed meanwhile
   * must not be taken back by what the address said before it. */
  shown: null,

  /** The part that the address names, and its parameters; none where it names no part. */
  read() {
    const part = partNamed(location.hash);
    const from = location.hash.indexOf('?');
    const query = from === -1 ? '' : location.hash.slice(from + 1);
    return { part, parameters: new URLSearchParams(query) };
  },

  fragment(part, parameters) {
    const query = String(parameters);
    return query ? `#${part}?${query}` : `#${part}`;
  },

  /** A new place, which Back leaves again. */
  go(part, parameters) {
    location.hash = this.fragment(part, parameters);
    this.show();
  },

  /** The same place, described anew, where the reader is in it. */
  replace(part, parameters) {
    const fragment = this.fragment(part, parameters);
    if (document.documentElement.dataset.part === part && location.hash !== fragment) {
      location.replace(fragment);
      this.shown = location.hash;
    }
    this.remember(part, fragment);
  },

  /** The part's link in the masthead leads back to it as it was left. */
  remember(part, fragment) {
    const link = document.querySelector(`.masthead nav [data-part="${part}"]`);
    link.setAttribute('href', fragment);
  },

  show() {
    this.shown = location.hash;
    const { part = location.hash === '' ? PARTS[0] : null, parameters } = this.read();
    if (part === null) return;
    const root = document.documentElement;
    const isOther = root.dataset.part !== part;
    root.dataset.part = part;
    for (const link of document.querySelectorAll('.masthead nav a')) {
      if (link.dataset.part === part) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    this.views.get(part)?.restore(parameters);
    if (isOther) scrollTo(0, 0);
  },

  start() {
    addEventListener('hashchange', () => {
      if (location.hash !== this.shown) this.show();
    });
    this.show();
  },
};
