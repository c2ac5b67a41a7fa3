'use strict';
// Before anything is drawn: which part of the page the address names. Without this script, as
// where JavaScript is off, all parts stand one below the other.

const PARTS = ['overview', 'findings', 'coverage', 'controls', 'run'];

function partNamed(fragment) {
  return PARTS.find((part) => part === fragment.slice(1).split('?')[0]);
}

document.documentElement.dataset.part = partNamed(location.hash) ?? PARTS[0];
