"""Accounts flow through a bounded queue; every target comes out as exactly one entry.

A few tasks enter accounts (regions, role) and put their targets on the queue; many take targets
off it. Nothing is held for the whole organization, and one bad account delays only the task that
works on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from orgscan.aws.credentials import CredentialSource
from orgscan.aws.engine import Engine
from orgscan.aws.failure import CallFailed
from orgscan.aws.session import RegionSession
from orgscan.aws.token import settle_refused_token
from orgscan.collect.launchers.interface import Collector
from orgscan.collect.region import collect_region
from orgscan.model.coverage import CoverageStatus
from orgscan.model.evidence import Kept
from orgscan.model.facts import RegionFacts
from orgscan.model.organization import Account, RegionStatus, Target
from orgscan.model.outcome import NotCollected, Outcome
from orgscan.model.swept import Swept
from orgscan.organization.regions import RegionReader, regions_from_within, regions_offline
from orgscan.organization.select import in_regions
from orgscan.sweep import entries
from orgscan.sweep.ledger import Ledger
from orgscan.sweep.listing import Listing
from orgscan.sweep.stop import Stop

# Entering an account is two or three calls to services with scarce quotas; more tasks than this
# would only wait for them.
_ACCOUNTS_AT_ONCE = 64
_CORROBORATION_SHARE = 2 / 3


class SweepOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to sweep.

    Attributes:
        concurrency: targets under way at once.
        regions: globs; empty for every region.
        known_regions: botocore's list, for accounts whose regions nobody tells.
        corroborate: whether to ask DescribeTaskSets too.
        collectors: the optional ones that were asked for.
        load_balancers: whether to ask what stands in front of services.
        evidence: whether calls and their answers are kept.
    """

    concurrency: int
    regions: tuple[str, ...] = ()
    known_regions: tuple[str, ...] = ()
    corroborate: bool = True
    collectors: tuple[Collector, ...] = ()
    load_balancers: bool = False
    evidence: bool = False


class _Work(msgspec.Struct):
    """A target; `kept` is its account's, for what comes of entering that again."""

    target: Target
    source: CredentialSource
    kept: Kept


class _Opening(msgspec.Struct):
    """An account being entered; `regions` is None until somebody has told them."""

    account: Account
    source: CredentialSource
    regions: tuple[RegionStatus, ...] | None
    kept: Kept

    @property
    def size(self) -> int:
        """How many targets it is, as far as that is known."""
        return max(sum(region.is_enabled for region in self.regions or ()), 1)


class Sweep:
    """One pass over the accounts of the scope."""

    def __init__(
        self,
        engine: Engine,
        options: SweepOptions,
        *,
        home_region: str,
        reader: RegionReader,
        source_of: Callable[[Account, Kept | None], CredentialSource],
        stop: Stop,
    ) -> None:
        """Take what the sweep works with.

        Args:
            engine: makes the calls.
            options: how to sweep.
            home_region: for calls that belong to no region.
            reader: reads accounts' regions centrally.
            source_of: the credentials for an account, and where its calls for them are kept.
            stop: ends the sweep early; what was not reached is said.
        """
        self._engine = engine
        self._options = options
        self._home = home_region
        self._reader = reader
        self._source_of = source_of
        self._stop = stop

    @property
    def _corroborate_seconds(self) -> float:
        """The second source may take a part of a target's time: what has no other follows it."""
        limit = self._engine.limits.target_timeout
        return limit * _CORROBORATION_SHARE if self._options.corroborate else 0.0

    async def run(self, accounts: Listing, ledger: Ledger) -> None:
        """Sweep every account that the ledger does not know, in no order, from the first listed on.

        One task group owns every task: a bug in one ends the sweep and propagates.
        """
        queue: asyncio.Queue[_Work | None] = asyncio.Queue(2 * self._options.concurrency)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._options.concurrency):
                group.create_task(self._take_targets(queue, ledger))
            async with asyncio.TaskGroup() as entering:
                for _ in range(_ACCOUNTS_AT_ONCE):
                    entering.create_task(self._take_accounts(accounts, queue, ledger))
            for _ in range(self._options.concurrency):
                await queue.put(None)

    async def _take_accounts(
        self, accounts: Listing, queue: asyncio.Queue[_Work | None], ledger: Ledger
    ) -> None:
        while (account := await accounts.next()) is not None:
            if ledger.has(account.id, None):
                continue
            if account.state is None:
                ledger.take(entries.state_unknown(account))
            elif not account.is_active:
                ledger.take(entries.not_active(account))
            else:
                await self._take_account(account, queue, ledger)

    async def _take_account(
        self, account: Account, queue: asyncio.Queue[_Work | None], ledger: Ledger
    ) -> None:
        known = ledger.regions_of(account.id)
        kept = Kept(account.id)
        source = self._source_of(account, self._if_wanted(kept))
        opening = _Opening(account, source, known, kept)
        failure = await self._open(opening, ledger)
        if failure is not None and known is None:
            refused = entries.not_enterable(account, failure, opening.size)
            ledger.take(replace(refused, exchanges=kept.drain()))
            return
        regions = opening.regions or ()
        if known is None:
            ledger.opened(account.id, regions, kept.drain())
        for region in regions:
            if ledger.has(account.id, region.name):
                continue
            if not region.is_enabled:
                ledger.take(entries.not_enabled(account, region))
            elif failure is not None:
                entry = entries.swept(account, region.name, failure)
                ledger.take(replace(entry, exchanges=kept.drain()))
            else:
                await queue.put(_Work(Target(account, region.name), source, kept))

    async def _open(self, opening: _Opening, ledger: Ledger) -> NotCollected | None:
        """Learn an account's regions and enter it; gives why not, where that fails."""
        account, source = opening.account, opening.source
        try:
            with self._stop.in_time(self._engine.limits.target_timeout):
                if opening.regions is None:
                    opening.regions = self._chosen(
                        await self._reader.centrally(account, self._if_wanted(opening.kept))
                    )
                if opening.regions is None or any(
                    region.is_enabled and not ledger.has(account.id, region.name)
                    for region in opening.regions
                ):
                    # Once here rather than once a region: a refused role is one entry.
                    await source.current()
                if opening.regions is None:
                    member = RegionSession(
                        self._engine, source, self._home, self._if_wanted(opening.kept)
                    )
                    told = await regions_from_within(member)
                    opening.regions = self._chosen(
                        told or regions_offline(self._options.known_regions)
                    )
        except CallFailed as failed:
            return failed.why
        except TimeoutError:
            return self._out_of_time("sts:AssumeRole")
        return None

    def _chosen(self, regions: tuple[RegionStatus, ...] | None) -> tuple[RegionStatus, ...] | None:
        return None if regions is None else in_regions(regions, self._options.regions)

    async def _take_targets(self, queue: asyncio.Queue[_Work | None], ledger: Ledger) -> None:
        while (work := await queue.get()) is not None:
            ledger.take(await self._sweep(work))

    async def _sweep(self, work: _Work) -> Swept:
        target = work.target
        kept = Kept(target.account.id)
        wanted = self._if_wanted(kept)
        session = RegionSession(self._engine, work.source, target.region, wanted)
        started = self._engine.clock()
        outcome: Outcome[RegionFacts]
        try:
            with self._stop.in_time(self._engine.limits.target_timeout):
                outcome = await collect_region(
                    session,
                    corroborate_seconds=self._corroborate_seconds,
                    collectors=self._options.collectors,
                    load_balancers=self._options.load_balancers,
                )
                if isinstance(outcome, NotCollected):
                    home = RegionSession(self._engine, work.source, self._home, wanted)
                    outcome = await settle_refused_token(home, outcome, target.region)
        except TimeoutError:
            outcome = self._out_of_time("ecs:*")
        swept = entries.swept(
            target.account,
            target.region,
            outcome,
            api_calls=session.api_calls,
            duration_ms=round((self._engine.clock() - started) * 1000),
        )
        exchanges = work.kept.drain() + kept.drain()
        return replace(swept, exchanges=exchanges) if exchanges else swept

    def _if_wanted(self, kept: Kept) -> Kept | None:
        return kept if self._options.evidence else None

    def _out_of_time(self, api: str) -> NotCollected:
        reason = (
            self._stop.reason and f"the run was stopped before this was seen: {self._stop.reason}"
        )
        return NotCollected(
            status=CoverageStatus.TIMED_OUT,
            reason=reason or f"not finished within {self._engine.limits.target_timeout:g} s",
            api=api,
        )
