"""A part of a journal that was made elsewhere, with its evidence: what a worker gives back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from orgscan.journal.records import Central, Line, Opened, Record, Spent, block_of
from orgscan.journal.spool import Block
from orgscan.model.evidence import Exchange

L = TypeVar("L", Central, Opened, Record)

_LINES: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What one process has used so far; its last one holds.

    Attributes:
        spent: what it asked of AWS.
        latencies: attempts by API and bucket (`orgscan.aws.tally.Latencies.counts`).
        cpu_seconds: of the process, user and system.
        peak_rss_mib: the most memory that it held.
        central_refusal: why accounts' regions were not told centrally; empty where they were.
    """

    spent: Spent
    latencies: dict[str, dict[int, int]] = {}
    cpu_seconds: float = 0.0
    peak_rss_mib: float = 0.0
    central_refusal: str = ""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """The journal's lines of some accounts, whole: every target of them has its record.

    Attributes:
        lines: one JSON object a line; blocks are places in `evidence`.
        evidence: one exchange a line; empty where none is kept.
    """

    lines: bytes
    evidence: bytes
    usage: Usage

    def parts(self) -> Iterator[tuple[Line, bytes]]:
        """Each line with its evidence."""
        for raw in self.lines.splitlines():
            line = _LINES.decode(raw)
            block = block_of(line)
            yield line, b"" if block is None else self.evidence[block.offset : sum(block)]


class SegmentWriter:
    """A segment while it grows, in memory: it is as small as the batch that it is of."""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()
        self._lines = bytearray()
        self._evidence = bytearray()

    def append(self, line: L, exchanges: Iterable[Exchange] = ()) -> None:
        """Add a line, and what it rests on."""
        if raw := self._encoder.encode_lines(exchanges):
            line = replace(line, evidence=Block(len(self._evidence), len(raw)))
            self._evidence += raw
        self._lines += self._encoder.encode(line) + b"\n"

    def segment(self, usage: Usage) -> Segment:
        """What was added so far."""
        return Segment(lines=bytes(self._lines), evidence=bytes(self._evidence), usage=usage)
