"""Accounts flow through a bounded queue; every target comes out as exactly one entry.

A few tasks enter accounts (regions, role) and put their targets on the queue; many take targets
off it. Nothing is held for the whole organization, and one bad account delays only the task that
works on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

import msgspec

from orgscan.aws.credentials import CredentialSource
from orgscan.aws.engine import Engine
from orgscan.aws.failure import CallFailed
from orgscan.aws.session import RegionSession
from orgscan.aws.token import settle_refused_token
from orgscan.collect.ecs import collect_ecs
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import EcsFacts
from orgscan.model.organization import Account, RegionStatus
from orgscan.model.outcome import NotCollected, Outcome
from orgscan.model.swept import Swept
from orgscan.organization.regions import RegionReader, regions_from_within, regions_offline
from orgscan.sweep import entries

# Entering an account is two or three calls to services with scarce quotas; more tasks than this
# would only wait for them.
_ACCOUNTS_AT_ONCE = 32

Sink = Callable[[Swept], None]


class SweepOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to sweep.

    Attributes:
        concurrency: targets under way at once.
        regions: globs; empty for every region.
        known_regions: botocore's list, for accounts whose regions nobody tells.
        corroborate: whether to ask DescribeTaskSets too.
    """

    concurrency: int
    regions: tuple[str, ...] = ()
    known_regions: tuple[str, ...] = ()
    corroborate: bool = True


class _Work(msgspec.Struct):
    account: Account
    region: str
    source: CredentialSource


class Sweep:
    """One pass over the accounts of the scope."""

    def __init__(
        self,
        engine: Engine,
        options: SweepOptions,
        *,
        home_region: str,
        reader: RegionReader,
        source_of: Callable[[Account], CredentialSource],
    ) -> None:
        """Take what the sweep works with.

        Args:
            engine: makes the calls.
            options: how to sweep.
            home_region: for calls that belong to no region.
            reader: reads accounts' regions centrally.
            source_of: the credentials for an account.
        """
        self._engine = engine
        self._options = options
        self._home = home_region
        self._reader = reader
        self._source_of = source_of

    async def run(self, accounts: Iterable[Account], sink: Sink) -> None:
        """Sweep every account; each entry goes to `sink` once, in no order.

        One task group owns every task: a bug in one ends the sweep and propagates.
        """
        pending = iter(accounts)
        queue: asyncio.Queue[_Work | None] = asyncio.Queue(2 * self._options.concurrency)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._options.concurrency):
                group.create_task(self._take_targets(queue, sink))
            async with asyncio.TaskGroup() as entering:
                for _ in range(_ACCOUNTS_AT_ONCE):
                    entering.create_task(self._enter_accounts(pending, queue, sink))
            for _ in range(self._options.concurrency):
                await queue.put(None)

    async def _enter_accounts(
        self, pending: Iterator[Account], queue: asyncio.Queue[_Work | None], sink: Sink
    ) -> None:
        for account in pending:
            if account.state is None:
                sink(entries.state_unknown(account))
            elif not account.is_active:
                sink(entries.not_active(account))
            else:
                await self._enter(account, queue, sink)

    async def _enter(
        self, account: Account, queue: asyncio.Queue[_Work | None], sink: Sink
    ) -> None:
        source = self._source_of(account)
        told = await self._reader.centrally(account)
        chosen = self._chosen(told or ())
        callable_ones = sum(region.is_enabled for region in chosen)
        if callable_ones or told is None:
            # Once here rather than once a region: a refused role is one entry.
            try:
                await source.current()
            except CallFailed as failed:
                sink(entries.not_enterable(account, failed.why, max(callable_ones, 1)))
                return
        if told is None:
            within = await regions_from_within(RegionSession(self._engine, source, self._home))
            chosen = self._chosen(within or regions_offline(self._options.known_regions))
        for region in chosen:
            if region.is_enabled:
                await queue.put(_Work(account, region.name, source))
            else:
                sink(entries.not_enabled(account, region))

    def _chosen(self, regions: Iterable[RegionStatus]) -> list[RegionStatus]:
        globs = self._options.regions
        return [
            region
            for region in regions
            if not globs or any(fnmatchcase(region.name, glob) for glob in globs)
        ]

    async def _take_targets(self, queue: asyncio.Queue[_Work | None], sink: Sink) -> None:
        while (work := await queue.get()) is not None:
            sink(await self._sweep(work))

    async def _sweep(self, work: _Work) -> Swept:
        session = RegionSession(self._engine, work.source, work.region)
        started = self._engine.clock()
        outcome: Outcome[EcsFacts]
        try:
            async with asyncio.timeout(self._engine.limits.target_timeout):
                outcome = await collect_ecs(session, corroborate=self._options.corroborate)
                if isinstance(outcome, NotCollected):
                    home = RegionSession(self._engine, work.source, self._home)
                    outcome = await settle_refused_token(home, outcome, work.region)
        except TimeoutError:
            outcome = NotCollected(
                status=CoverageStatus.TIMED_OUT,
                reason=f"not finished within {self._engine.limits.target_timeout:g} s",
                api="ecs:*",
            )
        return entries.swept(
            work.account,
            work.region,
            outcome,
            api_calls=session.api_calls,
            duration_ms=round((self._engine.clock() - started) * 1000),
        )
