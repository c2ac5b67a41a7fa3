"""Days and their runs, and what a store holds of them by names."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

from orgscan.history.kept.file import reading, writing
from orgscan.history.kept.ingest import ingest
from orgscan.model.run import RunRecord

ACCOUNT = "111122223333"
REGION = "eu-west-1"

_TABLES = {
    "series": "SELECT organization, scope FROM series",
    "run": "SELECT s.organization, r.run_id, r.exit_status FROM run r "
    "JOIN series s ON s.id = r.series",
    "run_control": "SELECT x.at, c.name FROM run_control x JOIN control c ON c.id = x.control",
    "account": "SELECT account_id, name, ou_path, named_at FROM account",
    "finding": "SELECT a.account_id, c.name, r.name, f.arn, f.first, s.status FROM finding f "
    "JOIN account a ON a.id = f.account JOIN control c ON c.id = f.control "
    "JOIN region r ON r.id = f.region JOIN state s ON s.id = f.state",
    "change": "SELECT a.account_id, f.arn, x.at, s.status, s.grade, s.addresses FROM change x "
    "JOIN finding f ON f.account = x.account AND f.number = x.number "
    "JOIN account a ON a.id = f.account JOIN state s ON s.id = x.state",
    "failure": "SELECT a.account_id, f.arn, x.opened, coalesce(x.closed, 0) FROM failure x "
    "JOIN finding f ON f.account = x.account AND f.number = x.number "
    "JOIN account a ON a.id = f.account",
    "tally": "SELECT a.account_id, c.name, t.at, t.failed, t.excepted, t.unknown, t.warning, "
    "t.not_evaluated, t.passed, t.not_applicable, t.new, t.returned, t.resolved FROM tally t "
    "JOIN account a ON a.id = t.account JOIN control c ON c.id = t.control",
    "coverage": "SELECT a.account_id, r.name, x.at, l.status, l.sees FROM coverage x "
    "JOIN account a ON a.id = x.account JOIN region r ON r.id = x.region "
    "JOIN ledger l ON l.id = x.state",
}


def run_id(day: int) -> str:
    """The id of the run of a day, counted from 0."""
    return f"{_moment(day):%Y%m%dT%H%M%SZ}-{day:06x}"


def started_at(day: int) -> str:
    """When that run began."""
    return f"{_moment(day):%Y-%m-%dT%H:%M:%SZ}"


def _moment(day: int) -> dt.datetime:
    return dt.datetime(2026, 11, 1, 2, tzinfo=dt.UTC) + dt.timedelta(days=day)


def take(path: Path, *runs: RunRecord) -> list[bool]:
    """Take runs into a store, each in a transaction of its own; gives which were not there yet."""
    return [_take(path, run) for run in runs]


def _take(path: Path, run: RunRecord) -> bool:
    with writing(path) as store:
        return ingest(store, run)


def content(path: Path) -> dict[str, list[tuple[str | int, ...]]]:
    """Everything in a store, by names instead of its own numbers, in order."""
    with reading(path) as store:
        return content_of(store)


def content_of(store: sqlite3.Connection) -> dict[str, list[tuple[str | int, ...]]]:
    """As `content`."""
    return {table: sorted(store.execute(query)) for table, query in _TABLES.items()}
