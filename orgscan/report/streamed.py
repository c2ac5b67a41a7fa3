"""Reads a `report.json` as it was written, a line at a time, at a cost that does not grow with it.

`report.json` has one finding and one ledger entry on each line. A file that was laid out anew, by
`jq` for example, has not: it is read whole instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.run import Metrics, Run, RunRecord, Totals
from orgscan.report.lines import HEAD, items, listed, member
from orgscan.report.read import read_report, report_file, require_times

T = TypeVar("T")


class StreamedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A `RunRecord` over a file, which must stay as it is meanwhile.

    Attributes:
        findings_at: the byte behind the bracket that opens the findings.
        coverage_at: the byte behind the one that opens the ledger.
    """

    file: Path
    run: Run
    totals: Totals
    controls: tuple[ControlEntry, ...]
    metrics: Metrics | None
    findings_at: int
    coverage_at: int

    def findings(self) -> Iterator[Finding]:
        """Every finding, in the report's order."""
        return self._from(self.findings_at, Finding)

    def coverage(self) -> Iterator[CoverageEntry]:
        """Every line of the ledger, in the report's order."""
        return self._from(self.coverage_at, CoverageEntry)

    def _from(self, place: int, kind: type[T]) -> Iterator[T]:
        with self.file.open("rb") as lines:
            lines.seek(place)
            yield from items(lines, kind)


class _Tail(msgspec.Struct):
    """The last line."""

    metrics: Metrics | None


def open_report(path: Path, *, is_ours: bool = False) -> RunRecord:
    """Open `report.json`, given itself or the run directory that holds it, and check all of it.

    Args:
        path: the file, or the directory.
        is_ours: whether this process wrote it just now, so that its items need no look.

    Raises:
        ReportError: the file cannot be read, is no report, or is of a version not known here.
    """
    file = report_file(path)
    try:
        with file.open("rb") as lines:
            return _streamed(file, lines, is_ours=is_ours)
    except (OSError, ValueError, RecursionError):
        # Laid out otherwise, or no report: the other reader takes the one and explains the other.
        return read_report(file)


def _streamed(file: Path, lines: BinaryIO, *, is_ours: bool) -> StreamedRun:
    """Read the file once through.

    Raises:
        ValueError: it is not laid out as orgscan writes it.
    """
    if lines.readline() != HEAD:
        raise ValueError
    run = member(lines.readline(), b'"run":', Run)
    require_times(run)
    totals = member(lines.readline(), b'"totals":', Totals)
    controls = tuple(listed(lines, b'"controls":[', ControlEntry))
    findings_at = _passed(lines, b'"findings":[', msgspec.Raw if is_ours else Finding)
    coverage_at = _passed(lines, b'"coverage":[', msgspec.Raw if is_ours else CoverageEntry)
    tail = msgspec.json.decode(b"{" + lines.readline(), type=_Tail)
    if lines.read(1):
        raise ValueError
    return StreamedRun(
        file=file,
        run=run,
        totals=totals,
        controls=controls,
        metrics=tail.metrics,
        findings_at=findings_at,
        coverage_at=coverage_at,
    )


def _passed(lines: BinaryIO, name: bytes, kind: type[object]) -> int:
    """Check a list, and return the byte behind the bracket that opens it."""
    place = lines.tell() + len(name)
    for _ in listed(lines, name, kind):
        pass
    return place
