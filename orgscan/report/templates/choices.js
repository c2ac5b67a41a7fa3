'use strict';
// The selects above a table. A choice is named by what it means and not by its number, so that an
// address with it means the same in another run's report.

/** Calls back when the browser has nothing better to do. */
function whenIdle(callback) {
  if (window.requestIdleCallback) requestIdleCallback(callback, { timeout: 2000 });
  else setTimeout(callback, 50);
}

/**
 * A choice over the dictionary of a column.
 * parts: { key (its name in the address), column, title, all (the label for no choice),
 *          namesOf(value) -> [names it is chosen by], labelOf(value, name) }
 */
class Choice {
  constructor(columns, { key, column = key, title, all, namesOf, labelOf = (_, name) => name }) {
    Object.assign(this, { columns, key, column, title, all, namesOf, labelOf });
  }

  /** Names and labels, by label. */
  options() {
    const labels = new Map();
    for (const value of this.columns.values(this.column)) {
      for (const name of this.namesOf(value)) labels.set(name, this.labelOf(value, name));
    }
    return [...labels].sort(([, one], [, other]) => (one < other ? -1 : 1));
  }

  /** Whether there is anything to choose. */
  get isUseful() {
    return this.columns.values(this.column).some((value) => value !== null && value.length > 0);
  }

  /** Tests a row for a choice. */
  test(name) {
    const values = this.columns.values(this.column);
    const flags = Uint8Array.from(values, (value) => Number(this.namesOf(value).includes(name)));
    const numbers = this.columns.numbers(this.column);
    return (row) => flags[numbers[row]] === 1;
  }
}

/** The select of a choice. Its options may be ten thousand accounts, so they come when idle. */
class Select {
  constructor(choice, onChange) {
    this.choice = choice;
    const all = withAttributes(element('option', '', choice.all), { value: '' });
    this.select = withAttributes(element('select', '', all), { 'aria-label': choice.title });
    this.select.onchange = () => onChange(this.select.value);
    this.element = element('label', '', [element('span', '', choice.title), this.select]);
    whenIdle(() => this.fill());
  }

  fill() {
    if (this.isFilled) return;
    this.isFilled = true;
    const options = this.choice.options().map(([name, label]) => this.option(name, label));
    this.select.append(...options);
  }

  option(name, label) {
    const option = element('option', '', visible(label));
    option.value = name;
    return option;
  }

  /** Shows what is chosen, also where this report has nothing of that name. */
  show(name) {
    if (name === '' && !this.isFilled) return;
    this.fill();
    this.select.value = name;
    if (this.select.value !== name) {
      this.select.append(this.option(name, `${name} (not in this report)`));
      this.select.value = name;
    }
  }
}

function accountChoice(columns) {
  return new Choice(columns, {
    key: 'account',
    title: 'Account',
    all: 'All accounts',
    namesOf: ([id]) => [id],
    labelOf: ([id, name]) => `${name} (${id})`,
  });
}

/** The organizational units: each holds what is in those below it. */
function unitChoice(columns) {
  return new Choice(columns, {
    key: 'ou',
    column: 'account',
    title: 'OU',
    all: 'All OUs',
    namesOf: ([, , path]) => (path ? path.split('/') : []),
  });
}

function plainChoice(columns, key, title, all, none = 'none', column = key) {
  return new Choice(columns, { key, column, title, all, namesOf: (value) => [value || none] });
}
