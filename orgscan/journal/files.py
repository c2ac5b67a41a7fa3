"""What every journal needs of its file: one process at a time, and whole lines."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orgscan.errors import ReportError

if sys.platform != "win32":
    import fcntl


def take_lock(file: int) -> bool:
    """Lock a file until it is closed or the process ends; False where another process has it.

    Raises:
        OSError: the file system has no locks.
    """
    if sys.platform == "win32":
        return True  # no advisory locks there
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def hold_alone(file: int, path: Path) -> None:
    """Keep every other process from the file; it is closed where that fails.

    Raises:
        ReportError: another process holds it.
    """
    try:
        is_free = take_lock(file)
    except OSError:
        is_free = False
    if not is_free:
        os.close(file)
        raise ReportError(
            "another orgscan is writing this run",
            where=str(path.parent),
            mend="Wait for it to end",
        )


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
