"""One line of a run's journal: what one target gave, judged."""

from __future__ import annotations

import msgspec

from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A target, or an account that could not be entered, with its findings.

    Attributes:
        services: services seen, by deployment controller.
        targets: how many targets the entry stands for.
    """

    entry: CoverageEntry
    findings: tuple[Finding, ...] = ()
    services: dict[str, int] = {}
    targets: int = 1


def sort_key(entry: CoverageEntry) -> tuple[str, str]:
    """Account, then region; an account's own entry before its regions."""
    return entry.account_id, entry.region or ""
