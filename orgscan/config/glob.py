"""Globs that match whole values, with `*` and `?` and nothing else.

The standard library's fnmatch is not used: its brackets would make a class of `[`, and on some
systems it ignores case.
"""

from __future__ import annotations

import functools
import re


def glob_matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches: `*` any characters, even none, and `?` exactly one."""
    return _compiled(pattern).fullmatch(value) is not None


def is_glob(pattern: str) -> bool:
    """Whether a pattern stands for more than itself."""
    return "*" in pattern or "?" in pattern


def names_nothing(pattern: str) -> bool:
    """Whether a glob has no letter or digit, and so matches everything or close to it."""
    return is_glob(pattern) and not any(character.isalnum() for character in pattern)


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Each part after a `*` is taken where it first fits and kept there (an atomic group).

    A later fit could not help, and without going back the time stays linear in the value.
    """
    first, *rest = (_literal(part) for part in re.split(r"\*+", pattern))
    if not rest:
        return re.compile(first, re.DOTALL)
    *middle, last = rest
    steps = "".join(f"(?>.*?{part})" for part in middle)
    return re.compile(f"{first}{steps}.*{last}", re.DOTALL)


def _literal(part: str) -> str:
    return "".join("." if character == "?" else re.escape(character) for character in part)
