"""Writing to a run's own files, whatever the disk takes at once."""

from __future__ import annotations

import os
from pathlib import Path

from orgscan.errors import ReportError


def write_all(file: int, raw: bytes) -> None:
    """Write to a file descriptor; the system may take a part, above all on a nearly full disk.

    Raises:
        OSError: the disk does not take it.
    """
    left = memoryview(raw)
    while left:
        left = left[os.write(file, left) :]


def cannot_write(path: Path, error: OSError) -> ReportError:
    """A run's file that the disk does not take."""
    return ReportError(
        f"the run cannot be written: {error.strerror or error}",
        where=str(path),
        mend="Free some space or name another directory with --output",
    )
