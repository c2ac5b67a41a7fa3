"""Accounts are taken as they become known, each once, until there are no more to come."""

from __future__ import annotations

import asyncio

from orgscan.model.organization import Account
from orgscan.sweep.listing import Listing


def _accounts(*numbers: int) -> list[Account]:
    return [Account(id=f"{number:012d}", name="", state="ACTIVE") for number in numbers]


async def _all(listing: Listing) -> list[Account]:
    found = []
    while (account := await listing.next()) is not None:
        found.append(account)
    return found


async def test_whoever_takes_accounts_waits_for_the_next_ones_and_not_for_the_last() -> None:
    """The first is swept while others are still being listed."""
    listing = Listing()
    first = asyncio.create_task(listing.next())
    await asyncio.sleep(0)
    assert not first.done()

    listing.add(_accounts(1))

    assert await first == _accounts(1)[0]


async def test_several_takers_share_the_accounts_and_all_see_the_end() -> None:
    """Each account comes once, and nobody waits for ever."""
    listing = Listing()
    takers = [asyncio.create_task(_all(listing)) for _ in range(5)]
    for at in range(0, 40, 4):
        listing.add(_accounts(*range(at, at + 4)))
        await asyncio.sleep(0)
    listing.end()

    taken = [account.id for found in await asyncio.gather(*takers) for account in found]

    assert sorted(taken) == [account.id for account in _accounts(*range(40))]


async def test_who_wants_them_all_waits_until_all_are_listed() -> None:
    """As executors do that cut them into batches."""
    listing = Listing()
    rest = asyncio.create_task(listing.rest())
    listing.add(_accounts(1))
    await asyncio.sleep(0)
    assert not rest.done()

    listing.add(_accounts(2))
    listing.end()

    assert await rest == _accounts(1, 2)
    assert await listing.next() is None


async def test_a_whole_listing_needs_no_waiting() -> None:
    """An empty one has ended already."""
    assert await _all(Listing.of(_accounts(1, 2))) == _accounts(1, 2)
    assert await _all(Listing.of([])) == []
