"""What the allowlist names things by: exact values, or globs that may not stand for everything."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from orgscan.config.glob import glob_matches, is_glob, names_nothing
from orgscan.config.problems import shown
from orgscan.config.shape import RefusedError, Shape
from orgscan.config.values import ORGANIZATIONAL_UNIT, bare_account, bare_region

# Two ids of each kind that have nothing in common but what every id has.
_UNLIKE_UNITS = (("ou-0000-00000000", "ou-zzzz-zzzzzzzz"), ("r-0000", "r-zzzz"))


def _not_everything(pattern: str) -> str:
    if names_nothing(pattern):
        raise RefusedError(f"{shown(pattern)} matches everything", _NAME_IT)
    return pattern


def _not_every_unit(pattern: str) -> str:
    for ids in _UNLIKE_UNITS:
        if all(glob_matches(pattern, unit) for unit in ids):
            raise RefusedError(f"{shown(pattern)} matches everything", _NAME_IT)
    return pattern


def _can_match_account(pattern: str) -> str:
    fixed = len(pattern.replace("*", ""))
    if fixed > 12 or (fixed < 12 and "*" not in pattern):
        mend = "An account id has 12 digits; ? stands for one of them and * for any number"
        raise RefusedError(f"{shown(pattern)} can match no account id", mend)
    return pattern


def _bare_name(text: str) -> str:
    is_arn = text.startswith("arn:") and not is_glob(text)
    return f"Write the name alone: {shown(text.rpartition('/')[2])}" if is_arn else ""


_NAME_IT = 'Name what is meant; a glob needs a part that tells things apart, such as "prod-*"'
NotEverything = AfterValidator(_not_everything)

AccountPattern = Annotated[
    str,
    Shape(
        r"[0-9]{12}|[0-9]*[*?][0-9*?]*",
        "an account id, which has 12 digits, or a glob of such",
        "111122223333",
        bare_account,
    ),
    NotEverything,
    AfterValidator(_can_match_account),
]
UnitPattern = Annotated[
    str,
    Shape(
        rf"{ORGANIZATIONAL_UNIT}|[a-z0-9-]*[*?][a-z0-9*?-]*",
        "the id of an organizational unit or of the root, or a glob of such",
        "ou-ab12-11111111",
    ),
    NotEverything,
    AfterValidator(_not_every_unit),
]
RegionPattern = Annotated[
    str,
    Shape(r"[a-z0-9*?-]+", "a region or a glob of regions", "eu-west-1", bare_region),
    NotEverything,
]
NamePattern = Annotated[
    str,
    Shape(
        r"[A-Za-z0-9_*?-]{1,255}",
        "a name of letters, digits, _ and -, or a glob of such",
        "prod-*",
        _bare_name,
    ),
    NotEverything,
]
