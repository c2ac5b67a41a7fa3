"""List, then describe each: what the collectors have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import msgspec
from msgspec.structs import replace

from orgscan.aws.failure import CallFailed
from orgscan.aws.few_at_once import few_at_once
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.session import RegionSession
from orgscan.collect.launchers.interface import Gathered
from orgscan.model.launcher import Launcher
from orgscan.model.outcome import NotCollected

# Each service meters the account-region by itself; production shares that with us.
_AT_ONCE = 2

Page = TypeVar("Page")
Item = TypeVar("Item")


class Listed(msgspec.Struct, Generic[Item]):
    """What a list gave before its end, or before something cut it short.

    Attributes:
        items: each with the digest of the page it came on.
    """

    items: list[tuple[Item, str]]
    cut_short: NotCollected | None = None

    @property
    def missing(self) -> tuple[NotCollected, ...]:
        """What cut it short, as facts have it."""
        return () if self.cut_short is None else (self.cut_short,)


async def list_all(
    session: RegionSession,
    operation: Operation[Page],
    parameters: Parameters,
    *,
    cursor_member: str,
    page: Callable[[Page], tuple[list[Item], str | None]],
) -> Listed[Item]:
    """Every item of a list.

    Args:
        session: the account-region.
        operation: the list operation.
        parameters: its members without the token.
        cursor_member: the request member that takes the token.
        page: reads the items and the next page's token off an answer.
    """
    found: Listed[Item] = Listed([])
    replies = session.pages(
        operation, parameters, cursor_member=cursor_member, next_token=lambda data: page(data)[1]
    )
    try:
        async for reply in replies:
            found.items += ((item, reply.digest) for item in page(reply.data)[0])
    except CallFailed as failed:
        found.cut_short = failed.why
    return found


async def complete_all(
    listed: Sequence[Launcher], complete: Callable[[Launcher], Awaitable[Launcher | None]]
) -> Gathered:
    """Describe each resource that was listed; one that fails costs no other.

    Args:
        listed: as far as the list tells of them.
        complete: gives the whole of it, or None where it starts no ECS tasks. May raise CallFailed.
    """

    async def attempt(launcher: Launcher) -> Launcher | None:
        try:
            return await complete(launcher)
        except CallFailed as failed:
            return replace(launcher, unseen=failed.why)

    done = await few_at_once(_AT_ONCE, [attempt(launcher) for launcher in listed])
    found = tuple(launcher for launcher in done if launcher is not None)
    return Gathered(found, _causes(found))


def _causes(launchers: Sequence[Launcher]) -> tuple[NotCollected, ...]:
    """Why launchers were not described: each cause once, since messages name each resource."""
    causes: dict[tuple[str, str, str], NotCollected] = {}
    for launcher in launchers:
        if (why := launcher.unseen) is not None:
            causes.setdefault((why.api, why.error_code, why.reason), why)
    return tuple(causes.values())
