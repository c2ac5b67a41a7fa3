"""The journal: records appended as targets complete, read back in order.

Held in memory is one place in the file for each record; the records themselves stay on disk, so
that a report of any size is written without holding its findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from orgscan.errors import ReportError
from orgscan.journal.records import Record, sort_key
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding


class Journal:
    """An append-only file of records, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        """Create the file, readable by its owner alone.

        Raises:
            ReportError: the file cannot be created.
        """
        self._path = path
        self._places: list[tuple[tuple[str, str], int]] = []
        self._end = 0
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Record)
        try:
            path.touch(mode=0o600, exist_ok=False)
            self._file = path.open("r+b")
        except OSError as error:
            raise _cannot_write(path, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Whatever was read back had been flushed, and said so if the disk was full.
        with suppress(OSError):
            self._file.close()

    def append(self, record: Record) -> None:
        """Write one record.

        Raises:
            ReportError: the disk does not take it.
        """
        line = self._encoder.encode(record) + b"\n"
        try:
            self._file.write(line)
        except OSError as error:
            raise _cannot_write(self._path, error) from None
        self._places.append((sort_key(record.entry), self._end))
        self._end += len(line)

    def records(self) -> Iterator[Record]:
        """Every record by account and region."""
        try:
            self._file.flush()
        except OSError as error:
            raise _cannot_write(self._path, error) from None
        with self._path.open("rb") as lines:
            for _, place in sorted(self._places):
                lines.seek(place)
                yield self._decoder.decode(lines.readline())

    def findings(self) -> Iterator[Finding]:
        """Every finding by account, region, ARN and control."""
        for record in self.records():
            yield from sorted(
                record.findings, key=lambda finding: (finding.resource.arn, finding.control_id)
            )

    def coverage(self) -> Iterator[CoverageEntry]:
        """Every line of the ledger by account and region."""
        for record in self.records():
            yield record.entry


def _cannot_write(path: Path, error: OSError) -> ReportError:
    return ReportError(
        f"the run cannot be written: {error.strerror or error}",
        where=str(path),
        mend="Free some space or name another directory with --output",
    )
