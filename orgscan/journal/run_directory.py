"""`OUTPUT/<run-id>/`: written beside under another name, and renamed when it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orgscan.errors import ReportError


class RunDirectory:
    """A run's directory while it is being written.

    `path` is where to write now. The final name appears only by `finish`; a run that ends before
    leaves nothing under it.
    """

    def __init__(self, output: Path, run_id: str) -> None:
        """Make the directory that is written to.

        Raises:
            ReportError: it cannot be made, which is known before AWS is asked anything.
        """
        self.final = output / run_id
        self.path = output / f".{run_id}.partial"
        try:
            self.path.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise ReportError(
                f"the output directory cannot be written: {error.strerror or error}",
                where=str(output),
                mend="Make it writable, or name another one with --output",
            ) from None

    @property
    def journal(self) -> Path:
        """Where the run's journal lies."""
        return self.path / "journal.ndjson"

    def finish(self) -> None:
        """Give the directory its final name, and point `latest` to it.

        Raises:
            ReportError: the disk does not take it.
        """
        try:
            self.journal.unlink(missing_ok=True)
            self.path.rename(self.final)
        except OSError as error:
            raise ReportError(
                f"the run cannot be moved to its place: {error.strerror or error}",
                where=str(self.final),
                mend=f"What was written is in {self.path}",
            ) from None
        # A file system without links still has the run itself, under a name that sorts by time.
        with suppress(OSError):
            self._point_latest_here()

    def _point_latest_here(self) -> None:
        link = self.final.parent / ".latest.new"
        link.unlink(missing_ok=True)
        link.symlink_to(self.final.name)
        link.replace(self.final.parent / "latest")

    def discard(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def run_directory(output: Path, run_id: str) -> Iterator[RunDirectory]:
    """A run directory that is gone unless `finish` was called."""
    directory = RunDirectory(output, run_id)
    try:
        yield directory
    finally:
        directory.discard()
