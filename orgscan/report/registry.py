"""The report formats there are, in the order `--help` names them."""

from __future__ import annotations

import difflib

from orgscan.errors import ConfigError
from orgscan.report.html import HtmlReport
from orgscan.report.interface import Format
from orgscan.report.json_v1 import JsonReport

FORMATS: tuple[Format, ...] = (HtmlReport(), JsonReport())


def format_named(name: str) -> Format:
    """Return the format called `name`.

    Raises:
        ConfigError: there is none; the nearest match is named.
    """
    known = {each.name: each for each in FORMATS}
    if name in known:
        return known[name]
    nearest = difflib.get_close_matches(name, known, n=1)
    guess = f"Did you mean `{nearest[0]}`? " if nearest else ""
    raise ConfigError(
        f"there is no report format `{name}`",
        where="--format",
        mend=f"{guess}There are {', '.join(known)}",
    )
