"""Accounts cut into batches: small enough to go round, large enough to be worth the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orgscan.model.organization import Account
from orgscan.scan.book import Book
from orgscan.scan.executors.messages import Batch

# What a lost worker costs at most, and what a coordinator holds of one at once.
_MOST_ACCOUNTS = 32
_BATCHES_EACH = 8


def batches_of(accounts: Sequence[Account], book: Book, workers: int) -> Iterator[Batch]:
    """The accounts that the book does not know, in batches.

    Args:
        accounts: of the scope.
        book: what an earlier process had swept is not sent again.
        workers: how many there are; each shall have several batches, so that the last ones of all
            end together.
    """
    left = [account for account in accounts if not _is_done(account, book)]
    size = min(max(len(left) // (workers * _BATCHES_EACH), 1), _MOST_ACCOUNTS)
    for number, at in enumerate(range(0, len(left), size)):
        part = tuple(left[at : at + size])
        regions = {one.id: told for one in part if (told := book.regions_of(one.id)) is not None}
        yield Batch(
            number=number,
            accounts=part,
            regions=regions,
            done=frozenset(
                (account, region.name)
                for account, told in regions.items()
                for region in told
                if book.has(account, region.name)
            ),
        )


def _is_done(account: Account, book: Book) -> bool:
    regions = book.regions_of(account.id)
    if regions is None:
        return book.has(account.id, None)
    return all(book.has(account.id, region.name) for region in regions)
