"""Counts over time: run after run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from operator import add

from orgscan.history.asked.answer import Counts, Point
from orgscan.history.asked.narrow import Scope
from orgscan.history.kept.schema import COUNTS

_SUMS = ", ".join(f"sum(t.{name})" for name in COUNTS)
_HELD = COUNTS.index("new")
"""The columns before this one say what is so, those from it on what has happened."""

_Vector = tuple[int, ...]


def trend(store: sqlite3.Connection, scope: Scope) -> tuple[Point, ...]:
    """Every run of a series, the oldest first, with what is so in it."""
    where, values = scope.where("t.control")
    moved = {
        at: counts
        for at, *counts in store.execute(
            f"SELECT t.at, {_SUMS} FROM account a CROSS JOIN tally t ON t.account = a.id "  # noqa: S608 - own texts
            f"WHERE {where} GROUP BY t.at",
            values,
        )
    }
    runs = store.execute(
        "SELECT run_id, started_at, tool, exit_status, targets, targets_covered "
        "FROM run WHERE series = ? ORDER BY at",
        (scope.series,),
    )
    sums = _summed(moved.get(at, [0] * len(COUNTS)) for at in scope.runs)
    return tuple(_point(run, counts) for run, counts in zip(runs, sums, strict=True))


def _summed(moved: Iterable[Sequence[int]]) -> Iterator[_Vector]:
    held = [0] * _HELD
    for counts in moved:
        held = list(map(add, held, counts))
        yield (*held, *counts[_HELD:])


def _point(run: Sequence[str | int], counts: _Vector) -> Point:
    run_id, started_at, tool, exit_status, targets, covered = run
    return Point(
        run_id=str(run_id),
        started_at=str(started_at),
        tool=str(tool),
        exit_status=int(exit_status),
        targets=int(targets),
        covered=int(covered),
        counts=Counts(**dict(zip(COUNTS, counts, strict=True))),
    )
