"""What the history says of a run that is about to be reported, and of each of its findings."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from orgscan.history.asked.narrow import Question, scope_of
from orgscan.history.asked.trend import trend
from orgscan.history.kept.file import reading, trying
from orgscan.history.kept.ingest import ingest
from orgscan.history.kept.moment import at_of
from orgscan.history.kept.runs import scope_text
from orgscan.history.kept.story import GONE
from orgscan.model.finding import Finding, Status
from orgscan.model.past import Past, TrendPoint
from orgscan.model.run import Run, RunRecord

_log = logging.getLogger(__name__)

MOST_POINTS = 30

_ALIKE = 4096
_FINDINGS = """
SELECT f.control, f.region, f.arn, f.first, count(x.opened),
    max(CASE WHEN x.closed IS NULL OR x.closed > :at THEN x.opened END)
FROM finding f LEFT JOIN failure x
    ON x.account = f.account AND x.number = f.number AND x.opened < :at
WHERE f.account = :account AND f.first < :at AND
"""
_THERE = "f.state <> :gone GROUP BY f.number"
_GONE = "f.state = :gone AND f.control = :control AND f.region = :region AND f.arn = :arn"


class _Known(NamedTuple):
    """A finding before the run: the run that had it first, its failures, and the one still open."""

    first: int
    failures: int
    open_since: int | None


class Before:
    """The runs before one, for which findings are asked in the order of the reports."""

    def __init__(self, store: sqlite3.Connection, run: Run) -> None:
        """Find the runs that can be compared with this one; there may be none."""
        self._store = store
        self._at = at_of(run.id)
        self._started_at = run.started_at
        key = (run.organization.id, scope_text(run), self._at)
        self._accounts: dict[str, int] = dict(
            store.execute(
                "SELECT a.account_id, a.id FROM account a JOIN series s ON s.id = a.series "
                "WHERE s.organization = ? AND s.scope = ?",
                key[:2],
            )
        )
        self._began = dict(
            store.execute(
                "SELECT r.at, r.started_at FROM run r JOIN series s ON s.id = r.series "
                "WHERE s.organization = ? AND s.scope = ? AND r.at < ?",
                key,
            )
        )
        self._numbers = {
            table: dict(store.execute(f"SELECT name, id FROM {table}"))  # noqa: S608 - two own names
            for table in ("control", "region")
        }
        gone = store.execute("SELECT id FROM state WHERE status = ?", (GONE,)).fetchone()
        self._gone = gone[0] if gone else 0
        self._is_damaged = False
        self._account = ""
        self._findings: dict[tuple[int, int, str], _Known] = {}
        self._said = lru_cache(_ALIKE)(self._past)

    def __bool__(self) -> bool:
        """Whether there is any run before this one."""
        return bool(self._began)

    def past(self, finding: Finding) -> Past | None:
        """What earlier runs say of a finding; quick where findings come account by account.

        None where the store turns out to be damaged, which costs the run nothing else.
        """
        if self._is_damaged:
            return None
        try:
            known = self._known(finding)
        except sqlite3.Error as error:
            self._is_damaged = True
            _log.warning(f"The history is damaged, and tells nothing more of this run: {error}")
            return None
        return self._said(known, finding.status is Status.FAILED)

    def _known(self, finding: Finding) -> _Known | None:
        if finding.account.id != self._account:
            self._account = finding.account.id
            self._findings = dict(self._read())
        control = self._numbers["control"].get(finding.control_id)
        region = self._numbers["region"].get(finding.region)
        if control is None or region is None or self._account not in self._accounts:
            return None
        key = (control, region, finding.resource.arn)
        return self._findings.get(key) or self._once_there(*key)

    def _values(self, **more: int | str) -> dict[str, int | str]:
        return {
            "at": self._at, "gone": self._gone, "account": self._accounts[self._account], **more
        }  # fmt: skip

    def _read(self) -> Iterator[tuple[tuple[int, int, str], _Known]]:
        if self._account in self._accounts:
            for control, region, arn, *known in self._store.execute(
                _FINDINGS + _THERE, self._values()
            ):
                yield (control, region, arn), _Known(*known)

    def _once_there(self, control: int, region: int, arn: str) -> _Known | None:
        """A finding that an earlier run had, and the newest of them did not."""
        found = self._store.execute(
            _FINDINGS + _GONE, self._values(control=control, region=region, arn=arn)
        ).fetchone()
        return _Known(*found[3:]) if found[0] is not None else None

    def _past(self, known: _Known | None, fails: bool) -> Past:
        if known is None:
            since = self._started_at if fails else None
            return Past(first_seen=self._started_at, failing_since=since, times=int(fails))
        since, times = None, known.failures
        if fails and known.open_since is not None:
            since = self._began[known.open_since]
        elif fails:
            since, times = self._started_at, times + 1
        return Past(first_seen=self._began[known.first], failing_since=since, times=times)


@contextmanager
def before(path: Path, run: Run) -> Iterator[Before]:
    """The runs before one, while this lasts.

    Raises:
        HistoryError: the store cannot be read.
    """
    with reading(path) as store:
        yield Before(store, run)


def trend_with(path: Path, record: RunRecord) -> tuple[TrendPoint, ...]:
    """The newest runs that a run can be compared with, and the run as it would be among them.

    It is taken in for that, and the store is left as it was.

    Raises:
        HistoryError: the store cannot be used.
    """
    with trying(path) as store:
        ingest(store, record)
        points = trend(store, scope_of(store, Question(run_id=record.run.id)))
    return tuple(
        TrendPoint(
            run_id=point.run_id,
            started_at=point.started_at,
            failed=point.counts.failed,
            covered=point.covered,
            in_scope=point.targets,
            unknown=point.counts.unknown,
            new=point.counts.new,
            returned=point.counts.returned,
            resolved=point.counts.resolved,
        )
        for point in points
        if point.run_id <= record.run.id
    )[-MOST_POINTS:]
