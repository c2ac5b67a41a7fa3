"""Reads a `report.json` back into a run, to render it again without calling AWS."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from orgscan.errors import ReportError
from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.run import Metrics, Run, Totals
from orgscan.report.json_v1 import FORMAT, VERSION, JsonReport, ReportV1

T = TypeVar("T")


class StoredRun(msgspec.Struct, frozen=True):
    """A `RunRecord` over a report that is held whole."""

    report: ReportV1

    @property
    def run(self) -> Run:
        """Who, when, over what."""
        return self.report.run

    @property
    def totals(self) -> Totals:
        """The sums."""
        return self.report.totals

    @property
    def metrics(self) -> Metrics | None:
        """What it cost."""
        return self.report.metrics

    @property
    def controls(self) -> tuple[ControlEntry, ...]:
        """The catalogue entries of the controls that ran."""
        return self.report.controls

    def findings(self) -> Iterator[Finding]:
        """Every finding, in the report's order."""
        return iter(self.report.findings)

    def coverage(self) -> Iterator[CoverageEntry]:
        """Every line of the ledger, in the report's order."""
        return iter(self.report.coverage)


class _Header(msgspec.Struct):
    """What says whether the rest can be understood; a report of another version has no more."""

    format: object = None
    version: object = None


def report_file(path: Path) -> Path:
    """The report itself, given that or the run directory that holds it."""
    return path / JsonReport.filename if path.is_dir() else path


def read_report(path: Path) -> StoredRun:
    """Read `report.json`, given itself or the run directory that holds it.

    Raises:
        ReportError: the file cannot be read, is no report, or is of a version not known here.
    """
    file = report_file(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise unreadable(error, str(file)) from error
    return StoredRun(decoded(data, str(file), ReportV1))


def decoded(data: bytes, where: str, kind: type[T]) -> T:
    """A whole report as one type, all of it or a part.

    Raises:
        ReportError: it is no report, or is of a version not known here.
    """
    try:
        _check_header(msgspec.json.decode(data, type=_Header), where)
        require_times(msgspec.json.decode(data, type=_OfRun).run)
        return msgspec.json.decode(data, type=kind)
    except (ValueError, RecursionError) as error:
        raise ReportError(
            f"this is not a whole report: {error}",
            where=where,
            mend="Render it from the run directory again, or scan again",
        ) from error


def unreadable(error: OSError, where: str) -> ReportError:
    """What is said where the disk does not give a report."""
    return ReportError(
        f"the report cannot be read: {error.strerror or error}",
        where=where,
        mend="Name a run directory, or the report.json in it",
    )


class _OfRun(msgspec.Struct):
    """What every part of a report is read with."""

    run: Run


def require_times(run: Run) -> None:
    """Formats write the run's times in other ways, which takes times.

    Raises:
        ValueError: one of them is none.
    """
    for time in (run.started_at, run.finished_at):
        if not 2000 <= dt.datetime.fromisoformat(time).year < 9999:
            raise ValueError(f"{time} is no time of a run")


def _check_header(header: _Header, where: str) -> None:
    if header.format != FORMAT:
        raise ReportError(
            f'this is not an orgscan report: it has no "format" of "{FORMAT}"',
            where=where,
            mend="Name a run directory, or the report.json in it",
        )
    if header.version != VERSION or isinstance(header.version, bool):
        version = msgspec.json.encode(header.version).decode()[:40]
        raise ReportError(
            f"this report is of version {version}, and this program reads version {VERSION}",
            where=where,
            mend="Read it with the orgscan that wrote it, or a newer one",
        )
