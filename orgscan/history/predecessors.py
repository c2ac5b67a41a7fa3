"""What is new only because each deployment makes new tasks and task sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from orgscan.model.diff import Basis, Change, Kind
from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.model.seen import SeenFinding


class _Alike(NamedTuple):
    """What a new finding and the one before it have in common."""

    control_id: str
    service_arn: str
    kind: str
    status: Status
    grade: Grade | None
    is_accepted: bool


def with_predecessors(changes: Sequence[Change]) -> list[Change]:
    """The same changes; what is new says which finding of its service it follows, if any."""
    gone = {
        alike: change.finding.key
        for change in changes
        if change.kind is Kind.RESOLVED
        and change.basis is Basis.NOT_THERE
        and (alike := _alike(change.finding))
    }
    return [_with_predecessor(change, gone) if gone else change for change in changes]


def _with_predecessor(change: Change, gone: dict[_Alike, str]) -> Change:
    alike = _alike(change.finding) if change.kind is Kind.NEW else None
    follows = gone.get(alike, "") if alike else ""
    return replace(change, follows=follows) if follows else change


def _alike(finding: SeenFinding) -> _Alike | None:
    resource = finding.resource
    if resource.service_arn is None or resource.service_arn == resource.arn:
        return None
    return _Alike(
        finding.control_id,
        resource.service_arn,
        resource.type,
        finding.status,
        finding.exposure.grade if finding.exposure else None,
        finding.is_accepted,
    )
