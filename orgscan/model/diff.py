"""What changed between two runs of one organization."""

from __future__ import annotations

import enum

import msgspec

from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import AccountRef, Status
from orgscan.model.run import Scope
from orgscan.model.seen import SeenFinding


class Kind(enum.StrEnum):
    """What became of a finding that is open in one of the runs, or in both.

    Attributes:
        NEW: open now; the old run looked and it was not.
        CHANGED: open in both, with another status, exposure, severity or exception.
        PERSISTING: open in both, the same.
        RESOLVED: open before; the new run looked and it is not.
        UNKNOWN: open in one of them, and the other could not tell.
    """

    NEW = "NEW"
    CHANGED = "CHANGED"
    PERSISTING = "PERSISTING"
    RESOLVED = "RESOLVED"
    UNKNOWN = "UNKNOWN"


class Basis(enum.StrEnum):
    """What the other run says of a finding that is open in one of them.

    The first five are known, and make a finding NEW or RESOLVED; all that follow are reasons why
    it is not known. docs/history.md has the table.
    """

    OPEN = "OPEN"
    PASSED = "PASSED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NOT_THERE = "NOT_THERE"
    ACCOUNT_JOINED = "ACCOUNT_JOINED"
    NOT_EVALUATED = "NOT_EVALUATED"
    ADDRESSES_NOT_SEEN = "ADDRESSES_NOT_SEEN"
    CONTROL_NOT_RUN = "CONTROL_NOT_RUN"
    NOT_ASKED = "NOT_ASKED"
    PARTLY_COVERED = "PARTLY_COVERED"
    NOT_COVERED = "NOT_COVERED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one finding.

    Attributes:
        basis: what the other run says of it; OPEN where it is open in both.
        why: one sentence for a person.
        before: as the old run has it; None where it is not open there.
        after: as the new run has it; None where it is not open there.
        differs: which members differ, where it is CHANGED: status, severity, exposure, exception.
        follows: where it is NEW, the key of something of the same service that failed the same
            control alike before and is gone, as tasks and task sets go with each deployment; empty
            where there is none.
    """

    kind: Kind
    basis: Basis
    why: str
    before: SeenFinding | None
    after: SeenFinding | None
    differs: tuple[str, ...] = ()
    follows: str = ""

    @property
    def finding(self) -> SeenFinding:
        """The newest that is known of it."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change is about a finding that one of the runs has")
        return found

    @property
    def may_be_new(self) -> bool:
        """Whether it is open now, and the old run could not tell whether it was."""
        return self.kind is Kind.UNKNOWN and self.after is not None

    @property
    def has_begun_to_count(self) -> bool:
        """Whether it fails now and nobody accepted it, which was not so before."""
        return _counts(self.after) and not _counts(self.before)


def _counts(finding: SeenFinding | None) -> bool:
    return finding is not None and finding.status is Status.FAILED and not finding.is_accepted


class CoverageChange(msgspec.Struct, frozen=True, kw_only=True):
    """An account-region, or a whole account, of which one run saw less than the other.

    Attributes:
        region: None for the whole account.
        before, after: None where that run's ledger has no such line.
        reason: why the one that saw less did.
    """

    account_id: str
    account_name: str
    region: str | None
    before: CoverageStatus | None
    after: CoverageStatus | None
    reason: str


class RunRef(msgspec.Struct, frozen=True, kw_only=True):
    """A run, as a diff names it."""

    id: str
    started_at: str
    tool_version: str
    scope: Scope


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """What changed.

    Attributes:
        notes: what a reader has to know of how far the runs can be compared, one sentence each.
        changes: ordered by account, region, ARN and control.
        less_seen: what the new run saw less of; `more_seen` what it saw more of.
        joined: accounts that only the new run's ledger has; `left` those that only the old one's.
    """

    organization_id: str
    old: RunRef
    new: RunRef
    notes: tuple[str, ...]
    changes: tuple[Change, ...]
    less_seen: tuple[CoverageChange, ...] = ()
    more_seen: tuple[CoverageChange, ...] = ()
    joined: tuple[AccountRef, ...] = ()
    left: tuple[AccountRef, ...] = ()
