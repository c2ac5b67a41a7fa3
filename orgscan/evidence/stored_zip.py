"""ZIP archives of stored entries, every byte of which follows from the entries and their contents.

So the same files give the same archive, and a reader can tell whether anything else is in one.
No dates, no attributes, no comments. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import msgspec

_DATE = (1980 - 1980) << 9 | 1 << 5 | 1  # the first day that a ZIP can name
_UTF8 = 0x800
_MAX32 = 0xFFFFFFFF
_MAX16 = 0xFFFF
LARGEST = _MAX32 - 1
"""Bytes of the largest entry that there is room for."""


class Entry(msgspec.Struct, frozen=True):
    """One file of an archive: its name, where its header begins, its CRC-32 and its size."""

    name: str
    offset: int
    crc: int
    size: int

    @property
    def content(self) -> int:
        """Where its content begins."""
        return self.offset + len(local_header(self))


class StoredZip:
    """Writes an archive, one entry after the other."""

    def __init__(self, out: BinaryIO) -> None:
        """Take a file that can be sought in."""
        self._out = out
        self._entries: list[Entry] = []

    def add(self, name: str, parts: Iterable[bytes]) -> None:
        """Write an entry as its parts come.

        Raises:
            OSError: the disk's own errors.
            ValueError: it is larger than an entry can be.
        """
        offset = self._out.tell()
        self._out.write(local_header(Entry(name, offset, 0, 0)))
        crc = size = 0
        for part in parts:
            self._out.write(part)
            crc = zlib.crc32(part, crc)
            size += len(part)
        if size > LARGEST:
            raise ValueError(f"{name} is larger than 4 GiB")
        entry = Entry(name, offset, crc, size)
        end = self._out.tell()
        self._out.seek(offset)
        self._out.write(local_header(entry))
        self._out.seek(end)
        self._entries.append(entry)

    def close(self) -> None:
        """Write the directory, which makes it an archive.

        Raises:
            OSError: the disk's own errors.
        """
        self._out.write(directory(self._entries, self._out.tell()))


def local_header(entry: Entry) -> bytes:
    """What stands before an entry's content."""
    name = entry.name.encode()
    head = struct.pack(
        "<4s5H3L2H",
        b"PK\x03\x04",
        20,
        _UTF8,
        0,
        0,
        _DATE,
        entry.crc,
        entry.size,
        entry.size,
        len(name),
        0,
    )
    return head + name


def directory(entries: Sequence[Entry], start: int) -> bytes:
    """What stands behind the last entry.

    Args:
        entries: all of them, in the order of the archive.
        start: where this begins.
    """
    listed = b"".join(map(_central_header, entries))
    count, size = len(entries), len(listed)
    wide = b""
    if count >= _MAX16 or start >= _MAX32:
        end = start + size
        wide = struct.pack(
            "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start
        ) + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    return (
        listed
        + wide
        + struct.pack(
            "<4s4H2LH",
            b"PK\x05\x06",
            0,
            0,
            min(count, _MAX16),
            min(count, _MAX16),
            size,
            min(start, _MAX32),
            0,
        )
    )


def _central_header(entry: Entry) -> bytes:
    name = entry.name.encode()
    is_far = entry.offset >= _MAX32
    extra = struct.pack("<2HQ", 1, 8, entry.offset) if is_far else b""
    version = 45 if is_far else 20
    return (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02",
            version,
            version,
            _UTF8,
            0,
            0,
            _DATE,
            entry.crc,
            entry.size,
            entry.size,
            len(name),
            len(extra),
            0,
            0,
            0,
            0,
            min(entry.offset, _MAX32),
        )
        + name
        + extra
    )
