"""The runs of a store: which series one belongs to, and which come before and after it."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

import msgspec

from orgscan.history.kept.moment import at_of
from orgscan.history.kept.names import Names
from orgscan.model.run import Run, RunRecord


class Place(NamedTuple):
    """A run in its series.

    Attributes:
        series: of the table.
        at: the run's own number.
        later: the runs of the series that are in the store and come after it.
        is_known: whether the run is in the store.
    """

    series: int
    at: int
    later: tuple[int, ...]
    is_known: bool


def place_of(store: sqlite3.Connection, run: Run) -> Place:
    """Where a run belongs; its series is made where there is none."""
    key = (run.organization.id, scope_text(run))
    store.execute("INSERT OR IGNORE INTO series (organization, scope) VALUES (?, ?)", key)
    (series,) = store.execute(
        "SELECT id FROM series WHERE organization = ? AND scope = ?", key
    ).fetchone()
    at = at_of(run.id)
    found = store.execute(
        "SELECT at FROM run WHERE series = ? AND at >= ? ORDER BY at", (series, at)
    )
    runs = tuple(each for (each,) in found)
    is_known = runs[:1] == (at,)
    return Place(series, at, runs[1:] if is_known else runs, is_known)


def scope_text(run: Run) -> str:
    """The scope as text, the same for the same filters in whatever order they were given."""
    scope = run.scope
    filters = {
        "account": sorted(scope.account),
        "exclude_account": sorted(scope.exclude_account),
        "ou": sorted(scope.ou),
        "tag": sorted(scope.tag),
        "region": sorted(scope.region),
    }
    given = {name: values for name, values in filters.items() if values}
    return msgspec.json.encode(given, order="sorted").decode()


def add_run(store: sqlite3.Connection, names: Names, place: Place, record: RunRecord) -> None:
    """Add a run with its totals, the controls that ran and what was changed before it."""
    run, totals = record.run, record.totals
    store.execute(
        "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            place.series,
            place.at,
            run.id,
            run.started_at,
            run.finished_at,
            run.tool.version,
            run.caller.arn,
            run.exit_status,
            totals.accounts.in_scope,
            totals.accounts.covered,
            totals.targets.in_scope,
            totals.targets.covered,
        ),
    )
    store.executemany(
        "INSERT INTO run_control VALUES (?, ?, ?)",
        [(place.series, place.at, names.controls.number(entry.id)) for entry in record.controls],
    )
    _add_remediations(store, place, run)


def _add_remediations(store: sqlite3.Connection, place: Place, run: Run) -> None:
    store.executemany(
        "INSERT OR REPLACE INTO remediation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                place.series,
                place.at,
                outcome.plan_id,
                action.finding_key,
                action.kind.value,
                action.state.value,
                action.text,
                outcome.approved_at,
                outcome.approved_by,
                action.permit.entry,
                action.permit.ticket,
            )
            for outcome in run.remediations
            for action in outcome.actions
        ],
    )


def controls_of(store: sqlite3.Connection, place: Place, at: int) -> frozenset[int]:
    """The controls that ran in a run of the series."""
    found = store.execute(
        "SELECT control FROM run_control WHERE series = ? AND at = ?", (place.series, at)
    )
    return frozenset(control for (control,) in found)
