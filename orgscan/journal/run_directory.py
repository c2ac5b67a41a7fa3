"""`OUTPUT/<run-id>/`: written beside under another name, and renamed when it is whole.

A run that breaks off after it has seen something leaves its journal under the other name, and can
be resumed from there; one that breaks off before leaves nothing.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from orgscan.errors import ReportError, ScopeError

_PARTIAL = ".partial"
NEWEST = "newest"
"""Instead of a run id: the run that broke off last."""


class RunDirectory:
    """A run's directory while it is being written.

    `path` is where to write now. The final name appears only by `finish`.
    """

    def __init__(self, output: Path, run_id: str) -> None:
        """Name the directory; `create` makes it."""
        self.final = output / run_id
        self.path = output / f".{run_id}{_PARTIAL}"

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.final.name

    @property
    def journal(self) -> Path:
        """Where the run's journal lies."""
        return self.path / "journal.ndjson"

    @property
    def spool(self) -> Path:
        """Where the evidence lies that the journal names."""
        return self.path / "journal-evidence.ndjson"

    def create(self) -> None:
        """Make the directory that is written to.

        Raises:
            ReportError: it cannot be made, which is known before AWS is asked anything.
        """
        try:
            self.path.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise ReportError(
                f"the output directory cannot be written: {error.strerror or error}",
                where=str(self.final.parent),
                mend="Make it writable, or name another one with --output",
            ) from None

    def finish(self, *, newest: bool = True) -> None:
        """Give the directory its final name, and point `latest` to it.

        Args:
            newest: whether it is a run to be pointed to; a shard is none.

        Raises:
            ReportError: the disk does not take it.
        """
        try:
            self.journal.unlink(missing_ok=True)
            self.spool.unlink(missing_ok=True)
            self.path.rename(self.final)
        except OSError as error:
            raise ReportError(
                f"the run cannot be moved to its place: {error.strerror or error}",
                where=str(self.final),
                mend=f"What was written is in {self.path}",
            ) from None
        if not newest:
            return
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


def broken_off(output: Path, run_id: str) -> RunDirectory:
    """The run to resume.

    Args:
        output: where runs are.
        run_id: as it was shown, or `newest`.

    Raises:
        ScopeError: there is none, with those that there are.
    """
    there = sorted(
        path.name.removeprefix(".").removesuffix(_PARTIAL)
        for path in output.glob(f".*{_PARTIAL}")
        if (path / "journal.ndjson").exists()
    )
    if run_id == NEWEST and there:
        return RunDirectory(output, there[-1])
    if run_id in there:
        return RunDirectory(output, run_id)
    known = f"There are: {', '.join(there)}" if there else "None broke off there: scan anew"
    named = "" if run_id == NEWEST else f" {run_id!r}"
    raise ScopeError(f"there is no run{named} to resume in {output}", where="--resume", mend=known)
