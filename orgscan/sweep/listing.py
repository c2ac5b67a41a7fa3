"""The accounts of a sweep as they become known: it may begin with the first while AWS lists on.

AWS lists twenty accounts a call, and few calls a second: of 10,000 accounts the last one is known
half a minute after the first.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Self

from orgscan.model.organization import Account


class Listing:
    """Accounts, each taken once; whoever takes one waits while there may be more to come."""

    def __init__(self) -> None:
        self._known: deque[Account] = deque()
        self._is_whole = False
        self._changed = asyncio.Event()

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> Self:
        """A listing that is whole."""
        listing = cls()
        listing.add(accounts)
        listing.end()
        return listing

    def add(self, accounts: Iterable[Account]) -> None:
        """These are known now."""
        self._known.extend(accounts)
        self._changed.set()

    def end(self) -> None:
        """There are no more."""
        self._is_whole = True
        self._changed.set()

    async def next(self) -> Account | None:
        """The next account; None where there are no more."""
        while not self._known:
            if self._is_whole:
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._known.popleft()

    async def rest(self) -> list[Account]:
        """All that nobody has taken, once there are no more to come."""
        rest = []
        while (account := await self.next()) is not None:
            rest.append(account)
        return rest
