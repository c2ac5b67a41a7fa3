"""Renders a stored run again, without calling AWS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from orgscan.errors import ReportError
from orgscan.model.run import RunRecord
from orgscan.private_file import new_file
from orgscan.report.interface import Format
from orgscan.report.read import report_file
from orgscan.report.registry import formats_named
from orgscan.report.streamed import open_report


def render(source: Path, formats: Sequence[str], output: Path | None = None) -> tuple[Path, ...]:
    """Write a run's reports in these formats, and return the files.

    Every file is written beside its place and put there when all are whole, so that none is ever
    half there, and `report.json` itself may be among them.

    Args:
        source: a run directory, or a report.json.
        formats: by name.
        output: the directory to write to, made if it is not there; None: where the report lies.

    Raises:
        ConfigError: there is no such format.
        ReportError: the report cannot be read, or the disk does not take what is written.
    """
    reports = formats_named(formats)
    record = open_report(source)
    directory = output if output is not None else report_file(source).resolve().parent
    with _made(directory):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _write(reports, record, directory)


def _write(reports: Sequence[Format], record: RunRecord, directory: Path) -> tuple[Path, ...]:
    waiting = {report: directory / f".{report.filename}.partial" for report in reports}
    try:
        for report, path in waiting.items():
            # The directory may be anybody's; whoever reads the report may be anybody, too.
            with new_file(path, 0o666) as out:
                report.write(record, out)
        return tuple(path.replace(directory / report.filename) for report, path in waiting.items())
    finally:
        # What is in its place is no longer here; this is what Ctrl-C or a full disk leaves.
        for path in waiting.values():
            path.unlink(missing_ok=True)


@contextmanager
def _made(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReportError(
            f"the reports cannot be written: {error.strerror or error}",
            where=str(directory),
            mend="Free some space, make it writable, or name another one with --output",
        ) from None
