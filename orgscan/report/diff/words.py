"""What all formats of a diff say in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nsmallest
from typing import NamedTuple

from orgscan.model.diff import Change, CoverageChange, Diff, Kind
from orgscan.model.exposure import Grade
from orgscan.model.finding import Severity
from orgscan.model.seen import SeenFinding
from orgscan.report.summary import counted


class Section(NamedTuple):
    """Changes that a reader looks at together; `key` is fit for an address."""

    key: str
    title: str
    meaning: str
    changes: Sequence[Change]


def sections(diff: Diff) -> list[Section]:
    """All changes, each in one section, what asks for attention first; sections may be empty."""
    by_key: dict[str, list[Change]] = {key: [] for key, _, _ in _SECTIONS}
    for change in diff.changes:
        by_key[_section_of(change)].append(change)
    return [Section(key, title, meaning, by_key[key]) for key, title, meaning in _SECTIONS]


_SECTIONS = (
    ("new", "New", "open now, and not before"),
    ("may-be-new", "May be new", "open now; the old run could not tell"),
    ("changed", "Changed", "open in both runs, and not alike"),
    ("replaced", "Replaced", "new, in services that failed alike before"),
    ("may-be-resolved", "May be resolved", "open before; the new run could not tell"),
    ("resolved", "Resolved", "seen to pass, or to be gone"),
    ("persisting", "Persisting", "open in both runs, the same"),
)


def _section_of(change: Change) -> str:
    match change.kind:
        case Kind.NEW:
            return "replaced" if change.follows else "new"
        case Kind.UNKNOWN:
            return "may-be-new" if change.may_be_new else "may-be-resolved"
        case _:
            return change.kind.lower()


def worst(changes: Sequence[Change], most: int) -> list[Change]:
    """The gravest of them, in the order in which they came."""
    if len(changes) <= most:
        return list(changes)
    kept = nsmallest(most, range(len(changes)), key=lambda at: _rank(changes[at]))
    return [changes[at] for at in sorted(kept)]


# Both are declared from worst to best.
_SEVERITIES = {severity: rank for rank, severity in enumerate(Severity)}
_GRADES = {grade: rank for rank, grade in enumerate(Grade)}


def answer(found: Sequence[Section]) -> str:
    """What is new, in one sentence; holds figures only, never an outside name."""
    count = {section.key: len(section.changes) for section in found}
    new, perhaps = count["new"] + count["replaced"], count["may-be-new"]
    if new and perhaps:
        return f"{_are_new(new)}, and {perhaps:,} more may be."
    if perhaps:
        return f"{counted(perhaps, 'finding')} may be new."
    return f"{_are_new(new)}." if new else "Nothing is new."


def _are_new(number: int) -> str:
    return f"{counted(number, 'finding')} {'is' if number == 1 else 'are'} new"


def _rank(change: Change) -> tuple[bool, int, int]:
    """What nobody accepted before what somebody did, then by severity and exposure."""
    finding = change.finding
    grade = finding.exposure.grade if finding.exposure else Grade.UNKNOWN
    return finding.is_accepted, _SEVERITIES[finding.severity], _GRADES[grade]


def headline(found: Sequence[Section]) -> str:
    """The answer in one sentence; holds figures only, never an outside name."""
    if not any(section.changes for section in found):
        return "Nothing is open in either run."
    parts = [
        f"{len(section.changes):,} {section.title.lower()}"
        for section in found
        if section.changes or section.key in _ALWAYS_SAID
    ]
    return f"{', '.join(parts)}."


_ALWAYS_SAID = frozenset({"new", "resolved", "persisting"})


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
