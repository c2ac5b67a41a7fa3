'use strict';
// What earlier runs say of a finding: since when it is known, and whether its failure is new.

const NOVELTY_NAMES = { new: 'New', back: 'Came back', known: 'Known before' };
const NOVELTIES = { new: 'new in this run', back: 'back in this run' };

/** Null where there is no history of earlier runs. */
function pastOf(row) {
  const past = findings.value('past', row);
  if (!past) return null;
  const [firstSeen, failingSince, times, novelty] = past;
  return { firstSeen, failingSince, times, novelty };
}

/** `2026-11-24 02:00:00 UTC`. */
function momentText(moment) {
  return moment.replace('T', ' ').replace('Z', ' UTC');
}

function dayOf(moment) {
  return moment.slice(0, 10);
}

/** Since when a finding fails, in a few words; nothing where it does not. */
function sinceText(past) {
  if (!past.failingSince) return '';
  return NOVELTIES[past.novelty] ?? `fails since ${dayOf(past.failingSince)}`;
}

const hasPast = findings.values('past').some((past) => past !== null);

const FIRST_SEEN_COLUMN = {
  key: 'first_seen',
  title: 'First seen',
  cell: (row) => {
    const past = pastOf(row);
    return past ? pair(dayOf(past.firstSeen), sinceText(past)) : '';
  },
  sortKey: (row) => pastOf(row)?.firstSeen ?? '',
};

/** The columns of the findings, with the past before the reason where there is any. */
function findingColumns() {
  if (!hasPast) return FINDING_COLUMNS;
  return [...FINDING_COLUMNS.slice(0, -1), FIRST_SEEN_COLUMN, ...FINDING_COLUMNS.slice(-1)];
}

function whatWasBefore(list, row) {
  const past = pastOf(row);
  if (!past) return;
  describe(list, 'First seen', momentText(past.firstSeen));
  if (past.failingSince) {
    const novelty = NOVELTIES[past.novelty] ?? 'known before';
    describe(list, 'Fails since', `${momentText(past.failingSince)}, ${novelty}`);
  }
  describe(list, 'Has failed', past.times > 1 ? `${formatCount(past.times)} times` : null);
}

function noveltyChoice() {
  return new Choice(findings, {
    key: 'since',
    column: 'past',
    title: 'Failures',
    all: 'New or not',
    namesOf: (past) => (past?.[3] ? [past[3]] : []),
    labelOf: (_, name) => NOVELTY_NAMES[name],
  });
}
