"""JSON a value at a time, for the formats that are written as they are read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from orgscan.report.visible import plain_json

# Members come in the order they are built in; a map from outside is sorted by who builds it.
_encoder = msgspec.json.Encoder()


def encoded(value: object) -> bytes:
    """One line of JSON that holds nothing unprintable."""
    return plain_json(_encoder.encode(value))


def present(members: dict[str, object]) -> dict[str, object]:
    """Without the members that say nothing: None, and empty texts, lists and maps."""
    return {name: value for name, value in members.items() if value not in (None, "", [], (), {})}


def write_list(out: BinaryIO, values: Iterable[object]) -> None:
    """Write a JSON list, one value a line and one at a time.

    Raises:
        OSError: the disk's own errors.
    """
    out.write(b"[")
    separator = b"\n"
    for value in values:
        out.write(separator + encoded(value))
        separator = b",\n"
    out.write(b"]" if separator == b"\n" else b"\n]")


def write_lines(out: BinaryIO, values: Iterable[object]) -> None:
    """Write one value a line (NDJSON).

    Raises:
        OSError: the disk's own errors.
    """
    out.writelines(encoded(value) + b"\n" for value in values)
