"""Compact columns: how a hundred thousand rows fit into one HTML file.

A table is kept by column. A cell is an index into a dictionary of values, a node of a tree of
paths, or a number; a column is written as the differences between neighbouring cells, each as a
base64 variable-length quantity (the digits of source maps: five bits each, the sixth says that
more follow, the lowest of all is the sign). Neighbours are alike in a sorted table: a run of equal
cells is written as the quantity "minus zero", which no difference has, and the run's length.
`templates/columns.js` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from typing import Any

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_MORE = 0b100000
_MINUS_ZERO = b"B"
_SHORTEST_RUN = 3
_LONG_NUMBER = re.compile(r"[1-9][0-9]{11,21}")


class Numbers:
    """A growing list of integers, held as the text it will be written as."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._last = 0
        self._equal = 0

    def add(self, number: int) -> None:
        """Append one number."""
        delta = number - self._last
        if delta == 0:
            self._equal += 1
            return
        self._text += _run(self._equal)
        self._text += _quantity(-delta << 1 | 1 if delta < 0 else delta << 1)
        self._last = number
        self._equal = 0

    def text(self) -> str:
        """All numbers so far, as they are written."""
        return (self._text + _run(self._equal)).decode("ascii")


def _run(length: int) -> bytes:
    if length < _SHORTEST_RUN:
        return b"A" * length
    return _MINUS_ZERO + _quantity(length)


def _quantity(number: int) -> bytes:
    """One number that is not negative, the lowest five bits first."""
    digits = bytearray()
    while number >= _MORE:
        digits.append(_DIGITS[number & 0b11111 | _MORE])
        number >>= 5
    digits.append(_DIGITS[number])
    return bytes(digits)


def joined(words: Iterable[str]) -> str:
    """Join words by spaces; a space or a percent sign in a word is percent-encoded.

    A long decimal number, which is what ECS ends a task set's id with, is written as `%~` and
    base64 digits, the last five for its last nine places: a task set's share of the file is mostly
    this number.
    """
    return " ".join(map(_word, words))


def _word(word: str) -> str:
    if _LONG_NUMBER.fullmatch(word):
        digits = _digits(int(word[:-9]), 0) + _digits(int(word[-9:]), 5)
        return f"%~{digits.decode('ascii')}"
    return word.replace("%", "%25").replace(" ", "%20")


def _digits(number: int, at_least: int) -> bytes:
    """A number in base 64, the highest digit first."""
    digits = bytearray()
    while number or len(digits) < at_least:
        digits.insert(0, _DIGITS[number & 0b111111])
        number >>= 6
    return bytes(digits)


class Paths:
    """A tree of path parts, so that ARNs share what they have in common. Node 0 is no path."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, str], int] = {}
        self._parents = Numbers()
        self._parts: list[str] = []

    def node(self, path: str) -> int:
        """Return the node of `path`, which is the parts from the root down to it."""
        node = 0
        for part in _parts(path):
            key = (node, part)
            if key not in self._nodes:
                self._nodes[key] = len(self._nodes) + 1
                self._parents.add(node)
                self._parts.append(part)
            node = self._nodes[key]
        return node

    def document(self) -> dict[str, Any]:
        """`parents` (a column) and `parts` (joined words), node 1 first."""
        return {"parents": self._parents.text(), "parts": joined(self._parts)}


def _parts(path: str) -> list[str]:
    """Cut after each `:` and `/`; joined again they are `path`."""
    return re.findall(r"[^:/]*[:/]|[^:/]+", path)


class Table:
    """A table that grows row by row; every row adds one cell to each column."""

    def __init__(self) -> None:
        self._rows = 0
        self._columns: dict[str, Numbers] = {}
        self._values: dict[str, dict[Hashable, int]] = {}
        self._paths = Paths()

    def end_row(self) -> None:
        """Count the row whose cells were added."""
        self._rows += 1

    def number(self, column: str, number: int) -> None:
        """Add a cell that is a number."""
        if column not in self._columns:
            self._columns[column] = Numbers()
        self._columns[column].add(number)

    def value(self, column: str, value: Hashable) -> None:
        """Add a cell whose value is likely to come again; it is written once."""
        values = self._values.setdefault(column, {})
        self.number(column, values.setdefault(value, len(values)))

    def path(self, column: str, path: str | None) -> None:
        """Add a cell that is an ARN or the like; none is the same as an empty one."""
        self.number(column, self._paths.node(path) if path else 0)

    def document(self) -> dict[str, Any]:
        """The table as JSON: `rows`, `columns` (text), `values` (dictionaries) and `paths`."""
        return {
            "rows": self._rows,
            "columns": {name: column.text() for name, column in self._columns.items()},
            "values": {name: list(values) for name, values in self._values.items()},
            "paths": self._paths.document(),
        }
