"""Runs in which something was seen no longer, or again."""

from __future__ import annotations

import sqlite3

from orgscan.history.asked.answer import CoverageChange
from orgscan.history.asked.narrow import Scope

_STEPS = """
SELECT v.at, l.status = 'COVERED' AS is_covered,
    lag(l.status = 'COVERED') OVER (PARTITION BY v.account, v.region ORDER BY v.at) AS was_covered
FROM account a CROSS JOIN coverage v ON v.account = a.id JOIN ledger l ON l.id = v.state
"""


def coverage_changes(
    store: sqlite3.Connection, scope: Scope, since: int
) -> tuple[CoverageChange, ...]:
    """What was lost and gained in each run from `since` on, where there is anything to tell.

    An account-region that comes into the ledger for the first time is neither.
    """
    found = store.execute(
        "SELECT r.run_id, sum(NOT is_covered), sum(is_covered) "  # noqa: S608 - own texts
        f"FROM ({_STEPS} WHERE {scope.accounts}) AS step "
        "JOIN run r ON r.series = ? AND r.at = step.at "
        "WHERE step.at >= ? AND is_covered <> was_covered GROUP BY step.at ORDER BY step.at",
        (*scope.values, scope.series, since),
    )
    return tuple(
        CoverageChange(run_id=run, lost=lost, gained=gained) for run, lost, gained in found
    )
