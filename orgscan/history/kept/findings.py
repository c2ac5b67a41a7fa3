"""One account's findings over time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from orgscan.history.kept.schema import COUNTS
from orgscan.history.kept.story import Story
from orgscan.history.kept.timeline import Row, Series, with_run

_NO_COUNTS = (0,) * len(COUNTS)
_TALLY = (
    f"INSERT INTO tally VALUES (?, ?, ?, {', '.join('?' for _ in COUNTS)}) "  # noqa: S608 - own names
    "ON CONFLICT (account, at, control) DO UPDATE SET "
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in COUNTS)
)

_NO_TALLY = (
    "DELETE FROM tally WHERE account = ? AND at = ? AND control = ? AND "  # noqa: S608 - own names
    + " AND ".join(f"{name} = 0" for name in COUNTS)
)


class Key(NamedTuple):
    """What tells a finding from the others of its account; names by number."""

    control: int
    region: int
    arn: str


class Known(NamedTuple):
    """A finding of the store: the run that saw it first, and what it was in the newest."""

    number: int
    first: int
    state: int


class Findings:
    """What an account's findings were in each run; `write` puts down what has changed."""

    def __init__(
        self,
        store: sqlite3.Connection,
        account: int,
        tell: Callable[[tuple[Row, ...]], Story],
        *,
        gone: int | None,
        is_new: bool,
    ) -> None:
        """Take what is there of an account.

        Args:
            store: within a transaction.
            account: its number.
            tell: as `story`, of a timeline.
            gone: the state in which findings are left alone until a run has them again; None
                takes them all.
            is_new: whether nothing can be there yet.
        """
        self._store = store
        self._account = account
        self._story_of = tell
        self._gone = gone
        self.known: dict[Key, Known] = {} if is_new else dict(self._read())
        self._is_new = is_new
        self._last = 0 if is_new else self._count()
        self._new: list[tuple[int | str, ...]] = []
        self._moved: list[tuple[int, int, int, int]] = []
        self._changes: tuple[list[tuple[int, ...]], list[tuple[int, ...]]] = [], []
        self._failures: tuple[list[tuple[int, ...]], list[tuple[int | None, ...]]] = [], []
        self._counts: dict[tuple[int, int], list[int]] = {}

    def _read(self) -> Iterator[tuple[Key, Known]]:
        found = self._store.execute(
            "SELECT control, region, arn, number, first, state FROM finding "
            "WHERE account = ? AND state IS NOT ?",
            (self._account, self._gone),
        )
        return ((Key(*row[:3]), Known(*row[3:])) for row in found)

    def _count(self) -> int:
        """Findings are numbered from 1 and never taken away."""
        found = self._store.execute(
            "SELECT max(number) FROM finding WHERE account = ?", (self._account,)
        )
        return found.fetchone()[0] or 0

    def one(self, key: Key) -> Known | None:
        """What the store has of a finding that was gone, or was never there."""
        if self._is_new or self._gone is None:
            return None
        found = self._store.execute(
            "SELECT number, first, state FROM finding "
            "WHERE account = ? AND state = ? AND control = ? AND region = ? AND arn = ?",
            (self._account, self._gone, *key),
        ).fetchone()
        return Known(*found) if found else None

    def add(self, key: Key, row: Row, series: Series) -> None:
        """A finding that no run has had."""
        self._last += 1
        timeline = with_run([], row, series)
        self.known[key] = Known(self._last, row.at, timeline[-1].state)
        self._new.append((self._account, self._last, *key, row.at, timeline[-1].state))
        self._tell(key.control, self._last, [], timeline)

    def see(self, key: Key, known: Known, row: Row, series: Series) -> None:
        """What a finding that some run has is in this one.

        Args:
            key: of the finding.
            known: what the store has of it.
            row: this run, and what it says, which may be that it does not name it.
            series: the other runs.
        """
        if not series.later and row.state == known.state:
            return
        before = self._timeline(known.number)
        after = with_run(before, row, series)
        if after is not before:
            self._moved.append((after[0].at, after[-1].state, self._account, known.number))
            self._tell(key.control, known.number, before, after)

    def _timeline(self, number: int) -> list[Row]:
        found = self._store.execute(
            "SELECT at, state FROM change WHERE account = ? AND number = ? ORDER BY at",
            (self._account, number),
        )
        return [Row(*row) for row in found]

    def _tell(self, control: int, number: int, before: Sequence[Row], after: Sequence[Row]) -> None:
        """Note what follows from a timeline that has changed."""
        place = (self._account, number)
        self._changes[0].extend((*place, row.at) for row in before if row not in after)
        self._changes[1].extend((*place, *row) for row in after if row not in before)
        old, new = self._story_of(tuple(before)), self._story_of(tuple(after))
        self._failures[0].extend((*place, one.opened) for one in old.failures)
        self._failures[1].extend((*place, *one) for one in new.failures)
        for counts, sign in ((old.counts, -1), (new.counts, 1)):
            for at, column, by in counts:
                self._counts.setdefault((at, control), [*_NO_COUNTS])[column] += sign * by

    def write(self) -> None:
        """Put down what has changed."""
        many = self._store.executemany
        many("INSERT INTO finding (account, number, control, region, arn, first, state) "
             "VALUES (?, ?, ?, ?, ?, ?, ?)", self._new)  # fmt: skip
        many("UPDATE finding SET first = ?, state = ? WHERE account = ? AND number = ?",
             self._moved)  # fmt: skip
        many("DELETE FROM change WHERE account = ? AND number = ? AND at = ?", self._changes[0])
        many("INSERT INTO change VALUES (?, ?, ?, ?)", self._changes[1])
        many("DELETE FROM failure WHERE account = ? AND number = ? AND opened = ?",
             self._failures[0])  # fmt: skip
        many("INSERT INTO failure VALUES (?, ?, ?, ?)", self._failures[1])
        many(_TALLY, self._tallied())
        many(_NO_TALLY, ((self._account, *place) for place in self._counts))

    def _tallied(self) -> Iterable[tuple[int, ...]]:
        return (
            (self._account, *place, *counts)
            for place, counts in self._counts.items()
            if any(counts)
        )
