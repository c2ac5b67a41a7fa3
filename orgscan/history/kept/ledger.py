"""One account's coverage over time."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping

from orgscan.history.kept.timeline import Row, Series, as_of, with_run


class Ledger:
    """What became of an account's regions in each run, by `Names.ledger` and `Names.regions`."""

    def __init__(self, store: sqlite3.Connection, account: int, *, is_new: bool) -> None:
        """Take what is there of an account; nothing can be where it is new."""
        self._store = store
        self._account = account
        self._timelines: dict[int, list[Row]] = defaultdict(list)
        if not is_new:
            for region, at, state in store.execute(
                "SELECT region, at, state FROM coverage WHERE account = ? ORDER BY region, at",
                (account,),
            ):
                self._timelines[region].append(Row(at, state))

    def state(self, region: int, at: int) -> int | None:
        """What became of a region in a run; None where no run up to it has it."""
        return as_of(self._timelines.get(region, ()), at)

    def take(self, at: int, states: Mapping[int, int], series: Series) -> None:
        """Add a run.

        Args:
            at: the run.
            states: by region.
            series: the other runs; what is not in the ledger of a run is gone from it.
        """
        changed: list[tuple[int, list[Row], list[Row]]] = []
        for region in states.keys() | self._timelines.keys():
            before, state = self._timelines[region], states.get(region, series.gone)
            if before and before[-1].state == state and not series.later:
                continue  # as `with_run` has it too, for the many that are as they were
            after = with_run(before, Row(at, state), series)
            if after is not before:
                changed.append((region, before, after))
                self._timelines[region] = after
        self._write(changed)

    def _write(self, changed: list[tuple[int, list[Row], list[Row]]]) -> None:
        gone = [(self._account, region, row.at) for region, before, after in changed
                for row in before if row not in after]  # fmt: skip
        come = [(self._account, region, *row) for region, before, after in changed
                for row in after if row not in before]  # fmt: skip
        if gone:
            self._store.executemany(
                "DELETE FROM coverage WHERE account = ? AND region = ? AND at = ?", gone
            )
        self._store.executemany("INSERT INTO coverage VALUES (?, ?, ?, ?)", come)
