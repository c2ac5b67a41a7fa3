"""Failures over time: how old the open ones are, how long others took, and which came back."""

from __future__ import annotations

import sqlite3
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence

from orgscan.history.asked.answer import Ages, FixTime, OpenFailure
from orgscan.history.asked.narrow import Scope
from orgscan.history.kept.moment import seconds_of

_DAY = 86_400
_STEPS = (1, 7, 30, 90, 365)


def ages(store: sqlite3.Connection, scope: Scope, most: int) -> Ages:
    """How long open failures have been open, up to the newest run."""
    where, values = scope.where("f.control")
    opened = [
        at
        for (at,) in store.execute(
            "SELECT x.opened FROM account a CROSS JOIN failure x ON x.account = a.id "  # noqa: S608 - own texts
            "JOIN finding f ON f.account = x.account AND f.number = x.number "
            f"WHERE {where} AND x.closed IS NULL",
            values,
        )
    ]
    now = scope.newest
    days = [_days(at, now) for at in opened]
    return Ages(
        open=len(days),
        median_days=_rounded(statistics.median(days)) if days else None,
        by_days=_by_days(days),
        oldest=_named(store, scope, "ORDER BY x.opened, a.account_id, f.arn LIMIT ?", most),
    )


def returned(store: sqlite3.Connection, scope: Scope, most: int) -> tuple[OpenFailure, ...]:
    """Open failures of findings that had been resolved before, the most frequent first."""
    order = "AND times > 1 ORDER BY times DESC, x.opened DESC, a.account_id, f.arn LIMIT ?"
    return _named(store, scope, order, most)


def fix_times(store: sqlite3.Connection, scope: Scope) -> tuple[FixTime, ...]:
    """How long resolved failures had been open, by control."""
    where, values = scope.where("f.control")
    by_control: dict[str, list[float]] = defaultdict(list)
    for control, opened, closed in store.execute(
        "SELECT c.name, x.opened, x.closed FROM account a "  # noqa: S608 - own texts
        "CROSS JOIN failure x ON x.account = a.id "
        "JOIN finding f ON f.account = x.account AND f.number = x.number "
        "JOIN control c ON c.id = f.control "
        f"WHERE {where} AND x.closed IS NOT NULL",
        values,
    ):
        by_control[control].append(_days(opened, closed))
    return tuple(
        FixTime(
            control_id=control,
            resolved=len(days),
            median_days=_rounded(statistics.median(days)),
            p90_days=_rounded(_p90(days)),
        )
        for control, days in sorted(by_control.items())
    )


def _named(
    store: sqlite3.Connection, scope: Scope, order: str, most: int
) -> tuple[OpenFailure, ...]:
    where, values = scope.where("f.control")
    found = store.execute(
        "SELECT c.name, a.account_id, a.name, r.name, f.arn, s.status, x.opened, "  # noqa: S608 - own texts
        "(SELECT count(*) FROM failure y WHERE y.account = x.account AND y.number = x.number) "
        "AS times FROM account a CROSS JOIN failure x ON x.account = a.id "
        "JOIN finding f ON f.account = x.account AND f.number = x.number "
        "JOIN control c ON c.id = f.control JOIN region r ON r.id = f.region "
        f"JOIN state s ON s.id = f.state WHERE {where} AND x.closed IS NULL {order}",
        (*values, most),
    )
    now = scope.newest
    return tuple(
        OpenFailure(
            control_id=control,
            account_id=account,
            account_name=name,
            region=region,
            arn=arn,
            status=status,
            since=scope.runs[opened],
            days=_rounded(_days(opened, now)),
            times=times,
        )
        for control, account, name, region, arn, status, opened, times in found
    )


def _by_days(days: Iterable[float]) -> dict[str, int]:
    counts = dict.fromkeys([*map(str, _STEPS), "more"], 0)
    for each in days:
        counts[next((str(step) for step in _STEPS if each < step), "more")] += 1
    return counts


def _days(opened: int, closed: int) -> float:
    return (seconds_of(closed) - seconds_of(opened)) / _DAY


def _p90(days: Sequence[float]) -> float:
    """The least of them that nine in ten do not exceed."""
    return sorted(days)[-(-len(days) * 9 // 10) - 1]


def _rounded(days: float) -> float:
    return round(days, 2)
