"""The format `json`: a diff as programs read it, `orgscan.diff`, version 1.

One change on each line, so that it can be streamed, read by eye and compared line by line.
"""

from __future__ import annotations

from typing import BinaryIO, Literal

import msgspec

from orgscan.model.coverage import CoverageStatus
from orgscan.model.diff import Basis, Change, CoverageChange, Diff, Kind, RunRef
from orgscan.model.exposure import Grade
from orgscan.model.finding import AccountRef, ExceptionNote, Severity, Status
from orgscan.model.seen import SeenFinding, SeenResource
from orgscan.report.json_lines import encoded, write_list

FORMAT = "orgscan.diff"
VERSION = 1


class StateV1(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as one of the runs has it; `exposure` is the grade, null where none was made."""

    status: Status
    severity: Severity
    exposure: Grade | None
    exception: ExceptionNote | None
    reason: str
    evidence: tuple[str, ...]


class ChangeV1(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one finding (docs/history.md has what `kind` and `basis` mean).

    Attributes:
        before: null where it is not open in the old run; `after` likewise.
    """

    key: str
    kind: Kind
    basis: Basis
    why: str
    differs: tuple[str, ...]
    follows: str
    control_id: str
    account: AccountRef
    region: str
    resource: SeenResource
    owner: str | None
    before: StateV1 | None
    after: StateV1 | None


class PlaceV1(msgspec.Struct, frozen=True, kw_only=True):
    """An account-region, or a whole account (region null), of which one run saw less."""

    account_id: str
    account_name: str
    region: str | None
    before: CoverageStatus | None
    after: CoverageStatus | None
    reason: str


class DiffV1(msgspec.Struct, frozen=True, kw_only=True):
    """The whole document; what its JSON Schema is made from.

    Attributes:
        totals: the number of changes by kind, zeros included.
        changes: ordered by account, region, ARN and control.
    """

    format: Literal["orgscan.diff"]
    version: Literal[1]
    organization_id: str
    old: RunRef
    new: RunRef
    notes: tuple[str, ...]
    totals: dict[Kind, int]
    joined: tuple[AccountRef, ...]
    left: tuple[AccountRef, ...]
    less_seen: tuple[PlaceV1, ...]
    more_seen: tuple[PlaceV1, ...]
    changes: tuple[ChangeV1, ...]


class JsonDiff:
    """The format `json`."""

    name = "json"

    def write(self, diff: Diff, out: BinaryIO) -> None:
        """Write the document, making one line at a time.

        Raises:
            OSError: the disk's own errors.
        """
        out.write(b'{"format":"%s","version":%d' % (FORMAT.encode(), VERSION))
        for name, value in (
            ("organization_id", diff.organization_id),
            ("old", diff.old),
            ("new", diff.new),
            ("notes", diff.notes),
            ("totals", _totals(diff)),
            ("joined", diff.joined),
            ("left", diff.left),
        ):
            out.writelines((b',\n"%s":' % name.encode(), encoded(value)))
        for name, values in (
            ("less_seen", map(_place, diff.less_seen)),
            ("more_seen", map(_place, diff.more_seen)),
            ("changes", map(_change, diff.changes)),
        ):
            out.write(b',\n"%s":' % name.encode())
            write_list(out, values)
        out.write(b"}\n")


def _totals(diff: Diff) -> dict[Kind, int]:
    totals = dict.fromkeys(Kind, 0)
    for change in diff.changes:
        totals[change.kind] += 1
    return totals


def _change(change: Change) -> ChangeV1:
    finding = change.finding
    return ChangeV1(
        key=finding.key,
        kind=change.kind,
        basis=change.basis,
        why=change.why,
        differs=change.differs,
        follows=change.follows,
        control_id=finding.control_id,
        account=finding.account,
        region=finding.region,
        resource=finding.resource,
        owner=finding.owner,
        before=_state(change.before),
        after=_state(change.after),
    )


def _state(finding: SeenFinding | None) -> StateV1 | None:
    if finding is None:
        return None
    return StateV1(
        status=finding.status,
        severity=finding.severity,
        exposure=finding.exposure.grade if finding.exposure else None,
        exception=finding.exception,
        reason=finding.reason,
        evidence=finding.evidence,
    )


def _place(place: CoverageChange) -> PlaceV1:
    return PlaceV1(**msgspec.structs.asdict(place))
