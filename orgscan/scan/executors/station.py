"""A worker's side: one engine, which sweeps batch after batch into segments."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from orgscan.aws.entrance import Entrance, entrance
from orgscan.aws.quiet import silence_libraries
from orgscan.aws.tally import Tally
from orgscan.errors import CallerError
from orgscan.journal.records import Central, Opened
from orgscan.journal.segment import Segment, SegmentWriter, Usage
from orgscan.journal.spool import Block
from orgscan.model.evidence import Exchange
from orgscan.model.organization import RegionStatus
from orgscan.model.swept import Swept
from orgscan.organization.regions import RegionReader
from orgscan.scan.executors.messages import Batch, Order
from orgscan.scan.judge import Judge
from orgscan.scan.metrics import latencies_of, peak_rss_mib, spent_of
from orgscan.scan.sweeping import judge_of, sweep_of
from orgscan.sweep.listing import Listing
from orgscan.sweep.stop import Stop

AT_ONCE = 2
"""Batches under way in one engine: while the last targets of one end, the next one is at work."""


class _Ledger:
    """`orgscan.sweep.ledger.Ledger` on a segment."""

    def __init__(self, batch: Batch, judge: Judge, writer: SegmentWriter) -> None:
        self._batch = batch
        self._judge = judge
        self._writer = writer

    def regions_of(self, account_id: str) -> tuple[RegionStatus, ...] | None:
        return self._batch.regions.get(account_id)

    def has(self, account_id: str, region: str | None) -> bool:
        return (account_id, region) in self._batch.done

    def opened(
        self,
        account_id: str,
        regions: tuple[RegionStatus, ...],
        exchanges: Sequence[Exchange] = (),
    ) -> None:
        self._writer.append(Opened(account_id=account_id, regions=regions), exchanges)

    def take(self, swept: Swept) -> None:
        self._writer.append(self._judge.record(swept), swept.exchanges)


class Station:
    """One engine and its sweep; batches may be swept side by side.

    Attributes:
        stop: ends whatever is under way.
    """

    def __init__(
        self, order: Order, way_in: Entrance, stop: Stop, cpu_before: float | None
    ) -> None:
        """Take an open engine.

        Args:
            order: what all batches have in common.
            way_in: the engine, and the caller behind it.
            stop: ends what is under way.
            cpu_before: seconds that this process used for others; None where all that it uses is
                counted elsewhere.
        """
        self.stop = stop
        settings = order.as_settings()
        self._way_in = way_in
        self._cpu_before = cpu_before
        self._process = secrets.token_hex(4)
        self._reader = RegionReader(way_in.caller, way_in.identity.account)
        self._judge = judge_of(settings, order.as_allowlist(), order.today)
        self._sweep = sweep_of(
            settings,
            way_in,
            self._reader,
            run_id=order.run_id,
            stop=stop,
            concurrency=max(settings.concurrency // AT_ONCE, 1),
        )

    async def sweep(self, batch: Batch) -> Segment:
        """Sweep every account of a batch; what a stop leaves out is in the segment as such."""
        self._way_in.share_among(batch.among)
        writer = SegmentWriter()
        if exchanges := self._way_in.kept.drain():
            writer.append(Central(evidence=Block(0, 0)), exchanges)
        await self._sweep.run(Listing.of(batch.accounts), _Ledger(batch, self._judge, writer))
        return writer.segment(self._usage())

    def _usage(self) -> Usage:
        refusal = self._reader.central_refusal
        if self._cpu_before is None:
            return Usage(spent=spent_of(self._process, Tally()), central_refusal=refusal)
        tally = self._way_in.engine.tally
        return Usage(
            spent=spent_of(self._process, tally),
            latencies=latencies_of(tally),
            cpu_seconds=time.process_time() - self._cpu_before,
            peak_rss_mib=peak_rss_mib(),
            central_refusal=refusal,
        )


@asynccontextmanager
async def station(order: Order, cpu_before: float = 0.0) -> AsyncIterator[Station]:
    """Open an engine with the credentials that this process finds.

    Args:
        order: of the run.
        cpu_before: seconds that this process used for others.

    Raises:
        CallerError: there are none, or they are of another account than the coordinator's.
    """
    silence_libraries()
    async with entrance(order.as_settings(), order.limits, home=order.home_region) as way_in:
        found = way_in.identity.account
        if found != order.caller_account:
            raise CallerError(
                f"the worker's credentials are of {found}, the scan's of {order.caller_account}",
                where="sts:GetCallerIdentity",
                mend="Give the worker a role in the account that scans",
            )
        yield Station(order, way_in, Stop(), cpu_before)
