"""Whether the allowlist permits a change: by which entry, or why not. Nothing is read here."""

from __future__ import annotations

import datetime as dt

import msgspec

from orgscan.config.allowlist import Allowlist, RemediationEntry
from orgscan.model.remediation import ActionKind, Code, Permit, Place


class Refused(msgspec.Struct, frozen=True):
    """No entry permits it, and why."""

    code: Code
    reason: str


def permitted(
    allowlist: Allowlist, place: Place, kind: ActionKind, today: dt.date
) -> Permit | Refused:
    """The first entry that permits a change of a service.

    An exception wins over every permission: what somebody accepted is not changed.

    Args:
        allowlist: as it is now.
        place: the service.
        kind: what would be done to it.
        today: the day in UTC.
    """
    where = (place.region, place.cluster_name, place.service_name)
    excepted = allowlist.exception_for(place.account_id, place.ou_path, *where, today)
    if excepted is not None:
        return Refused(
            Code.EXCEPTED, f"exception {excepted.id!r} covers it until {excepted.expires}"
        )
    naming = [
        entry
        for entry in allowlist.remediate
        if entry.is_for(place.account_id, place.ou_path) and entry.names(*where)
    ]
    holding = [entry for entry in naming if not entry.is_expired(today)]
    for entry in holding:
        if kind in entry.actions:
            return _permit(entry)
    return _why_not(naming, holding, kind)


def _permit(entry: RemediationEntry) -> Permit:
    return Permit(
        entry=entry.id,
        owner=entry.owner,
        ticket=entry.ticket,
        expires=entry.expires.isoformat(),
        max_changes=entry.max_changes,
        subnets=entry.subnets,
    )


def _why_not(
    naming: list[RemediationEntry], holding: list[RemediationEntry], kind: ActionKind
) -> Refused:
    if holding:
        named = ", ".join(repr(entry.id) for entry in holding)
        return Refused(Code.ACTION_NOT_PERMITTED, f"entry {named} does not permit {kind}")
    if naming:
        last = max(naming, key=lambda entry: entry.expires)
        return Refused(Code.ENTRY_EXPIRED, f"entry {last.id!r} expired on {last.expires}")
    return Refused(Code.NOT_ALLOWLISTED, "no entry of the allowlist names this service")
