"""How far a scan is."""

from __future__ import annotations

import msgspec


class Progress(msgspec.Struct):
    """One object, changed as the scan goes.

    Attributes:
        run_id: the run.
        organization_id: empty until AWS has told it.
        accounts: in scope, as far as they are listed.
        is_listed: whether that is all of them.
        opened: accounts whose regions are known, or that are done with otherwise.
        targets: account-regions that have their entry.
        expected: account-regions of the opened accounts.
        failed: findings that failed, without exception.
        gaps: account-regions not, or not wholly, seen.
    """

    run_id: str = ""
    organization_id: str = ""
    accounts: int = 0
    is_listed: bool = False
    opened: int = 0
    targets: int = 0
    expected: int = 0
    failed: int = 0
    gaps: int = 0
    api_calls: int = 0
    throttled: int = 0

    @property
    def share(self) -> float:
        """From 0 to 1, taking accounts not opened yet to be like those that are.

        0 while nobody knows how many accounts there are.
        """
        if not self.is_listed or not self.opened or not self.expected or not self.accounts:
            return 0.0
        return min(self.targets / (self.expected / self.opened * self.accounts), 1.0)
