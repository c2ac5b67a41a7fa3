"""A finished run, opened wherever its report lies."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orgscan.errors import ReportError
from orgscan.evidence.stored_report import report_in
from orgscan.model.run import RunRecord
from orgscan.report.streamed import open_report
from orgscan.scan.run_files import is_bundle, report_of


@contextmanager
def stored_run(place: Path, *, is_ours: bool = False) -> Iterator[RunRecord]:
    """The run, while this lasts; its findings are not held.

    Args:
        place: a run directory, a report.json, or an evidence bundle, zipped or unpacked.
        is_ours: as in `open_report`.

    Raises:
        ReportError: there is no report, or none that can be read.
        EvidenceError: the bundle cannot be read, or is not whole.
    """
    report = report_of(place)
    if not is_bundle(report):
        yield open_report(report, is_ours=is_ours)
        return
    with tempfile.TemporaryDirectory() as directory, report_in(report) as opened:
        # It is read several times, and from places in the middle, which only a file can be.
        copy = Path(directory) / "report.json"
        try:
            with opened() as source, copy.open("wb") as out:
                shutil.copyfileobj(source, out)
        except OSError as error:
            raise ReportError(
                f"the report in the bundle cannot be copied: {error.strerror or error}",
                where=str(copy),
                mend="Free some space, or name another place with TMPDIR",
            ) from None
        yield open_report(copy)
