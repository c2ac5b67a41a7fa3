"""The format `text`: a diff as a person reads it in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO

from orgscan.model.diff import CoverageChange, Diff
from orgscan.model.finding import AccountRef
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
from orgscan.report.visible import visible

MOST_SHOWN = 20
# What is as it was is told by its number alone.
_NOT_LISTED = "persisting"


class TextDiff:
    """The format `text`."""

    name = "text"

    def write(self, diff: Diff, out: BinaryIO) -> None:
        """Write lines that hold no control character, whatever the names in them hold.

        Raises:
            OSError: the disk's own errors.
        """
        out.writelines(f"{visible(line)}\n".encode() for line in _lines(diff))


def _lines(diff: Diff) -> Iterator[str]:
    found = sections(diff)
    yield headline(found)
    yield ""
    for which, run_id, started_at in runs(diff):
        yield f"{which}       {run_id}, begun {started_at}"
    for note in diff.notes:
        yield f"Note      {note}"
    if told := reach(diff):
        yield f"Coverage  {told}"
    for section in found:
        if section.changes and section.key != _NOT_LISTED:
            yield from _section(section)
    yield from _places("Less seen", diff.less_seen)
    yield from _places("More seen", diff.more_seen)
    yield from _accounts("Accounts that only the new run has", diff.joined)
    yield from _accounts("Accounts that only the old run has", diff.left)


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"{section.title} ({len(section.changes):,}): {section.meaning}"
    shown = worst(section.changes, MOST_SHOWN)
    for account, of_account in groupby(shown, key=lambda change: change.finding.account):
        yield f"  {account.name} ({account.id})"
        for reason, changes in groupby(of_account, key=why):
            yield f"    {reason}"
            for change in changes:
                finding = change.finding
                yield f"      {finding.resource.arn}"
                yield f"        {finding.control_id}: {transition(change)}"
    yield from _more(len(section.changes))


def _places(title: str, places: tuple[CoverageChange, ...]) -> Iterator[str]:
    if not places:
        return
    yield ""
    yield f"{title} ({len(places):,})"
    for place in places[:MOST_SHOWN]:
        where = place.region or "the whole account"
        yield f"  {place.account_name} ({place.account_id}), {where}: {coverage_sentence(place)}"
    yield from _more(len(places))


def _accounts(title: str, accounts: tuple[AccountRef, ...]) -> Iterator[str]:
    if not accounts:
        return
    yield ""
    yield f"{title} ({len(accounts):,})"
    for account in accounts[:MOST_SHOWN]:
        yield f"  {account.name} ({account.id})"
    yield from _more(len(accounts))


def _more(number: int) -> Iterator[str]:
    if number > MOST_SHOWN:
        yield f"  and {number - MOST_SHOWN:,} more: --format json has all of them"
