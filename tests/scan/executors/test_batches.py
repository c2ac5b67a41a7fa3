"""Accounts go out in batches of a handy size, and nothing that is known goes out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from orgscan.model.organization import Account, RegionSource, RegionStatus
from orgscan.scan.book import Book
from orgscan.scan.executors.batches import batches_of
from orgscan.scan.executors.messages import Batch

Make = Callable[[int], Account]


class _Book:
    """What an earlier process left."""

    def __init__(
        self,
        regions: dict[str, tuple[RegionStatus, ...]] | None = None,
        done: frozenset[tuple[str, str | None]] = frozenset(),
    ) -> None:
        self._regions = regions or {}
        self._done = done

    def regions_of(self, account_id: str) -> tuple[RegionStatus, ...] | None:
        """As `Book.regions_of`."""
        return self._regions.get(account_id)

    def has(self, account_id: str, region: str | None) -> bool:
        """As `Book.has`."""
        return (account_id, region) in self._done


def _batches(accounts: list[Account], book: _Book, workers: int) -> list[Batch]:
    return list(batches_of(accounts, cast(Book, book), workers))


@pytest.mark.parametrize(
    ("accounts", "workers", "sizes"),
    [
        (0, 2, []),
        (1, 2, [1]),
        (10, 2, [1] * 10),
        (64, 2, [4] * 16),
        (100, 2, [6] * 16 + [4]),
        (3_000, 2, [32] * 93 + [24]),
    ],
)
def test_each_worker_has_several_batches_of_at_most_32_accounts(
    make_account: Make, accounts: int, workers: int, sizes: list[int]
) -> None:
    """So that the last ones end together, and a lost worker costs little."""
    given = [make_account(number) for number in range(accounts)]
    batches = _batches(given, _Book(), workers)

    assert [len(batch.accounts) for batch in batches] == sizes
    assert [account for batch in batches for account in batch.accounts] == given
    assert [batch.number for batch in batches] == list(range(len(sizes)))


def test_what_an_earlier_process_swept_is_told_and_not_sent_again(make_account: Make) -> None:
    """Whole accounts are left out; of half of one the worker learns what is done."""
    whole, half, refused, new = (make_account(number) for number in range(4))
    regions = tuple(
        RegionStatus(name=name, opt_status="ENABLED", source=RegionSource.ACCOUNT_API)
        for name in ("eu-west-1", "us-east-1")
    )
    done = frozenset(
        {
            (whole.id, "eu-west-1"),
            (whole.id, "us-east-1"),
            (half.id, "us-east-1"),
            (refused.id, None),
        }
    )
    book = _Book({whole.id: regions, half.id: regions}, done)
    first, second = _batches([whole, half, refused, new], book, 1)

    assert first.accounts == (half,)
    assert first.regions == {half.id: regions}
    assert first.done == {(half.id, "us-east-1")}
    assert (second.accounts, second.regions, second.done) == ((new,), {}, frozenset())
