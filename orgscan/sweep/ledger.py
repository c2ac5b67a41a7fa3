"""What a sweep tells as it goes, and what it may already know from an earlier process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from orgscan.model.evidence import Exchange
from orgscan.model.organization import RegionStatus
from orgscan.model.swept import Swept


class Ledger(Protocol):
    """Where entries go. A resumed run's ledger knows what needs no asking again."""

    def regions_of(self, account_id: str) -> tuple[RegionStatus, ...] | None:
        """The regions chosen in an account, where that is known already."""
        ...

    def has(self, account_id: str, region: str | None) -> bool:
        """Whether there is an entry for a target, or for an account as a whole."""
        ...

    def opened(
        self,
        account_id: str,
        regions: tuple[RegionStatus, ...],
        exchanges: Sequence[Exchange] = (),
    ) -> None:
        """Note the regions chosen in an account, before any of them is asked.

        Args:
            account_id: the account.
            regions: those chosen.
            exchanges: the calls that this rests on.
        """
        ...

    def take(self, swept: Swept) -> None:
        """Take an entry; each target, or each account as a whole, comes once."""
        ...
