"""The journal: lines appended as targets complete, crash-safe, and read back in order.

Each line is one write, so that a killed process loses at most the line it was writing; `fsync`
follows in batches, so that a lost machine loses at most a second. Held in memory is one place in
the file for each record; a report of any size is written without holding its findings.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from orgscan.errors import ReportError
from orgscan.journal.files import cannot_write, hold_alone, write_all
from orgscan.journal.places import Places
from orgscan.journal.records import (
    VERSION,
    Begun,
    Line,
    Record,
    RecordEntry,
    block_of,
    place_of,
)
from orgscan.journal.spool import Spool
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.private_file import open_private

R = TypeVar("R", Record, RecordEntry)

_SYNC_SECONDS = 1.0
# What a line raises that is no JSON, or is nested without end.
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_LINES: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def first_line(path: Path) -> Begun:
    """How the run of a journal began.

    Raises:
        ReportError: the file cannot be read, or its first line says nothing of the kind.
    """
    try:
        with path.open("rb") as lines:
            line = _LINES.decode(lines.readline())
    except OSError as error:
        raise ReportError(f"the run's journal cannot be read: {error}", where=str(path)) from None
    except _UNREADABLE as error:
        raise _damaged(f"{path}:1", error) from None
    if not isinstance(line, Begun):
        raise _damaged(f"{path}:1", "its first line does not say how the run began")
    if line.version != VERSION:
        raise ReportError(
            f"the run's journal is of version {line.version}, not {VERSION}",
            where=str(path),
            mend="Resume it with the orgscan that began it, or scan anew",
        )
    return line


class Journal:
    """An append-only file of lines, held by one process at a time.

    Attributes:
        torn: whether the end was cut off by `replay`.
        spool: where the evidence of its lines lies; None where none is kept.
    """

    def __init__(self, path: Path, flags: int) -> None:
        """Open the file; `create` and `reopen` are the ways to it.

        Args:
            path: the file.
            flags: of `os.open`.

        Raises:
            ReportError: it cannot be opened, or another process holds it.
        """
        self.path = path
        self.torn = False
        self.spool: Spool | None = None
        self._places = Places()
        # Few targets have any; whoever reads findings need not read the rest.
        self._with_findings = Places()
        self._end = 0
        self._encoder = msgspec.json.Encoder()
        self._synced_at = time.monotonic()
        try:
            self._file = open_private(path, flags)
        except OSError as error:
            raise cannot_write(path, error) from None
        hold_alone(self._file, path)

    @classmethod
    def create(cls, path: Path, begun: Begun) -> Self:
        """A new journal, readable by its owner alone, with its first line.

        Raises:
            ReportError: the disk does not take it.
        """
        journal = cls(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        journal.append(begun)
        return journal

    @classmethod
    def reopen(cls, path: Path) -> Self:
        """The journal of a run that broke off; `replay` has to come before anything else.

        Raises:
            ReportError: it cannot be opened, or another process holds it.
        """
        return cls(path, os.O_RDWR)

    def replay(self) -> Iterator[Line]:
        """The lines so far, the first one first; a torn last line is cut off, and `torn` says so.

        Raises:
            ReportError: a line before the last is damaged.
        """
        with self.path.open("rb") as lines:
            for number, raw in enumerate(lines, start=1):
                if not raw.endswith(b"\n"):
                    self.torn = True
                    break
                line = self._replayed(raw, number)
                if self.spool is not None and not self.spool.holds(block_of(line)):
                    self.torn = True
                    break
                self._note(line, len(raw))
                yield line
        os.truncate(self._file, self._end)
        os.lseek(self._file, self._end, os.SEEK_SET)

    def _replayed(self, raw: bytes, number: int) -> Line:
        try:
            line: Line = _LINES.decode(raw)
        except _UNREADABLE as error:
            raise _damaged(f"{self.path}:{number}", error) from None
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def __len__(self) -> int:
        """How many records there are."""
        return len(self._places)

    def append(self, line: Line) -> None:
        """Write one line.

        Raises:
            ReportError: the disk does not take it.
        """
        raw = self._encoder.encode(line) + b"\n"
        try:
            write_all(self._file, raw)
            now = time.monotonic()
            if now - self._synced_at >= _SYNC_SECONDS:
                if self.spool is not None:
                    # First, so that a lost machine keeps no line without its evidence.
                    self.spool.sync()
                os.fsync(self._file)
                self._synced_at = now
        except OSError as error:
            raise cannot_write(self.path, error) from None
        self._note(line, len(raw))

    def _note(self, line: Line, length: int) -> None:
        """Remember what was added at the end: a record, and where the evidence of a line lies."""
        account_id, region = place_of(line)
        if self.spool is not None:
            self.spool.note(account_id, region, block_of(line))
        if isinstance(line, Record):
            self._places.add(account_id, region, self._end, length)
            if line.findings:
                self._with_findings.add(account_id, region, self._end, length)
        self._end += length

    def known(self) -> set[tuple[str, str | None]]:
        """Every account and region that has a record."""
        return self._places.known()

    def records(self) -> Iterator[Record]:
        """Every record by account and region."""
        return self._read(self._places, Record)

    def _read(self, places: Places, shape: type[R]) -> Iterator[R]:
        decoder = msgspec.json.Decoder(shape)
        for offset, length in places.ordered():
            yield decoder.decode(os.pread(self._file, length, offset))

    def findings(self) -> Iterator[Finding]:
        """Every finding by account, region, ARN and control."""
        for record in self._read(self._with_findings, Record):
            yield from sorted(
                record.findings, key=lambda finding: (finding.resource.arn, finding.control_id)
            )

    def coverage(self) -> Iterator[CoverageEntry]:
        """Every line of the ledger by account and region."""
        for record in self._read(self._places, RecordEntry):
            yield record.entry


def _damaged(where: str, why: object) -> ReportError:
    return ReportError(f"the run's journal is damaged: {why}", where=where, mend="Scan anew")
