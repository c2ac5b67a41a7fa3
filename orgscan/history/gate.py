"""Whether a diff is a reason to stop whoever asked."""

from __future__ import annotations

import enum

from orgscan.model.diff import Change, Diff, Kind


class FailOn(enum.StrEnum):
    """What makes `orgscan diff` exit with 1. What somebody accepted never does.

    Attributes:
        NEW: what is new or may be new, and what has begun to fail.
        WORSE: the same, without what only follows something of its service that failed alike.
        UNKNOWN: as NEW, and what may be resolved but was not seen.
        NONE: nothing.
    """

    NEW = "new"
    WORSE = "worse"
    UNKNOWN = "unknown"
    NONE = "none"


def trips(diff: Diff, fail_on: FailOn) -> bool:
    """Whether any change is among what was asked for."""
    return any(_trips(change, fail_on) for change in diff.changes)


def _trips(change: Change, fail_on: FailOn) -> bool:
    if fail_on is FailOn.NONE or change.finding.is_accepted:
        return False
    if fail_on is FailOn.UNKNOWN and change.kind is Kind.UNKNOWN:
        return True
    if fail_on is FailOn.WORSE and change.follows:
        return False
    return change.kind is Kind.NEW or change.may_be_new or change.has_begun_to_count
