"""The format `markdown`: a diff on one screen, for a pull request, a ticket or a chat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from orgscan.model.diff import Change, CoverageChange, Diff
from orgscan.report.diff.words import (
    Section,
    coverage_sentence,
    headline,
    reach,
    runs,
    sections,
    transition,
    why,
    worst,
)
from orgscan.report.inert import code, words

MOST_SHOWN = 20
LONGEST_WHY = 200
_NOT_LISTED = "persisting"


class MarkdownDiff:
    """The format `markdown`."""

    name = "markdown"

    def write(self, diff: Diff, out: BinaryIO) -> None:
        """Write the figures, and what is new, changed, resolved and unknown as far as it fits.

        Raises:
            OSError: the disk's own errors.
        """
        out.writelines(f"{line}\n".encode() for line in _lines(diff))


def _lines(diff: Diff) -> Iterator[str]:
    found = sections(diff)
    yield "# orgscan: what changed"
    yield ""
    yield f"**{headline(found)}** {reach(diff)}".rstrip()
    yield ""
    for which, run_id, started_at in runs(diff):
        yield f"- {which}: {code(run_id)}, begun {code(started_at)}"
    yield ""
    for note in diff.notes:
        yield f"> {words(note)}"
        yield ""
    for section in found:
        if section.changes and section.key != _NOT_LISTED:
            yield from _section(section)
    yield from _places("Less seen", diff.less_seen)
    yield from _places("More seen", diff.more_seen)


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title} ({len(section.changes):,})"
    yield ""
    yield f"{section.meaning[0].upper()}{section.meaning[1:]}."
    yield ""
    yield "| state | account | region | resource | control | why |"
    yield "|---|---|---|---|---|---|"
    yield from map(_row, worst(section.changes, MOST_SHOWN))
    yield ""
    yield from _more(len(section.changes))


def _row(change: Change) -> str:
    finding = change.finding
    cells = (
        words(transition(change)),
        f"{code(finding.account.name, 60)} {code(finding.account.id)}".strip(),
        code(finding.region),
        code(finding.resource.arn, 300),
        code(finding.control_id),
        words(why(change), LONGEST_WHY),
    )
    return f"| {' | '.join(cells)} |"


def _places(title: str, places: tuple[CoverageChange, ...]) -> Iterator[str]:
    if not places:
        return
    yield f"## {title} ({len(places):,})"
    yield ""
    yield "| account | region | coverage |"
    yield "|---|---|---|"
    for place in places[:MOST_SHOWN]:
        account = f"{code(place.account_name, 60)} {code(place.account_id)}".strip()
        region = code(place.region) if place.region else "the whole account"
        yield f"| {account} | {region} | {words(coverage_sentence(place))} |"
    yield ""
    yield from _more(len(places))


def _more(number: int) -> Iterator[str]:
    if number > MOST_SHOWN:
        yield f"… and {number - MOST_SHOWN:,} more."
        yield ""
