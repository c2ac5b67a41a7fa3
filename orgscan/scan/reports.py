"""The reports of a finished run, written into its directory."""

from __future__ import annotations

from collections.abc import Sequence

from orgscan.errors import ReportError
from orgscan.journal.run_directory import RunDirectory
from orgscan.model.run import RunRecord
from orgscan.report.registry import formats_named


def write_reports(
    formats: Sequence[str], record: RunRecord, directory: RunDirectory
) -> tuple[str, ...]:
    """Write each format and return the files' names.

    Args:
        formats: by name.
        record: the run.
        directory: still under its other name.

    Raises:
        ReportError: the disk does not take one.
    """
    reports = formats_named(formats)
    for report in reports:
        path = directory.path / report.filename
        try:
            with path.open("wb") as out:
                report.write(record, out)
        except OSError as error:
            raise ReportError(
                f"the {report.name} report cannot be written: {error.strerror or error}",
                where=str(path),
                mend="Free some space; what was swept is kept, and `orgscan scan --resume` goes on",
            ) from None
    return tuple(report.filename for report in reports)
