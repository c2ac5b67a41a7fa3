"""The lines of a run's journal: how the run began, and what each target gave, judged.

A journal is NDJSON; each line names its `type`. It lives while a run is under way, and is what a
killed run is resumed from.
"""

from __future__ import annotations

import msgspec

from orgscan.journal.spool import Block
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.organization import RegionStatus

VERSION = 1


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="begun"):
    """The first line: which run this is, and what decides its findings.

    Attributes:
        basis: every setting and version that a finding may depend on, by name; a run is resumed
            only on the same basis.
    """

    version: int = VERSION
    run_id: str
    started_at: str
    basis: dict[str, str]


class Central(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="central"):
    """What was asked about the organization as a whole, by one process."""

    evidence: Block


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="opened"):
    """The regions chosen in an account that is about to be swept.

    Attributes:
        evidence: where the exchanges lie that it rests on; None where none are kept.
    """

    account_id: str
    regions: tuple[RegionStatus, ...]
    evidence: Block | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="target"):
    """A target, or an account that could not be entered, with its findings.

    Attributes:
        services: services seen, by deployment controller.
        targets: how many targets the entry stands for.
        evidence: where the exchanges lie that it rests on; None where none are kept.
    """

    entry: CoverageEntry
    findings: tuple[Finding, ...] = ()
    services: dict[str, int] = {}
    targets: int = 1
    evidence: Block | None = None


class RecordEntry(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="target"):
    """A `Record` read for its entry alone: findings are most of a line, and are passed over."""

    entry: CoverageEntry


class Spent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="spent"):
    """What one process had asked of AWS so far; its last line of this kind holds.

    Attributes:
        process: tells the processes apart that worked on the run, one after another.
    """

    process: str
    api_calls: dict[str, int]
    throttled: int
    retried: int


Line = Begun | Central | Opened | Record | Spent


def block_of(line: Line) -> Block | None:
    """Where the evidence of a line lies, if it has any."""
    return line.evidence if isinstance(line, Central | Opened | Record) else None


def place_of(line: Line) -> tuple[str, str | None]:
    """The account and region that a line is about; no account where it is about them all."""
    match line:
        case Record():
            return line.entry.account_id, line.entry.region
        case Opened():
            return line.account_id, None
        case _:
            return "", None
