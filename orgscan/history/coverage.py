"""What one run saw less of than another, and the accounts that only one of them had."""

from __future__ import annotations

from orgscan.model.coverage import CoverageStatus
from orgscan.model.diff import CoverageChange
from orgscan.model.finding import AccountRef
from orgscan.model.seen import SeenRun, SeenTarget

_IN_FULL, _IN_PART, _NOT_AT_ALL = 2, 1, 0
_HOW_MUCH = {CoverageStatus.COVERED: _IN_FULL, CoverageStatus.PARTLY_COVERED: _IN_PART}


def less_seen(before: SeenRun, after: SeenRun) -> tuple[CoverageChange, ...]:
    """Account-regions of which `after` saw less than `before`, ordered by account and region."""
    return tuple(
        CoverageChange(
            account_id=target.account_id,
            account_name=target.account_name,
            region=target.region,
            before=earlier.status,
            after=target.status,
            reason=target.reason,
        )
        for target in _not_covered(after)
        if (earlier := _as_seen(before, target)) and _how_much(target) < _how_much(earlier)
    )


def more_seen(before: SeenRun, after: SeenRun) -> tuple[CoverageChange, ...]:
    """Account-regions of which `after` saw more, with the reason why `before` had not."""
    return tuple(
        CoverageChange(
            account_id=each.account_id,
            account_name=each.account_name,
            region=each.region,
            before=each.after,
            after=each.before,
            reason=each.reason,
        )
        for each in less_seen(after, before)
    )


def accounts_only_in(one: SeenRun, other: SeenRun) -> tuple[AccountRef, ...]:
    """Accounts of one ledger that the other has no line on, in order; without their place."""
    return tuple(
        AccountRef(account, next(iter(regions.values())).account_name, "")
        for account, regions in sorted(one.coverage.items())
        if account not in other.coverage
    )


def _not_covered(run: SeenRun) -> list[SeenTarget]:
    """Lines that are not COVERED, which most are, in order."""
    found = (
        target
        for regions in run.coverage.values()
        for target in regions.values()
        if target.status is not CoverageStatus.COVERED
    )
    return sorted(found, key=lambda target: (target.account_id, target.region or ""))


def _as_seen(run: SeenRun, target: SeenTarget) -> SeenTarget | None:
    """What a run says of the same place; of a whole account, the line that saw the most of it."""
    regions = run.coverage.get(target.account_id, {})
    if target.region in regions or not regions:
        return regions.get(target.region)
    if target.region is not None:
        return regions.get(None)
    return max(regions.values(), key=_how_much)


def _how_much(target: SeenTarget) -> int:
    return _HOW_MUCH.get(target.status, _NOT_AT_ALL)
