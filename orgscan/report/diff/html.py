"""The format `html`: a diff as one page that opens offline, and needs no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, NamedTuple

from orgscan.model.diff import Change, Diff
from orgscan.report.diff.words import Section, answer, reach, sections, state, why, worst
from orgscan.report.page import asset, environment, policy

MOST_ROWS = 500
MOST_ACCOUNTS = 20
_STYLES = ("page.css", "diff.css")
# What is as it was is told by its number alone.
_NOT_LISTED = "persisting"


class HtmlDiff:
    """The format `html`."""

    name = "html"

    def write(self, diff: Diff, out: BinaryIO) -> None:
        """Write the page; the gravest changes of each kind are listed, the others counted.

        Raises:
            OSError: the disk's own errors.
        """
        template = environment().get_template("diff.html.j2")
        out.writelines(chunk.encode() for chunk in template.generate(_page(diff)))


class Row(NamedTuple):
    """A line of a table of sums; a count for each section."""

    name: str
    more: str
    counts: list[int]


def _page(diff: Diff) -> dict[str, Any]:
    """Everything the template names."""
    found = sections(diff)
    by_account = _sums(
        found, lambda change: (change.finding.account.name, change.finding.account.id)
    )
    styles = "\n".join(asset(name) for name in _STYLES)
    return {
        "diff": diff,
        "sections": found,
        "listed": [each for each in found if each.changes and each.key != _NOT_LISTED],
        "answer": answer(found),
        "reach": reach(diff),
        "by_control": _sums(found, lambda change: (change.finding.control_id, "")),
        "by_account": by_account[:MOST_ACCOUNTS],
        "accounts": len(by_account),
        "most_rows": MOST_ROWS,
        "worst": worst,
        "state": state,
        "why": why,
        "styles": styles,
        "policy": policy(styles),
        **_tone(found),
    }


def _tone(found: Sequence[Section]) -> dict[str, str]:
    """What it amounts to, in a few words, and the class of its colour."""
    present = {section.key for section in found if section.changes}
    if present & {"new", "may-be-new"}:
        return {"tone": "New", "tone_class": "failed"}
    if "changed" in present or "replaced" in present:
        return {"tone": "Changed", "tone_class": "warning"}
    if "may-be-resolved" in present:
        return {"tone": "Nothing new, and not all is known", "tone_class": "unseen"}
    return {"tone": "Nothing new", "tone_class": "passed"}


def _sums(found: Sequence[Section], name: Callable[[Change], tuple[str, str]]) -> list[Row]:
    """How many changes of each section there are by name, those with the most new ones first."""
    counts = [Counter(map(name, section.changes)) for section in found]
    names = {each for counter in counts for each in counter}
    rows = [Row(*each, [counter[each] for counter in counts]) for each in names]
    return sorted(rows, key=lambda row: ([-count for count in row.counts], row.name, row.more))
