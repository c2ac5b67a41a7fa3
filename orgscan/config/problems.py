"""Problems of a configuration: collected, shown safely, and raised together."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable, Sequence

from orgscan.config.credentials import masked
from orgscan.errors import ConfigError

_SHOWN_CHARACTERS = 80
_SHOWN_PROBLEMS = 25
_NAME_CHARACTERS = 255


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    Attributes:
        where: `file:line:column`, `ORGSCAN_REGION` or `--region`.
        what: what is wrong, without a full stop.
        mend: what to write instead; may be empty.
        position: line and column, to list a file's problems in its own order.
    """

    where: str
    what: str
    mend: str = ""
    position: tuple[int, int] = (0, 0)

    def error(self) -> ConfigError:
        """The problem as an error of its own."""
        return ConfigError(self.what, where=self.where, mend=self.mend)


def raise_if_any(problems: Sequence[Problem]) -> None:
    """Raise one error for all problems, one per line where there are several, the first 25.

    Raises:
        ConfigError: if there is any problem.
    """
    if not problems:
        return
    if len(problems) == 1:
        raise problems[0].error()
    many = len(problems) > _SHOWN_PROBLEMS
    count = f"more than {_SHOWN_PROBLEMS}" if many else len(problems)
    lines = [str(problem.error()) for problem in problems[:_SHOWN_PROBLEMS]]
    raise ConfigError("\n  ".join([f"{count} problems in the configuration:", *lines]))


def shown(value: object) -> str:
    """A value in double quotes, safe for a terminal and a log.

    It is cut to a length that fits a line; control characters and text direction marks are
    escaped, and what looks like a secret is left out.
    """
    text = masked(str(value))
    if len(text) > _SHOWN_CHARACTERS:
        text = text[: _SHOWN_CHARACTERS - 1] + "…"
    return json.dumps(text, ensure_ascii=not text.isprintable())


def visible(text: str) -> str:
    """A name as it is, or, where that is not safe to print, as `shown`."""
    return text if text.isprintable() and len(text) <= _NAME_CHARACTERS else shown(text)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like `name`, or an empty string if none is.

    A name that only begins like a known one, or goes on after it, is like it: `role`, `regions`.
    """
    wanted = _plain(name)
    names = {_plain(each): each for each in known}
    begun = [
        each
        for each in names
        if min(len(each), len(wanted)) >= 3 and (each.startswith(wanted) or wanted.startswith(each))
    ]
    if begun:
        return names[difflib.get_close_matches(wanted, begun, n=1, cutoff=0)[0]]
    close = difflib.get_close_matches(wanted, names, n=1)
    return names[close[0]] if close else ""


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_")
