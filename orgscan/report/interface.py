"""What every report format is: a name, a file name, and one function of a finished run."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from orgscan.model.run import RunRecord


class Format(Protocol):
    """One report format.

    `write` reads the run through its iterators, so that memory does not grow with the findings.
    """

    @property
    def name(self) -> str:
        """As `--format` takes it, for example `json`."""
        ...

    @property
    def filename(self) -> str:
        """The file it becomes in the run directory, for example `report.json`."""
        ...

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write the whole report to `out`, UTF-8.

        Raises:
            OSError: the disk's own errors, which the caller turns into a clear message.
        """
        ...
