"""What the sweep gives for one target, or for an account that could not be entered."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orgscan.model.coverage import CoverageEntry
from orgscan.model.evidence import Exchange
from orgscan.model.facts import RegionFacts
from orgscan.model.organization import Account


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger with the facts that were seen.

    Attributes:
        facts: None where nothing was seen.
        targets: how many targets the entry stands for: 1, or all of an account's regions where
            the account could not be entered.
        exchanges: the calls that it rests on, as far as they are not kept already.
    """

    account: Account
    entry: CoverageEntry
    facts: RegionFacts | None = None
    targets: int = 1
    exchanges: Sequence[Exchange] = ()
