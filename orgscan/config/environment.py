"""ORGSCAN_... variables as settings: text becomes the number, list or switch that is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, NamedTuple, get_args, get_origin

from orgscan.config.problems import Problem, shown, visible
from orgscan.config.settings import Settings
from orgscan.config.tree import KeyPath

PREFIX = "ORGSCAN_"
CONFIG = "ORGSCAN_CONFIG"
# A secret, which no setting is: read where the key is.
PASSPHRASE = "ORGSCAN_SIGNING_KEY_PASSPHRASE"  # noqa: S105 - the variable's name

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


class Environment(NamedTuple):
    """The environment as a source of settings."""

    variables: Mapping[str, str]

    def unknown(self, key: str) -> str:
        """What to say of a variable that is none."""
        del key
        return "unknown variable"

    def spell(self, key: str) -> str:
        """How a setting is written in the environment."""
        return PREFIX + key.upper()

    def written(self, path: KeyPath) -> str:
        """Nothing: quotes change nothing here."""
        del path
        return ""

    def problem(self, path: KeyPath, what: str, mend: str = "", *, key: bool = False) -> Problem:
        """A problem with the variable that `path` begins with."""
        del key
        return Problem(visible(self.spell(str(path[0]))), what, mend)

    def values(self) -> tuple[dict[str, object], list[Problem]]:
        """The settings that are there, by key, and what could not be read.

        An empty variable counts as not there, since a container cannot always remove one.
        ORGSCAN_CONFIG names the file and is no setting; unknown names are kept for validation.
        """
        values: dict[str, object] = {}
        problems: list[Problem] = []
        for name, text in sorted(self.variables.items()):
            if not name.startswith(PREFIX) or name in {CONFIG, PASSPHRASE} or not text.strip():
                continue
            if name != name.upper():
                mend = f"Did you mean {shown(name.upper())}?"
                problems.append(Problem(visible(name), "unknown variable", mend))
                continue
            key = name.removeprefix(PREFIX).lower()
            try:
                values[key] = _value(key, text.strip())
            except ValueError as error:
                problems.append(Problem(name, str(error)))
        return values, problems


def _value(key: str, text: str) -> object:
    """The text as what the setting of this name holds; as text where there is none.

    Raises:
        ValueError: it cannot be read so.
    """
    field = Settings.model_fields.get(key)
    kind = field.annotation if field else str
    if _is_number(kind):
        return _integer(text)
    if kind is bool or bool in get_args(kind):
        return _boolean(text)
    if get_origin(kind) is tuple:
        return _words(text)
    if get_origin(kind) is dict:
        return _pairs(text)
    return text


def _is_number(kind: object) -> bool:
    """Whether a setting holds a number, or a number of a range or nothing."""
    parts = (kind, *get_args(kind))
    return int in (get_args(part)[0] if get_origin(part) is Annotated else part for part in parts)


def _integer(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"expected a whole number, not {shown(text)}")
    return int(text)


def _boolean(text: str) -> bool:
    if text.casefold() not in _TRUE | _FALSE:
        raise ValueError(f"expected true or false, not {shown(text)}")
    return text.casefold() in _TRUE


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[,\s]+", text) if word)


def _pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in _words(text):
        key, equals, value = word.partition("=")
        if not equals or key in pairs:
            raise ValueError(f"expected KEY=VALUE pairs with different keys, not {shown(text)}")
        pairs[key] = value
    return pairs
