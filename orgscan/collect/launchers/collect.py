"""What starts tasks in one account-region, as far as it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from orgscan.aws.few_at_once import few_at_once
from orgscan.aws.session import RegionSession
from orgscan.collect.launchers.interface import Collector, Gathered
from orgscan.model.coverage import CoverageStatus
from orgscan.model.outcome import NotCollected

# Well below what a whole account-region may take, so that a slow part never costs the rest.
_SECONDS = 300.0


async def collect_launchers(session: RegionSession, collectors: Sequence[Collector]) -> Gathered:
    """Everything the collectors see; what one of them cannot see costs no other.

    Args:
        session: an account-region that has clusters: without one, nothing starts tasks there.
        collectors: those that were asked for.
    """
    parts = await few_at_once(
        len(collectors) or 1, [_in_time(session, collector) for collector in collectors]
    )
    return Gathered(
        tuple(launcher for part in parts for launcher in part.launchers),
        tuple(why for part in parts for why in part.missing),
    )


async def _in_time(session: RegionSession, collector: Collector) -> Gathered:
    try:
        async with asyncio.timeout(_SECONDS):
            return await collector.gather(session)
    except TimeoutError:
        late = NotCollected(
            status=CoverageStatus.TIMED_OUT,
            reason=f"{collector.name} did not finish within {_SECONDS:g} s",
            api=collector.operations[0].api,
        )
        return Gathered(missing=(late,))
