"""Which account-regions a scan would sweep: asked as a scan asks, and no account is entered."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from orgscan.aws.entrance import Entrance
from orgscan.aws.few_at_once import few_at_once
from orgscan.config.settings import Settings
from orgscan.model.organization import Account, RegionStatus
from orgscan.organization.accounts import read_organization
from orgscan.organization.regions import RegionReader, regions_offline
from orgscan.organization.select import in_regions, require_regions, scope_of, select_accounts
from orgscan.scan.shard import shard_of

_ACCOUNTS_AT_ONCE = 64


class Regions(msgspec.Struct, kw_only=True):
    """The regions of the accounts to be swept, counted in account-regions.

    Attributes:
        targets: to be swept.
        not_enabled: that AWS says are off, of those that the filter names.
        filtered: that the region filter leaves out.
        told: of how many accounts AWS told the regions.
        untold: of how many it did not; they count with every region that botocore knows.
        refusal: why not, where AWS said so.
    """

    targets: int = 0
    not_enabled: int = 0
    filtered: int = 0
    told: int = 0
    untold: int = 0
    refusal: str = ""


class WhatToSweep(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts of the organization, and what a scan would do with each.

    Attributes:
        listed: that the organization has.
        in_scope: that the filters leave and AWS calls active.
        filtered: that the filters leave out.
        other_shards: that other shards sweep, where this is one of several.
        shards: how many draw on the caller's quotas at the same time, this one included.
        not_active: that the filters leave and AWS does not call active, by its word for them.
        state_unknown: of which AWS says no state: they are gaps of the report.
        enters_own: whether one of them is the caller's own, which needs no role.
    """

    organization_id: str
    listed: int
    in_scope: int
    filtered: int
    other_shards: int
    shards: int
    not_active: dict[str, int]
    state_unknown: int
    enters_own: bool
    regions: Regions


async def what_to_sweep(way_in: Entrance, settings: Settings) -> WhatToSweep:
    """Read the organization and the regions of its accounts, centrally.

    Raises:
        OrgscanError: as a scan with these settings would end before it sweeps anything.
    """
    require_regions(settings.region, way_in.known_regions)
    organization = await read_organization(way_in.caller)
    selected = await select_accounts(way_in.caller, organization, scope_of(settings))
    shard = shard_of(settings, os.environ)
    chosen = shard.of(selected) if shard else selected
    active = [account for account in chosen if account.is_active]
    own = way_in.identity.account
    return WhatToSweep(
        organization_id=organization.id,
        listed=len(organization.accounts),
        in_scope=len(active),
        filtered=len(organization.accounts) - len(selected),
        other_shards=len(selected) - len(chosen),
        shards=shard.count if shard else 1,
        not_active=_by_state(chosen),
        state_unknown=sum(account.state is None for account in chosen),
        enters_own=settings.own_account == "credentials"
        and any(account.id == own for account in active),
        regions=await _regions(way_in, settings, active),
    )


async def _regions(way_in: Entrance, settings: Settings, accounts: Sequence[Account]) -> Regions:
    reader = RegionReader(way_in.caller, way_in.identity.account)
    told = await few_at_once(_ACCOUNTS_AT_ONCE, [reader.centrally(one) for one in accounts])
    found = Regions(refusal=reader.central_refusal)
    offline = regions_offline(way_in.known_regions)
    for regions in told:
        _count(found, regions, offline, settings.region)
    return found


def _count(
    found: Regions,
    told: tuple[RegionStatus, ...] | None,
    offline: tuple[RegionStatus, ...],
    globs: Sequence[str],
) -> None:
    if told is None:
        found.untold += 1
    else:
        found.told += 1
    regions = offline if told is None else told
    chosen = in_regions(regions, globs)
    enabled = sum(region.is_enabled for region in chosen)
    found.targets += enabled
    found.not_enabled += len(chosen) - enabled
    found.filtered += sum(region.is_enabled for region in regions) - enabled


def _by_state(accounts: Iterable[Account]) -> dict[str, int]:
    states = [account.state for account in accounts if account.state and not account.is_active]
    return dict(sorted(Counter(states).items()))
