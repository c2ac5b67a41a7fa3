"""What all formats of a diff say in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from orgscan.model.diff import Change, CoverageChange, Diff, Kind
from orgscan.model.seen import SeenFinding
from orgscan.report.summary import counted

NO_GRADE = "not looked at"


class Section(NamedTuple):
    """Changes that a reader looks at together; `key` is fit for an address."""

    key: str
    title: str
    meaning: str
    changes: tuple[Change, ...]


def sections(diff: Diff) -> list[Section]:
    """All changes, what asks for attention first; sections may be empty."""

    def those(kind: Kind) -> tuple[Change, ...]:
        return tuple(change for change in diff.changes if change.kind is kind)

    unknown = those(Kind.UNKNOWN)
    return [
        Section("new", "New", "open now, and not before", those(Kind.NEW)),
        Section(
            "may-be-new",
            "May be new",
            "open now; the old run could not tell",
            tuple(change for change in unknown if change.may_be_new),
        ),
        Section("changed", "Changed", "open in both, and not alike", those(Kind.CHANGED)),
        Section(
            "may-be-resolved",
            "May be resolved",
            "open before; the new run could not tell",
            tuple(change for change in unknown if not change.may_be_new),
        ),
        Section("resolved", "Resolved", "seen to pass, or to be gone", those(Kind.RESOLVED)),
        Section("persisting", "Persisting", "open in both, the same", those(Kind.PERSISTING)),
    ]


def headline(diff: Diff) -> str:
    """The answer in one sentence; holds figures only, never an outside name."""
    by_key = {section.key: len(section.changes) for section in sections(diff)}
    if not diff.changes:
        return "Nothing is open in either run."
    parts = [f"{by_key['new']:,} new{_following(diff)}"]
    if by_key["may-be-new"]:
        parts.append(f"{by_key['may-be-new']:,} may be new")
    parts += [f"{by_key['changed']:,} changed", f"{by_key['resolved']:,} resolved"]
    if by_key["may-be-resolved"]:
        parts.append(f"{by_key['may-be-resolved']:,} may be resolved")
    parts.append(f"{by_key['persisting']:,} persisting")
    return f"{', '.join(parts)}."


def _following(diff: Diff) -> str:
    following = sum(bool(change.follows) for change in diff.changes)
    if not following:
        return ""
    return f" ({following:,} in services that failed alike before)"


def reach(diff: Diff) -> str:
    """How much less, or more, the new run saw; empty where both saw the same."""
    parts = [
        f"{what} {_extent(places)}"
        for what, places in (("less of", diff.less_seen), ("more of", diff.more_seen))
        if places
    ]
    return f"The new run saw {' and '.join(parts)}." if parts else ""


def _extent(places: tuple[CoverageChange, ...]) -> str:
    accounts = sum(place.region is None for place in places)
    regions = len(places) - accounts
    return " and ".join(
        counted(number, noun)
        for number, noun in ((accounts, "account"), (regions, "account-region"))
        if number
    )


def state(finding: SeenFinding) -> str:
    """`FAILED, reachable, accepted until 2027-01-31`."""
    parts = [finding.status.value]
    if finding.exposure is not None:
        parts.append(finding.exposure.grade.value)
    if finding.exception is not None:
        parts.append(f"accepted until {finding.exception.expires}")
    return ", ".join(parts)


def transition(change: Change) -> str:
    """Its state, and for what has changed the state before."""
    if change.before is not None and change.after is not None and change.differs:
        return f"{state(change.after)} (before: {state(change.before)})"
    return state(change.finding)


def why(change: Change) -> str:
    """One or two sentences."""
    if change.follows:
        return f"{change.why} Its service failed alike before, by what is gone now."
    return change.why


def coverage_sentence(place: CoverageChange) -> str:
    """What became of it: `COVERED before, DENIED now: why`."""
    reason = f": {place.reason}" if place.reason else ""
    return f"{place.before} before, {place.after} now{reason}"


def runs(diff: Diff) -> Iterator[tuple[str, str, str]]:
    """Which run it is, its id and when it began; the old one first."""
    for which, run in (("Old", diff.old), ("New", diff.new)):
        yield which, run.id, run.started_at
