"""Batches, and workers that need no process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orgscan.model.organization import Account
from orgscan.scan.executors.messages import Batch


@pytest.fixture
def make_account() -> Callable[[int], Account]:
    """An active account by its number."""
    return lambda number: Account(id=f"{number:012d}", name=f"account {number}", state="ACTIVE")


@pytest.fixture
def make_batch(make_account: Callable[[int], Account]) -> Callable[[int], Batch]:
    """A batch of one account."""
    return lambda number: Batch(number=number, accounts=(make_account(number),))
