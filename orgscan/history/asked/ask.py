"""Answers a question to the history."""

from __future__ import annotations

import sqlite3

from orgscan.history.asked.answer import Answer, Remediated
from orgscan.history.asked.coverage import coverage_changes
from orgscan.history.asked.failures import ages, fix_times, returned
from orgscan.history.asked.groups import by_account, by_control, by_unit, shares
from orgscan.history.asked.narrow import Question, Scope, scope_of
from orgscan.history.asked.trend import trend


def ask(store: sqlite3.Connection, question: Question) -> Answer:
    """Everything that `orgscan history` tells.

    Args:
        store: as `orgscan.history.kept.file.reading` gives it.
        question: what is asked.

    Raises:
        HistoryError: the store has no run, or nothing of what is asked for.
    """
    scope = scope_of(store, question)
    since = scope.since(question.last)
    found = shares(store, scope, since)
    return Answer(
        series=scope.about,
        others=scope.others,
        control_id=question.control_id,
        ou=question.ou,
        account_id=question.account_id,
        trend=trend(store, scope)[-question.last :],
        controls=by_control(found),
        units=by_unit(found, question.most),
        accounts=by_account(found, question.most),
        ages=ages(store, scope, question.most),
        fix_times=fix_times(store, scope),
        returned=returned(store, scope, question.most),
        coverage=coverage_changes(store, scope, since),
        remediated=_remediated(store, scope, since),
    )


def _remediated(store: sqlite3.Connection, scope: Scope, since: int) -> tuple[Remediated, ...]:
    found = store.execute(
        "SELECT r.run_id, m.plan_id, m.finding_key, m.kind, m.state, m.approved_at, m.approved_by, "
        "m.permit, m.ticket FROM remediation m JOIN run r ON r.series = m.series AND r.at = m.at "
        "WHERE m.series = ? AND m.at >= ? ORDER BY m.at, m.plan_id, m.finding_key",
        (scope.series, since),
    )
    names = Remediated.__struct_fields__
    return tuple(Remediated(**dict(zip(names, row, strict=True))) for row in found)
