"""Pydantic's errors as problems: the place, what is wrong in plain words, what to write instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from orgscan.config.document import Document
from orgscan.config.problems import Problem, nearest, shown, visible
from orgscan.config.shape import RefusedError
from orgscan.config.tree import KeyPath, OddNumber

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# Explaining one takes a look through the file, and nobody reads more at once.
_EXPLAINED = 50

Keys = Callable[[KeyPath], Iterable[str]]


class StrictModel(BaseModel):
    """Nothing is converted, nothing unknown is taken, nothing changes afterwards."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True
    )


class Source(Protocol):
    """Where values come from: a file, the environment, or the options."""

    def unknown(self, key: str) -> str:
        """What to say of a key that is none; it is named unless the place names it already."""
        ...

    def spell(self, key: str) -> str:
        """How a setting is written there."""
        ...

    def written(self, path: KeyPath) -> str:
        """A scalar as it was written; empty where that is not known."""
        ...

    def problem(self, path: KeyPath, what: str, mend: str = "", *, key: bool = False) -> Problem:
        """A problem with the value, or the key, at `path`."""
        ...


Model = TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model], values: Mapping[str, object], source: Source, keys: Keys
) -> tuple[Model | None, list[tuple[KeyPath, Problem]]]:
    """Make a model of plain values.

    Args:
        model: what the values should be.
        values: text, numbers, tuples and dicts.
        source: where they come from, for the problems' places.
        keys: the known keys at a path.

    Returns:
        The model, or None and the problems (up to 50) with their paths.
    """
    try:
        return model.model_validate(dict(values)), []
    except ValidationError as error:
        return None, [
            _problem(details, source, keys)
            for details in error.errors(include_url=False)[:_EXPLAINED]
            # Only an empty list is too short; pydantic says so also where all items are refused.
            if details["type"] != "too_short" or not details["input"]
        ]


def validate_document(
    model: type[Model], document: Document, keys: Keys
) -> tuple[Model | None, list[Problem]]:
    """Make a model of a file; the problems come in the file's order.

    What the document refuses by itself is not said a second time.
    """
    made, found = validate(model, document.tree.data, document, keys)
    refused = document.tree.refused
    problems = document.refused() + [
        problem
        for path, problem in found
        if not any(path[:length] in refused for length in range(1, len(path) + 1))
    ]
    return made, sorted(problems, key=lambda problem: problem.position)


def _problem(details: ErrorDetails, source: Source, keys: Keys) -> tuple[KeyPath, Problem]:
    path = details["loc"]
    match details["type"]:
        case "extra_forbidden":
            what, mend = _unknown(path, source, keys)
            return path, source.problem(path, what, mend, key=True)
        case "missing":
            what = f"{shown(path[-1])} is missing"
            mend = "Begin the file with: version: 1" if path == ("version",) else ""
            return path, source.problem(path, what, mend or f"Add: {path[-1]}: ...", key=True)
        case _:
            what, mend = _wrong_value(details, source.written(path))
            return path, source.problem(path, what, mend)


def _unknown(path: KeyPath, source: Source, keys: Keys) -> tuple[str, str]:
    known = sorted(keys(path[:-1]))
    close = nearest(str(path[-1]), known)
    every = ", ".join(map(source.spell, known))
    mend = f"Did you mean {shown(source.spell(close))}?" if close else f"Known are: {every}"
    return source.unknown(str(path[-1])), mend


def _wrong_value(details: ErrorDetails, written: str) -> tuple[str, str]:
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "value_error" and isinstance(context["error"], RefusedError):
        return context["error"].what, context["error"].mend
    if kind in {"string_type", "is_instance_of"}:
        return _not_text(value, written)
    if kind == "literal_error":
        context = {"expected": str(context["expected"]).replace("'", '"')}
    what, mend = _WORDS.get(kind, (details["msg"].replace("{", "{{").replace("}", "}}"), ""))
    known = {**context, "value": _described(value), "item": shown(written) if written else "..."}
    return what.format(**known), mend.format(**known)


_WORDS = {
    "bool_type": ("expected true or false, not {value}", "Write true or false, without quotes"),
    "date_type": ("expected a date, not {value}", "Write year, month and day, as in 2027-01-31"),
    "dict_type": ("expected keys and values, not {value}", "Write each as key: value"),
    "greater_than_equal": ("{value} is too small", "Write {ge} or more"),
    "int_type": ("expected a whole number, not {value}", "Write a decimal number, such as 64"),
    "less_than_equal": ("{value} is too large", "Write {le} or less"),
    "literal_error": ("expected {expected}, not {value}", ""),
    "model_type": ("expected keys and values, not {value}", "Write each as key: value"),
    "too_long": ("the list is too long", "Write at most {max_length} values"),
    "too_short": ("the list is empty", "Write at least one value"),
    "tuple_type": ("expected a list, not {value}", "Write [{item}]"),
}


def _not_text(value: object, written: str) -> tuple[str, str]:
    """YAML's guesses undone: what was written, in quotes; account ids without separators."""
    if value is None:
        return "there is no value", "Write one, or remove the key"
    if not written:
        return f"expected text, not {_described(value)}", ""
    bare = written.replace("_", "")
    text = bare if len(bare) == 12 and bare.isdigit() else written
    return (
        f"YAML reads {visible(written)} as {_kind(value)}, not as text",
        f"Quote it: {shown(text)}",
    )


def _described(value: object) -> str:
    match value:
        case str():
            return shown(value)
        case OddNumber(text):
            return visible(text)
        case int() if not isinstance(value, bool):
            return str(value)
        case _:
            return _kind(value)


def _kind(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | OddNumber():
            return "a number"
        case dt.date():
            return "a date"
        case tuple() | list():
            return "a list"
        case dict():
            return "keys and values"
        case _:
            return "nothing" if value is None else "something else"
