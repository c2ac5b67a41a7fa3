"""The lines of a `report.json` as orgscan writes it: one finding and one ledger entry on each.

Every function raises ValueError where the file is laid out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, TypeVar

import msgspec

from orgscan.report.json_v1 import FORMAT, VERSION

HEAD = b'{"format":"%s","version":%d,\n' % (FORMAT.encode(), VERSION)
"""The first line."""

T = TypeVar("T")


def member(line: bytes, name: bytes, kind: type[T]) -> T:
    """The value of a line that holds one member."""
    if not line.startswith(name):
        raise ValueError
    return msgspec.json.decode(line.removeprefix(name).removesuffix(b",\n"), type=kind)


def listed(lines: BinaryIO, name: bytes, kind: type[T]) -> Iterator[T]:
    """Items of a list, from the bracket that opens it, which its name stands before."""
    if lines.read(len(name)) != name:
        raise ValueError
    yield from items(lines, kind)


def items(lines: BinaryIO, kind: type[T]) -> Iterator[T]:
    """Items from behind the bracket that opens their list up to the one that ends it."""
    decoder = msgspec.json.Decoder(kind)
    for line in lines:
        if line.startswith(b"]"):
            return
        if line == b"\n":
            continue
        yield decoder.decode(line.removesuffix(b"\n").removesuffix(b","))
    raise ValueError
