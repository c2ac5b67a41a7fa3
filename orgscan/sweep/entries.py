"""The one coverage entry that each outcome becomes."""

from __future__ import annotations

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.facts import RegionFacts
from orgscan.model.organization import Account, RegionStatus
from orgscan.model.outcome import Collected, NotCollected, Outcome
from orgscan.model.swept import Swept


def not_active(account: Account) -> Swept:
    """An account that AWS says cannot be used."""
    return whole_account(
        account,
        NotCollected(
            status=CoverageStatus.ACCOUNT_NOT_ACTIVE,
            reason=f"AWS Organizations says the account is {account.state}",
            api="organizations:ListAccounts",
        ),
    )


def state_unknown(account: Account) -> Swept:
    """An account of which AWS says neither `State` nor `Status`: said aloud, never skipped."""
    return whole_account(
        account,
        NotCollected(
            status=CoverageStatus.ERROR,
            reason="ListAccounts gave neither State nor Status, so whether it is active is unknown",
            api="organizations:ListAccounts",
        ),
    )


def not_enterable(account: Account, why: NotCollected, targets: int) -> Swept:
    """An account whose role cannot be assumed; AWS gives one answer for several causes."""
    if why.status in {CoverageStatus.DENIED, CoverageStatus.DENIED_BY_SCP}:
        by_scp = why.status is CoverageStatus.DENIED_BY_SCP
        cause = (
            "a service control policy denies it"
            if by_scp
            else "the role is missing, does not trust the caller or wants another external id, or "
            "the caller lacks sts:AssumeRole"
        )
        why = NotCollected(
            status=CoverageStatus.ROLE_NOT_ASSUMABLE,
            reason=f"the read role cannot be assumed: {cause}",
            api=why.api,
            error_code=why.error_code,
            message=why.message,
        )
    return whole_account(account, why, targets)


def whole_account(account: Account, why: NotCollected, targets: int = 1) -> Swept:
    """An entry without a region: the whole account was not swept."""
    return Swept(account=account, entry=_entry(account, None, why), targets=targets)


def not_enabled(account: Account, region: RegionStatus) -> Swept:
    """A region that AWS lists as not enabled for the account."""
    why = NotCollected(
        status=CoverageStatus.REGION_NOT_ENABLED,
        reason=(
            f"{region.source} says {region.opt_status}; nothing can be called there, though what "
            "was left in a region before it was disabled may still run"
        ),
        api=region.source.value,
    )
    return Swept(account=account, entry=_entry(account, region.name, why))


def swept(
    account: Account,
    region: str,
    outcome: Outcome[RegionFacts],
    *,
    api_calls: int = 0,
    duration_ms: int = 0,
) -> Swept:
    """A target that was asked, whatever it gave.

    Args:
        account: whose it is.
        region: where.
        outcome: facts, or why there are none.
        api_calls: made for it.
        duration_ms: spent on it.
    """
    if isinstance(outcome, Collected):
        facts: RegionFacts | None = outcome.facts
        why, missed = _what_is_missing(outcome.facts), _missed(outcome.facts)
    else:
        facts, why, missed = None, outcome, ()
    return Swept(
        account=account,
        entry=_entry(
            account, region, why, missed=missed, api_calls=api_calls, duration_ms=duration_ms
        ),
        facts=facts,
    )


def _missed(facts: RegionFacts) -> tuple[str, ...]:
    """The calls that may have left out what nothing names, each once."""
    cut_short = facts.ecs.cut_short
    whys = (*((cut_short,) if cut_short else ()), *facts.missing)
    return tuple(dict.fromkeys(why.api for why in whys))


def _what_is_missing(facts: RegionFacts) -> NotCollected | None:
    """What makes an account-region only partly covered, the first cause in full."""
    ecs = facts.ecs
    parts: list[tuple[str, NotCollected]] = []
    if ecs.cut_short is not None:
        parts.append(("the list of clusters is incomplete", ecs.cut_short))
    if ecs.unseen:
        parts.append((f"{len(ecs.unseen)} clusters or services were not seen", ecs.unseen[0].why))
    parts += [("a part was not seen", why) for why in facts.missing]
    if not parts:
        return None
    _, first = parts[0]
    return NotCollected(
        status=CoverageStatus.PARTLY_COVERED,
        reason="; ".join(f"{what}: {why.reason}" for what, why in parts),
        api=first.api,
        error_code=first.error_code,
        message=first.message,
    )


def _entry(
    account: Account,
    region: str | None,
    why: NotCollected | None,
    *,
    missed: tuple[str, ...] = (),
    api_calls: int = 0,
    duration_ms: int = 0,
) -> CoverageEntry:
    return CoverageEntry(
        account_id=account.id,
        account_name=account.name,
        region=region,
        status=why.status if why else CoverageStatus.COVERED,
        reason=why.reason if why else "",
        api=why.api if why else "",
        error_code=why.error_code if why else "",
        message=why.message if why else "",
        api_calls=api_calls,
        duration_ms=duration_ms,
        ou_path=account.ou_path,
        missed=missed,
    )
