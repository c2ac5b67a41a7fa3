"""What `doctor` found out about one capability in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable

import msgspec

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.model.organization import Account
from orgscan.model.outcome import NotCollected
from orgscan.permissions.capability import Capability


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One capability in one place.

    Attributes:
        account: None for what the caller is asked about.
        region: None for what belongs to no region.
        place: what it is about where that is no account: a bucket, a key, a topic.
        why: what stands in the way; None where it is allowed.
        mend: what to do, where that is not told by the status.
        untried: why it could not be tried; empty where it was.
    """

    capability: Capability
    account: Account | None = None
    region: str | None = None
    place: str = ""
    why: NotCollected | None = None
    mend: str = ""
    untried: str = ""


async def first_refusal(calls: Iterable[Awaitable[object]]) -> NotCollected | None:
    """Make the calls one after another; why the first of them is not allowed, or gives no answer.

    That AWS finds nothing of the name, or no sense in it, means that the call was allowed.
    """
    refusal = None
    for call in calls:
        try:
            await call
        except CallFailed as failed:
            if failed.kind is not FailureKind.REFUSED and refusal is None:
                refusal = failed.why
    return refusal


async def refusal_but_for(call: Awaitable[object], *expected: str) -> NotCollected | None:
    """Why a call gives nothing, unless by the error code that says that it was allowed."""
    try:
        await call
    except CallFailed as failed:
        return None if failed.code in expected else failed.why
    return None
