"""YAML nodes as plain values, strictly: nothing is guessed, and every value keeps its mark."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

import yaml

from orgscan.config.credentials import ADVICE, is_credential, is_credential_name
from orgscan.config.problems import shown

KeyPath = tuple[str | int, ...]

# A file of 1 MiB cannot write more than this; only aliases to aliases can.
MAX_VALUES = 600_000
_PREFIX = "tag:yaml.org,2002:"
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Mark(Protocol):
    """What the marks of PyYAML's two parsers share."""

    line: int
    column: int


class Mark(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int

    @classmethod
    def of(cls, mark: _Mark | None) -> Mark:
        """PyYAML's mark, which counts from 0; what was not read from a file has none."""
        return cls(mark.line + 1, mark.column + 1) if mark else cls(1, 1)


class UnboundedError(Exception):
    """Aliases that stand for endless or very many values."""

    def __init__(self, mark: Mark) -> None:
        super().__init__(mark)
        self.mark = mark


@dataclasses.dataclass(frozen=True, slots=True)
class OddNumber:
    """A number that YAML 1.1 reads otherwise than a person does: octal, base 60, a fraction.

    It stands where the number would, so that validation refuses it by what was written.
    """

    text: str


class Refused(NamedTuple):
    """What the document refuses by itself, with what to write instead."""

    mark: Mark
    what: str
    mend: str


class Tree(NamedTuple):
    """The values of one document.

    Attributes:
        data: text, whole numbers, booleans, dates, None, `OddNumber`, tuples and dicts.
        root: the nodes, which know the marks.
        refused: duplicate keys, foreign tags, credentials; by the path they stand at.
    """

    data: dict[str, object]
    root: yaml.MappingNode
    refused: dict[KeyPath, Refused]

    def position(self, path: KeyPath, *, key: bool = False) -> Mark:
        """Where a value, or its key, stands; the innermost thing around it if it is not there."""
        node: yaml.Node = self.root
        key_node: yaml.Node = self.root
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            key_node, node = found
        return Mark.of((key_node if key else node).start_mark)

    def written(self, path: KeyPath) -> str:
        """A scalar as the file has it, without quotes; empty where there is none."""
        node: yaml.Node = self.root
        for part in path:
            found = _child(node, part)
            if found is None:
                return ""
            node = found[1]
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """The key's and the value's node of one step; the key of a list's item is the item."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def read_tree(root: yaml.MappingNode, *, max_depth: int) -> Tree:
    """Turn nodes into values.

    Raises:
        UnboundedError: aliases that are nested deeper than `max_depth` or expand without end.
    """
    reader = _Reader(max_depth)
    data = reader.mapping(root, ())
    return Tree(data, root, reader.refused)


class _Reader:
    """One walk over the nodes; collects what it refuses and goes on."""

    def __init__(self, max_depth: int) -> None:
        self.refused: dict[KeyPath, Refused] = {}
        self._max_depth = max_depth
        self._left = MAX_VALUES

    def value(self, node: yaml.Node, path: KeyPath) -> object:
        """The value of any node; None where it is refused."""
        self._left -= 1
        if self._left < 0 or len(path) > self._max_depth:
            raise UnboundedError(Mark.of(node.start_mark))
        kind = node.tag.removeprefix(_PREFIX)
        if isinstance(node, yaml.MappingNode) and kind == "map":
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and kind == "seq":
            return tuple(self.value(item, (*path, at)) for at, item in enumerate(node.value))
        if isinstance(node, yaml.ScalarNode) and kind in _SCALARS:
            if is_credential(node.value):
                self._refuse(node, path, "a credential does not belong here", ADVICE)
            return _SCALARS[kind](node.value)
        what = f"the tag {shown(node.tag.replace(_PREFIX, '!!'))} is not allowed"
        self._refuse(node, path, what, "Write a plain value")
        return None

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object]:
        """The keys that are text and occur once, with their values."""
        lines: dict[str, int] = {}
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            if key is None:
                continue
            if key in lines:
                what = f"duplicate key {shown(key)}, first on line {lines[key]}"
                self._refuse(key_node, (*path, f"{key}@{key_node.start_mark.index}"), what, _ONE)
                continue
            lines[key] = key_node.start_mark.line + 1
            if is_credential_name(key):
                what = f"the key {shown(key)} looks like a credential, which does not belong here"
                self._refuse(key_node, (*path, key), what, ADVICE)
            values[key] = self.value(value_node, (*path, key))
        return values

    def _key(self, node: yaml.Node, path: KeyPath) -> str | None:
        at = (*path, f"@{node.start_mark.index}")
        if node.tag == f"{_PREFIX}merge":
            self._refuse(node, at, "merge keys are not supported", "Write the keys out")
        elif not isinstance(node, yaml.ScalarNode):
            self._refuse(node, at, "a key must be text", "Write a name, a colon and a value")
        elif node.tag != f"{_PREFIX}str":
            what = f"YAML does not read the key {shown(node.value)} as text"
            self._refuse(node, at, what, f"Quote it: {shown(node.value)}")
        else:
            return str(node.value)
        return None

    def _refuse(self, node: yaml.Node, path: KeyPath, what: str, mend: str) -> None:
        self.refused.setdefault(path, Refused(Mark.of(node.start_mark), what, mend))


def _number(text: str) -> int | OddNumber:
    return int(text) if _DECIMAL.fullmatch(text) else OddNumber(text)


def _timestamp(text: str) -> dt.date | str:
    """A date; whatever else looks like a time stays text, for validation to refuse."""
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else text
    except ValueError:
        return text


_ONE = "Keep one of them"
_SCALARS: dict[str, Callable[[str], object]] = {
    "str": str,
    "null": lambda _: None,
    "bool": lambda text: text.casefold() in {"true", "yes", "on"},
    "int": _number,
    "float": _number,
    "timestamp": _timestamp,
}
