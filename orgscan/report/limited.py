"""Texts cut to the lengths that other systems take."""

from __future__ import annotations

from orgscan.report.visible import visible


def limited(text: str, most: int) -> str:
    """`text` on one visible line of at most `most` characters; what was cut ends in `…`."""
    line = visible(text).strip()
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
