"""A YAML file as plain data in which every value still knows its line and column."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

from orgscan.config.place import Fetch, remote
from orgscan.config.problems import Problem, shown, visible
from orgscan.config.tree import KeyPath, Mark, Tree, UnboundedError, read_tree
from orgscan.errors import ConfigError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32

# libyaml's loader where PyYAML was built with it: the same language, about ten times as fast.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Document(NamedTuple):
    """One parsed file; as a source of settings it says where each of them stands.

    Attributes:
        name: the file's path as it was given.
        tree: its data, its marks and what was refused while reading it.
    """

    name: str
    tree: Tree

    def unknown(self, key: str) -> str:
        """What to say of a key that is none."""
        return f"unknown key {shown(key)}"

    def spell(self, key: str) -> str:
        """How a setting is written in a file."""
        return key

    def where(self, path: KeyPath, *, key: bool = False) -> str:
        """`file:line:column` of a value, or of its key; of what encloses it if it is not there."""
        line, column = self.position(path, key=key)
        return f"{self.name}:{line}:{column}"

    def position(self, path: KeyPath, *, key: bool = False) -> tuple[int, int]:
        """Line and column, counted from 1."""
        return self.tree.position(path, key=key)

    def written(self, path: KeyPath) -> str:
        """A scalar as it is written in the file; empty where there is none."""
        return self.tree.written(path)

    def problem(self, path: KeyPath, what: str, mend: str = "", *, key: bool = False) -> Problem:
        """A problem with the value, or the key, at `path`."""
        return Problem(self.where(path, key=key), what, mend, self.position(path, key=key))

    def refused(self) -> list[Problem]:
        """What the file itself refuses, whatever its keys should mean."""
        return [
            Problem(
                f"{self.name}:{refused.mark.line}:{refused.mark.column}",
                refused.what,
                refused.mend,
                refused.mark,
            )
            for refused in self.tree.refused.values()
        ]


def read_document(place: str | Path, fetch: Fetch | None = None) -> Document:
    """Read and parse a file, or what lies in AWS.

    Args:
        place: a path, `ssm:/path/name` or `s3://bucket/key`.
        fetch: reads what lies in AWS; None where nothing there is read.

    Raises:
        ConfigError: it cannot be read, is not text or is not YAML. What can be told of single
            keys and values is in the document's tree instead, so that it is reported together.
    """
    return document_of(read_content(place, fetch), visible(str(place)))


def read_content(place: str | Path, fetch: Fetch | None = None) -> bytes:
    """The bytes of it, as `read_document` takes them.

    Raises:
        ConfigError: it cannot be read, or is larger than 1 MiB.
    """
    name = visible(str(place))
    there = remote(place)
    if there is None:
        content = _bytes_of(Path(place), name)
    elif fetch is None:
        mend = "Give the path of a file"
        raise ConfigError("nothing is read from AWS here", where=name, mend=mend)
    else:
        content = fetch(there)
    if len(content) > MAX_BYTES:
        mend = "Name accounts by organizational unit, or regions by glob, to make it shorter"
        raise ConfigError("it is larger than 1 MiB", where=name, mend=mend)
    return content


def document_of(content: bytes, name: str) -> Document:
    """Parse what was read; `name` is what errors call it.

    Raises:
        ConfigError: as `read_document`.
    """
    return parse_document(_text_of(content, name), name)


def parse_document(text: str, name: str) -> Document:
    """Parse YAML text; `name` is what errors call it.

    Raises:
        ConfigError: as `read_document`.
    """
    _refuse_unprintable(text, name)
    try:
        _refuse_depth(text, name)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, name) from None
    if root is None:
        raise ConfigError("the file is empty", where=name, mend="Begin it with: version: 1")
    if not isinstance(root, yaml.MappingNode):
        mark = Mark.of(root.start_mark)
        raise ConfigError(
            "expected keys and their values",
            where=f"{name}:{mark.line}:{mark.column}",
            mend="Begin the file with: version: 1",
        )
    try:
        return Document(name, read_tree(root, max_depth=MAX_DEPTH))
    except UnboundedError as bomb:
        raise ConfigError(
            "aliases repeat each other without bound",
            where=f"{name}:{bomb.mark.line}:{bomb.mark.column}",
            mend="Write the values out",
        ) from None


def _bytes_of(file: Path, name: str) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        mend = "Give the path of a file that exists"
        raise ConfigError("there is no such file", where=name, mend=mend) from None
    except IsADirectoryError:
        mend = "Give the path of a file in it"
        raise ConfigError("it is a directory", where=name, mend=mend) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(
            f"it cannot be read: {reason}", where=name, mend="Mend its path or permissions"
        ) from None


def _text_of(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place(name, error.object[: error.start].decode())
        mend = "Save it as UTF-8 text"
        raise ConfigError("this is not UTF-8 text", where=place, mend=mend) from None


def _refuse_unprintable(text: str, name: str) -> None:
    """Refuse what YAML refuses, terminal escapes among it, before a parser meets it."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if found:
        what = f"the character U+{ord(found[0]):04X} has no place in a text file"
        raise ConfigError(what, where=_place(name, text[: found.start()]), mend="Remove it")


def _place(name: str, before: str) -> str:
    """`file:line:column` of what comes after the text `before`."""
    return f"{name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def _refuse_depth(text: str, name: str) -> None:
    """Refuse deep nesting while it is still events: composing it would exhaust the C stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            mark = Mark.of(event.start_mark)
            raise ConfigError(
                f"lists and groups are nested more than {MAX_DEPTH} deep",
                where=f"{name}:{mark.line}:{mark.column}",
                mend="Nothing here needs that; remove brackets or indentation",
            )


def _syntax_error(error: yaml.MarkedYAMLError, text: str, name: str) -> ConfigError:
    if error.problem_mark is None:
        return ConfigError(f"this is not valid YAML: {error.problem}", where=name)
    mark = Mark.of(error.problem_mark)
    place = f"{name}:{mark.line}:{mark.column}"
    lines = text.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return ConfigError("a tab is used to indent", where=place, mend="Indent with spaces")
    mend = "Look at the indentation, quotes and colons"
    if error.context_mark is not None and error.context_mark.line + 1 != mark.line:
        mend += f" from line {error.context_mark.line + 1} on"
    return ConfigError(f"this is not valid YAML: {error.problem}", where=place, mend=mend)
