"""Where a finished run has its report: in its directory, in a file, or in its evidence bundle."""

from __future__ import annotations

from pathlib import Path

from orgscan.errors import ReportError
from orgscan.evidence.layout import FILENAME as BUNDLE
from orgscan.evidence.layout import REPORT
from orgscan.report.json_v1 import JsonReport

_ZIP = b"PK"


def report_of(place: Path) -> Path:
    """The report of a run directory; what was asked to write none may have it in its bundle.

    Raises:
        ReportError: the directory has neither.
    """
    if not place.is_dir() or (place / REPORT).is_file():
        return place
    for name in (JsonReport.filename, BUNDLE):
        if (place / name).is_file():
            return place / name
    raise ReportError(
        f"the directory has no {JsonReport.filename}, and no {BUNDLE} that holds one",
        where=str(place),
        mend="Name a run directory; a run that is not finished, or a shard of one, has none yet",
    )


def is_bundle(place: Path) -> bool:
    """Whether it is an evidence bundle, zipped or unpacked, of those that `report_of` gives."""
    if place.is_dir():
        return True
    try:
        with place.open("rb") as file:
            return file.read(len(_ZIP)) == _ZIP
    except OSError:
        # Whoever reads it says why it cannot be read.
        return False


def runs_in(output: Path) -> list[Path]:
    """The directories of finished runs, the oldest first."""
    return sorted(
        place
        for place in output.glob("[!.]*")
        if place.is_dir()
        and not place.is_symlink()
        and ((place / JsonReport.filename).is_file() or (place / BUNDLE).is_file())
    )
