"""A list that is read to its end, or to what cut it short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.session import RegionSession
from orgscan.model.outcome import NotCollected

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
