r"""Text for Markdown in which nothing that came from outside does anything.

Backslashes are not enough: GitHub looks for `@names`, `#numbers` and addresses after Markdown is
done. In a code span it looks for none of them, and neither do Slack and Teams; a span holds no
link, image or HTML. A `|` would still end a table's cell, so it is written as `\x7c`.
"""

from __future__ import annotations

import re

from orgscan.report.limited import limited

_PLAIN = re.compile(r"[A-Za-z0-9 ,.;:()%'/-]*")
_ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)
_TICKS = re.compile("`+")

MOST = 200


def code(text: str, most: int = MOST) -> str:
    """`text` as a code span on one line, at most `most` characters of it; nothing if empty."""
    line = limited(text, most).replace("|", r"\x7c")
    if not line:
        return ""
    longest = max((len(ticks) for ticks in _TICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    # A tick at either end would lengthen the fence.
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def words(text: str, most: int = 1000) -> str:
    """A sentence as it is where it is plain words, else as a code span."""
    line = limited(text, most)
    plain = _PLAIN.fullmatch(line) is not None and _ADDRESS.search(line) is None
    return line if plain else code(line, most)
