"""Everything that is asked of one account-region, in order: nothing where there is no cluster."""

from __future__ import annotations

from msgspec.structs import replace

from orgscan.aws.session import RegionSession
from orgscan.collect.ecs import collect_ecs
from orgscan.collect.service_revisions import with_service_revisions
from orgscan.model.facts import RegionFacts
from orgscan.model.outcome import Collected, NotCollected, Outcome


async def collect_region(session: RegionSession, *, corroborate: bool) -> Outcome[RegionFacts]:
    """The facts of one account-region.

    Args:
        session: the account-region.
        corroborate: whether to ask DescribeTaskSets of the task sets found.
    """
    ecs = await collect_ecs(session, corroborate=corroborate)
    if isinstance(ecs, NotCollected):
        return ecs
    services, missing = await with_service_revisions(session, ecs.facts.services)
    return Collected(
        RegionFacts(
            ecs=replace(ecs.facts, services=services),
            missing=(missing,) if missing is not None else (),
        )
    )
