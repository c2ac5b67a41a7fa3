"""From findings and the allowlist to a plan, with the live state read anew for each.

Nothing here changes anything: the sessions are the read role's, cut down to reading.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

import msgspec
from msgspec.structs import replace

from orgscan.aws.failure import CallFailed
from orgscan.aws.session import RegionSession
from orgscan.config.allowlist import Allowlist
from orgscan.model.finding import Finding
from orgscan.model.remediation import (
    Code,
    NoAction,
    Permit,
    Place,
    Plan,
    PlannedAction,
    Proof,
)
from orgscan.remediation.actions.registry import ACTIONS, kind_for
from orgscan.remediation.allowed import Refused, permitted
from orgscan.remediation.digests import short
from orgscan.remediation.findings import places_of
from orgscan.remediation.journal import now_text

Prove = Callable[[RegionSession, PlannedAction], Awaitable[Proof]]
"""The pre-flight of one action."""


class Planning(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made with.

    Attributes:
        reader: gives the account-region of a place, by the read role.
        prove: the pre-flight.
        now: seconds since 1970.
        valid_seconds: how long the plan may be applied.
    """

    allowlist: Allowlist
    allowlist_place: str
    reader: Callable[[Place], RegionSession]
    prove: Prove
    now: float
    made_by: str
    run_id: str
    management_account_id: str
    soak_seconds: int
    valid_seconds: int

    @property
    def today(self) -> dt.date:
        """The day in UTC."""
        return dt.datetime.fromtimestamp(self.now, tz=dt.UTC).date()


async def make_plan(findings: Iterable[Finding], planning: Planning) -> Plan:
    """What is to be done about each failed finding, or why nothing is.

    Args:
        findings: of a run, all of them.
        planning: what it is made with.
    """
    actions: list[PlannedAction] = []
    none: list[NoAction] = []
    changed: dict[str, set[str]] = defaultdict(set)
    for finding, place in places_of(findings):
        made = await _for_one(place, planning, changed)
        if isinstance(made, Refused):
            name = place.service_name if place else finding.resource.id
            none.append(
                NoAction(
                    finding_key=finding.key,
                    service_name=name,
                    code=made.code,
                    reason=made.reason,
                )
            )
            continue
        changed[made.permit.entry].add(made.place.service_arn)
        actions.append(replace(made, finding_key=finding.key))
    made_at = now_text(planning.now)
    return Plan(
        id=f"{made_at.translate(_FOR_ID)}-{short([actions, planning.run_id], 6)}",
        made_at=made_at,
        expires_at=now_text(planning.now + planning.valid_seconds),
        made_by=planning.made_by,
        run_id=planning.run_id,
        management_account_id=planning.management_account_id,
        allowlist=planning.allowlist_place,
        soak_seconds=planning.soak_seconds,
        actions=tuple(actions),
        none=tuple(none),
    )


_FOR_ID = str.maketrans("", "", "-:")


async def _for_one(
    place: Place | None, planning: Planning, changed: dict[str, set[str]]
) -> PlannedAction | Refused:
    """Permission first, so that nothing is even read of what the allowlist does not name."""
    if place is None:
        return Refused(Code.UNSUPPORTED, "the finding names no service")
    kind = kind_for(place.controller)
    action = ACTIONS.get(kind) if kind else None
    if kind is None or action is None:
        return Refused(
            Code.UNSUPPORTED,
            f"nothing can be done to services of the {place.controller} controller",
        )
    permit = permitted(planning.allowlist, place, kind, planning.today)
    if isinstance(permit, Refused):
        return permit
    if _is_too_many(permit, place, changed):
        return Refused(
            Code.MAX_CHANGES,
            f"entry {permit.entry!r} permits {permit.max_changes} changes in one run",
        )
    session = planning.reader(place)
    try:
        made = action.plan(await action.read(session, place), place, permit)
        return made if isinstance(made, Refused) else await _proved(session, made, planning.prove)
    except CallFailed as failed:
        return Refused(Code.NOT_SEEN, failed.why.reason)


def _is_too_many(permit: Permit, place: Place, changed: dict[str, set[str]]) -> bool:
    services = changed[permit.entry]
    return place.service_arn not in services and len(services) >= permit.max_changes


async def _proved(
    session: RegionSession, made: PlannedAction, prove: Prove
) -> PlannedAction | Refused:
    proof = await prove(session, made)
    if proof.verdict == "FAIL":
        return Refused(Code.PREFLIGHT_FAILED, "; ".join(proof.lines))
    return replace(made, proof=proof)
