"""Which accounts and regions a scan is about; a filter that matches nothing is an error.

Values of one filter widen it, filters narrow each other: `--ou A --ou B --tag env=prod` takes the
accounts below A or B that have the tag. Tags of different keys narrow each other too.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from orgscan.aws.few_at_once import few_at_once
from orgscan.aws.session import RegionSession
from orgscan.config.settings import Settings
from orgscan.errors import ScopeError
from orgscan.model.organization import Account, Organization, RegionStatus
from orgscan.model.run import Scope
from orgscan.organization.accounts import with_tags

_TAG_READS_AT_ONCE = 4


def scope_of(settings: Settings) -> Scope:
    """The filters that settings give, and the role that accounts are entered by."""
    return Scope(
        account=settings.account,
        exclude_account=settings.exclude_account,
        ou=settings.ou,
        tag=settings.tag,
        region=settings.region,
        role_name=settings.role_name,
    )


async def select_accounts(
    caller: RegionSession, organization: Organization, scope: Scope
) -> tuple[Account, ...]:
    """The accounts that the scope's filters choose, in order of their ids.

    Args:
        caller: reads account tags, where a filter asks for them.
        organization: every account there is.
        scope: the filters.

    Raises:
        ScopeError: a filter matches nothing, with the nearest thing that there is.
        CallerError: tags are asked for and cannot be read.
    """
    ids = [account.id for account in organization.accounts]
    _require_known("--account", scope.account, ids, "in the organization")
    _require_known("--exclude-account", scope.exclude_account, ids, "in the organization")
    chosen = [
        account
        for account in organization.accounts
        if account.id not in scope.exclude_account
        and (not scope.account or account.id in scope.account)
    ]
    if scope.ou:
        chosen = _below_units(organization, chosen, scope.ou)
    if scope.tag:
        chosen = await _with_tags(caller, chosen, scope.tag)
    if not chosen:
        raise ScopeError(
            "the filters together leave no account",
            where="--account, --exclude-account, --ou, --tag",
            mend="Leave out one of them",
        )
    return tuple(chosen)


def require_regions(globs: Iterable[str], known: Sequence[str]) -> None:
    """Refuse a region filter that matches no region there is.

    Raises:
        ScopeError: with the nearest region's name.
    """
    for glob in globs:
        if not any(fnmatchcase(region, glob) for region in known):
            raise _matches_nothing("--region", glob, known, "a region of this partition")


def in_regions(regions: tuple[RegionStatus, ...], globs: Sequence[str]) -> tuple[RegionStatus, ...]:
    """The regions that a filter names; no glob names them all."""
    if not globs:
        return regions
    return tuple(
        region for region in regions if any(fnmatchcase(region.name, glob) for glob in globs)
    )


def _below_units(
    organization: Organization, accounts: list[Account], units: tuple[str, ...]
) -> list[Account]:
    known = sorted({part for account in organization.accounts for part in _units(account)})
    _require_known("--ou", units, known, "an organizational unit that holds accounts")
    wanted = set(units)
    return [account for account in accounts if wanted.intersection(_units(account))]


def _units(account: Account) -> list[str]:
    return [part for part in account.ou_path.split("/") if part]


async def _with_tags(
    caller: RegionSession, accounts: list[Account], tags: tuple[str, ...]
) -> list[Account]:
    wanted: dict[str, set[str]] = {}
    for tag in tags:
        key, _, value = tag.partition("=")
        wanted.setdefault(key, set()).add(value)
    tagged = await few_at_once(
        _TAG_READS_AT_ONCE, [with_tags(caller, account) for account in accounts]
    )
    chosen = [
        account
        for account in tagged
        if all((account.tags or {}).get(key) in values for key, values in wanted.items())
    ]
    if not chosen:
        known = sorted({f"{k}={v}" for account in tagged for k, v in (account.tags or {}).items()})
        raise _matches_nothing("--tag", ", ".join(tags), known, "a tag of these accounts")
    return chosen


def _require_known(option: str, wanted: Iterable[str], known: Sequence[str], what: str) -> None:
    there = set(known)
    for value in wanted:
        if value not in there:
            raise _matches_nothing(option, value, known, what)


def _matches_nothing(option: str, value: str, known: Sequence[str], what: str) -> ScopeError:
    nearest = difflib.get_close_matches(value, known, n=1, cutoff=0.0)
    return ScopeError(
        f"{value!r} is not {what}",
        where=option,
        mend=f"The nearest there is: {nearest[0]!r}" if nearest else "There is none at all",
    )
