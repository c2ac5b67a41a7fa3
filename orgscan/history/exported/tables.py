"""The tables of an export: their columns, and the rows of one run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from orgscan.history.kept.story import GONE

Row = tuple[str | int | None, ...]


class Column(NamedTuple):
    """A column by its name, and its type as both Arrow and Athena call it."""

    name: str
    type: str = "string"


class Table(NamedTuple):
    """One table.

    Attributes:
        name: of the directory, and in Athena.
        about: one sentence.
        columns: without the partition's.
        query: the rows of one run, for the places `:series` and `:at`; moments are text.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    query: str


class RunRef(NamedTuple):
    """A run in the store."""

    series: int
    at: int
    run_id: str
    started_at: str

    @property
    def date(self) -> str:
        """The day it began on, UTC: `2026-11-24`."""
        return self.started_at[:10]


_RUN = (Column("organization_id"), Column("scope"), Column("run_id"), Column("started_at"))
_RUN_QUERY = "s.organization, s.scope, n.run_id, n.started_at"
_RUN_FROM = "FROM run n JOIN series s ON s.id = n.series "

RUNS = Table(
    name="runs",
    about="One row for each run.",
    columns=(
        *_RUN,
        Column("tool_version"),
        Column("exit_status", "int"),
        Column("accounts_in_scope", "int"),
        Column("accounts_covered", "int"),
        Column("targets_in_scope", "int"),
        Column("targets_covered", "int"),
    ),
    query=f"SELECT {_RUN_QUERY}, n.tool, n.exit_status, n.accounts, n.accounts_covered, "
    f"n.targets, n.targets_covered {_RUN_FROM} WHERE n.series = :series AND n.at = :at",
)

FINDINGS = Table(
    name="findings",
    about="Every finding in every run; UNSEEN where the run could not tell what became of it.",
    columns=(
        *_RUN,
        Column("account_id"),
        Column("account_name"),
        Column("ou_path"),
        Column("region"),
        Column("control_id"),
        Column("arn"),
        Column("status"),
        Column("severity"),
        Column("exposure"),
        Column("exception_id"),
        Column("first_seen"),
        Column("failing_since"),
    ),
    query=f"SELECT {_RUN_QUERY}, a.account_id, a.name, a.ou_path, r.name, c.name, f.arn, "  # noqa: S608 - own texts
    "t.status, t.severity, t.grade, e.name, first.started_at, "
    "(SELECT o.started_at FROM failure x JOIN run o ON o.series = :series AND o.at = x.opened "
    "WHERE x.account = f.account AND x.number = f.number AND x.opened <= :at "
    f"AND (x.closed IS NULL OR x.closed > :at)) {_RUN_FROM} "
    "CROSS JOIN account a ON a.series = n.series CROSS JOIN finding f ON f.account = a.id "
    "JOIN change x ON x.account = f.account AND x.number = f.number AND x.at = "
    "(SELECT max(y.at) FROM change y "
    "WHERE y.account = f.account AND y.number = f.number AND y.at <= :at) "
    "JOIN state t ON t.id = x.state JOIN control c ON c.id = f.control "
    "JOIN region r ON r.id = f.region LEFT JOIN exception e ON e.id = t.exception "
    "JOIN run first ON first.series = n.series AND first.at = f.first "
    f"WHERE n.series = :series AND n.at = :at AND t.status <> '{GONE}' "
    "ORDER BY a.account_id, r.name, f.arn, c.name",
)

COVERAGE = Table(
    name="coverage",
    about="What became of every account-region in every run; without a region, of an account.",
    columns=(
        *_RUN,
        Column("account_id"),
        Column("account_name"),
        Column("ou_path"),
        Column("region"),
        Column("status"),
    ),
    query=f"SELECT {_RUN_QUERY}, a.account_id, a.name, a.ou_path, r.name, l.status {_RUN_FROM} "  # noqa: S608 - own texts
    "CROSS JOIN account a ON a.series = n.series CROSS JOIN coverage v ON v.account = a.id "
    "JOIN ledger l ON l.id = v.state JOIN region r ON r.id = v.region "
    "WHERE n.series = :series AND n.at = :at AND l.status <> '' AND v.at = "
    "(SELECT max(w.at) FROM coverage w "
    "WHERE w.account = v.account AND w.region = v.region AND w.at <= :at) "
    "ORDER BY a.account_id, r.name",
)

TABLES = (RUNS, FINDINGS, COVERAGE)


def runs_of(store: sqlite3.Connection, last: int) -> list[RunRef]:
    """The newest runs of every series, the oldest of them first."""
    found = store.execute(
        "SELECT series, at, run_id, started_at FROM run ORDER BY at DESC LIMIT ?", (last,)
    )
    return [RunRef(*row) for row in found][::-1]


def rows(store: sqlite3.Connection, table: Table, run: RunRef) -> Iterator[Row]:
    """A table's rows for one run, in the order of the reports; they are not held."""
    yield from store.execute(table.query, {"series": run.series, "at": run.at})
