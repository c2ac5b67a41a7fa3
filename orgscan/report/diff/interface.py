"""What every format of a diff is: a name, and one function of a diff."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from orgscan.model.diff import Diff


class DiffFormat(Protocol):
    """One format."""

    @property
    def name(self) -> str:
        """As `--format` takes it, for example `json`."""
        ...

    def write(self, diff: Diff, out: BinaryIO) -> None:
        """Write the whole diff to `out`, UTF-8.

        Raises:
            OSError: the disk's own errors, which the caller turns into a clear message.
        """
        ...
