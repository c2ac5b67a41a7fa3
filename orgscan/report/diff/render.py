"""Writes a diff to a file or to whatever else takes bytes."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from orgscan.errors import ReportError
from orgscan.model.diff import Diff
from orgscan.private_file import new_file
from orgscan.report.diff.interface import DiffFormat


def render(diff: Diff, form: DiffFormat, out: BinaryIO, file: Path | None = None) -> None:
    """Write a diff.

    Args:
        diff: what changed.
        form: how it is written.
        out: takes it where no file is named.
        file: written beside its place and put there when it is whole.

    Raises:
        ReportError: the disk does not take it; what was in its place stays.
    """
    try:
        if file is None:
            form.write(diff, out)
            out.flush()
        elif file.exists() and not file.is_file():
            # A device or a pipe is written to, and never replaced.
            with file.open("wb") as given:
                form.write(diff, given)
        else:
            _put(diff, form, file)
    except BrokenPipeError:
        # Whoever reads has enough, as `head` has.
        raise
    except OSError as error:
        raise ReportError(
            f"the diff cannot be written: {error.strerror or error}",
            where=str(file) if file else "standard output",
            mend="Free some space, make the directory writable, or name another file",
        ) from None


def _put(diff: Diff, form: DiffFormat, file: Path) -> None:
    waiting = file.with_name(f".{file.name}.partial")
    try:
        with new_file(waiting, 0o666) as partial:
            form.write(diff, partial)
        waiting.replace(file)
    finally:
        # What is in its place is no longer here; this is what Ctrl-C or a full disk leaves.
        waiting.unlink(missing_ok=True)
