"""Evidence on disk while a run is under way: blocks of lines, each named by a line of the journal.

A block is written whole before the journal's line that names it, so that no line is ever without
its evidence; what a killed process wrote and did not name is never read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from orgscan.errors import ReportError
from orgscan.journal.files import cannot_write, write_all
from orgscan.journal.places import Places
from orgscan.model.evidence import Exchange
from orgscan.private_file import open_private

_ORGANIZATION = 10**12  # beyond every account id


class Block(NamedTuple):
    """Where some exchanges lie in the spool, in bytes."""

    offset: int
    length: int


class Spool:
    """An append-only file of exchanges, one JSON object a line, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            ReportError: the disk does not take it.
        """
        self.path = path
        self._encoder = msgspec.json.Encoder()
        self._places = Places()
        try:
            self._file = open_private(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        except OSError as error:
            raise cannot_write(path, error) from None
        self._end = os.fstat(self._file).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def append(self, exchanges: Iterable[Exchange]) -> Block:
        """Write exchanges and give their place; none make a block of no length.

        Raises:
            ReportError: the disk does not take them.
        """
        return self.append_raw(self._encoder.encode_lines(exchanges))

    def append_raw(self, raw: bytes) -> Block:
        """As `append`, for what is written as lines already.

        Raises:
            ReportError: the disk does not take it.
        """
        block = Block(self._end, len(raw))
        try:
            write_all(self._file, raw)
        except OSError as error:
            raise cannot_write(self.path, error) from None
        self._end += len(raw)
        return block

    def sync(self) -> None:
        """Have the disk hold what was written."""
        os.fsync(self._file)

    def holds(self, block: Block | None) -> bool:
        """Whether a block is there, or none is named; a lost machine may have lost it."""
        return block is None or block.offset + block.length <= self._end

    def note(self, account_id: str, region: str | None, block: Block | None) -> None:
        """Remember a block that the journal names, and what it is about."""
        if block is None or not block.length:
            return
        number = int(account_id) if account_id else _ORGANIZATION
        self._places.add(f"{number:012d}", region, *block)

    def by_account(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The noted blocks' lines by account and region; what is of no account ("") comes last.

        Raises:
            ReportError: a block is not there any more.
        """
        placed = zip(self._places.accounts(), self._places.ordered(), strict=True)
        for number, group in groupby(placed, key=itemgetter(0)):
            lines = (self.read(Block(*place)) for _, place in group)
            yield ("" if number == _ORGANIZATION else f"{number:012d}"), lines

    def read(self, block: Block) -> bytes:
        """The lines of a block.

        Raises:
            ReportError: they are not there any more.
        """
        raw = os.pread(self._file, block.length, block.offset)
        if len(raw) != block.length:
            raise ReportError(
                "the run's evidence was cut short while it was written",
                where=str(self.path),
                mend="Scan anew",
            )
        return raw
