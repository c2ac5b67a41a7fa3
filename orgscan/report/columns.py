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
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from orgscan.report.visible import plain_json

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_MORE = 0b100000
_PIECE = 1 << 16  # characters
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
        if self._equal:
            self._text += _run(self._equal)
            self._equal = 0
        signed = -delta << 1 | 1 if delta < 0 else delta << 1
        self._text += _SMALL[signed] if signed < len(_SMALL) else _quantity(signed)
        self._last = number

    def add_again(self) -> None:
        """Append the last number once more."""
        self._equal += 1

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


# Most differences are small, and a page of 100,000 findings has two million of them.
_SMALL = tuple(map(_quantity, range(2048)))


def joined(words: Iterable[str]) -> str:
    """Join words by spaces; a space or a percent sign in a word is percent-encoded.

    A long decimal number, which is what ECS ends a task set's id with, is written as `%~` and
    base64 digits, the last five for its last nine places: a task set's share of the file is mostly
    this number.
    """
    return " ".join(map(_word, words))


class Words:
    """A growing list of words, held as the text it will be written as (`joined`)."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, word: str) -> None:
        """Append one word."""
        if self._count:
            self._text += b" "
        self._text += _word(word).encode()
        self._count += 1

    def text(self) -> str:
        """All words so far, as they are written."""
        return self._text.decode()


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


# Rows come sorted, and what they share they share with their neighbours: forgetting the rest costs
# a few bytes of the file, and keeps memory from growing with the organization.
MOST_REMEMBERED = 4096


class Paths:
    """A tree of path parts, so that ARNs share what they have in common. Node 0 is no path."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, str], int] = {}
        self._whole: dict[str, int] = {}
        self._parents = Numbers()
        self._parts = Words()

    def node(self, path: str) -> int:
        """Return the node of `path`, which is the parts from the root down to it."""
        node = self._whole.get(path)
        if node is None:
            if len(self._whole) >= MOST_REMEMBERED:
                self._whole.clear()
            node = self._whole[path] = self._new_node(path)
        return node

    def _new_node(self, path: str) -> int:
        node = 0
        for part in _parts(path):
            key = (node, part)
            found = self._nodes.get(key)
            if found is None:
                if len(self._nodes) >= MOST_REMEMBERED:
                    self._nodes.clear()
                self._parents.add(node)
                self._parts.add(part)
                found = self._nodes[key] = len(self._parts)
            node = found
        return node

    def members(self) -> Iterator[tuple[str, str]]:
        """`parents` (a column) and `parts` (joined words), node 1 first."""
        yield "parents", self._parents.text()
        yield "parts", self._parts.text()


_parts: Callable[[str], list[str]] = re.compile(r"[^:/]*[:/]|[^:/]+").findall
"""Cuts after each `:` and `/`; joined again they are the path."""


class Dictionary:
    """The different values of a column, held as the JSON that they will be written as."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._count = 0

    def add(self, value: object) -> int:
        """Append a value and return its number."""
        if self._count:
            self._text += b","
        self._text += embedded_json(value).encode()
        self._count += 1
        return self._count - 1

    def text(self) -> str:
        """All values so far, without the brackets around them."""
        return self._text.decode()


_NOTHING = object()


class _Values:
    """A column of values: what a cell holds is the number of its value in the dictionary."""

    def __init__(self, numbers: Numbers, *, forgets: bool) -> None:
        self.dictionary = Dictionary()
        self._numbers = numbers
        self._known: dict[Hashable, int] = {}
        self._forgets = forgets
        self._last: Hashable = _NOTHING

    def add(self, value: Hashable) -> None:
        """Append a cell; in a sorted table it is mostly the one above."""
        if value == self._last:
            self._numbers.add_again()
            return
        known = self._known
        number = known.get(value)
        if number is None:
            if self._forgets and len(known) >= MOST_REMEMBERED:
                known.clear()
            number = known[value] = self.dictionary.add(value)
        self._numbers.add(number)
        self._last = value


class Table:
    """A table that grows row by row; every row adds one cell to each column."""

    def __init__(self) -> None:
        self._rows = 0
        self._columns: dict[str, Numbers] = defaultdict(Numbers)
        self._values: dict[str, _Values] = {}
        self._paths = Paths()

    def end_row(self) -> None:
        """Count the row whose cells were added."""
        self._rows += 1

    def number(self, column: str, number: int) -> None:
        """Add a cell that is a number."""
        self._columns[column].add(number)

    def value(self, column: str, value: Hashable) -> None:
        """Add a cell of a few different values: each is written once, so that its number is it."""
        self.values(column)(value)

    def values(self, column: str) -> Callable[[Hashable], None]:
        """What adds such cells, for whoever has many to add."""
        return self._values_of(column, forgets=False)

    def detail(self, column: str, value: Hashable) -> None:
        """Add a cell of many different values: one that comes again much later is written again."""
        self.details(column)(value)

    def details(self, column: str) -> Callable[[Hashable], None]:
        """What adds such cells, for whoever has many to add."""
        return self._values_of(column, forgets=True)

    def _values_of(self, column: str, *, forgets: bool) -> Callable[[Hashable], None]:
        values = self._values.get(column)
        if values is None:
            values = self._values[column] = _Values(self._columns[column], forgets=forgets)
        return values.add

    def path(self, column: str, path: str | None) -> None:
        """Add a cell that is an ARN or the like; none is the same as an empty one."""
        self._columns[column].add(self._paths.node(path) if path else 0)

    def json(self, more: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
        """The table as JSON, in pieces that are safe inside a script element.

        Its members are `rows`, `columns` (text), `values` (dictionaries), `paths` and those of
        `more`, which are text as well.
        """
        yield f'{{"rows":{self._rows}'
        columns = ((name, column.text()) for name, column in self._columns.items())
        yield from _texts("columns", columns)
        yield ',"values":{'
        for at, (name, values) in enumerate(self._values.items()):
            yield f'{"," if at else ""}"{name}":['
            yield values.dictionary.text()
            yield "]"
        yield "}"
        yield from _texts("paths", self._paths.members())
        for name, text in more.items():
            yield f',"{name}":'
            yield from _embedded(text)
        yield "}"


def _texts(member: str, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f',"{member}":{{'
    for at, (name, text) in enumerate(texts):
        yield f'{"," if at else ""}"{name}":'
        yield from _embedded(text)
    yield "}"


def _embedded(text: str) -> Iterator[str]:
    """`embedded_json` of a long text, in pieces: it is copied a few times on the way."""
    yield '"'
    for at in range(0, len(text), _PIECE):
        yield embedded_json(text[at : at + _PIECE])[1:-1]
    yield '"'


def embedded_json(value: object) -> str:
    """Return JSON that cannot end a script element, whatever the strings in it hold."""
    text = plain_json(msgspec.json.encode(value)).decode()
    for mark in "<>&":
        if mark in text:
            text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text
