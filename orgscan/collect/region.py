"""Everything that is asked of one account-region, in order: nothing where there is no cluster."""

from __future__ import annotations

from collections.abc import Sequence

from orgscan.aws.session import RegionSession
from orgscan.collect.ecs import collect_ecs
from orgscan.collect.launchers.collect import collect_launchers
from orgscan.collect.launchers.interface import Collector
from orgscan.model.facts import RegionFacts
from orgscan.model.outcome import Collected, NotCollected, Outcome


async def collect_region(
    session: RegionSession, *, corroborate: bool, collectors: Sequence[Collector] = ()
) -> Outcome[RegionFacts]:
    """The facts of one account-region.

    Args:
        session: the account-region.
        corroborate: whether to ask DescribeTaskSets of the task sets found.
        collectors: the optional ones that were asked for.
    """
    ecs = await collect_ecs(session, corroborate=corroborate)
    if isinstance(ecs, NotCollected):
        return ecs
    if not ecs.facts.clusters:
        return Collected(RegionFacts(ecs=ecs.facts))
    gathered = await collect_launchers(session, collectors)
    return Collected(
        RegionFacts(ecs=ecs.facts, launchers=gathered.launchers, missing=gathered.missing)
    )
