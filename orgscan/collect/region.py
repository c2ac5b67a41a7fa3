"""Everything that is asked of one account-region, in order: nothing where there is no cluster."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from orgscan.aws.session import RegionSession
from orgscan.collect.ecs import collect_ecs
from orgscan.collect.launchers.collect import collect_launchers
from orgscan.collect.launchers.interface import Collector
from orgscan.collect.load_balancers import collect_load_balancers
from orgscan.collect.observation import missing_of, observe
from orgscan.collect.service_revisions import with_service_revisions
from orgscan.model.facts import RegionFacts
from orgscan.model.outcome import Collected, NotCollected, Outcome


async def collect_region(
    session: RegionSession,
    *,
    corroborate_seconds: float,
    collectors: Sequence[Collector] = (),
    load_balancers: bool = False,
) -> Outcome[RegionFacts]:
    """The facts of one account-region.

    Args:
        session: the account-region.
        corroborate_seconds: as `collect_ecs` takes it.
        collectors: the optional ones that were asked for.
        load_balancers: whether to ask what stands in front of services.
    """
    ecs = await collect_ecs(session, corroborate_seconds=corroborate_seconds)
    if isinstance(ecs, NotCollected):
        return ecs
    if not ecs.facts.clusters:
        # Nothing runs, and nothing starts tasks, where there is no cluster for them.
        return Collected(RegionFacts(ecs=ecs.facts))
    seen = ecs.facts
    services, no_revisions = await with_service_revisions(session, seen.services)
    observed = await observe(session, seen.clusters)
    gathered = await collect_launchers(session, collectors)
    in_front = await collect_load_balancers(session, services) if load_balancers else None
    return Collected(
        RegionFacts(
            ecs=replace(seen, services=services),
            observed=observed,
            launchers=gathered.launchers,
            load_balancers=in_front,
            missing=(
                *((no_revisions,) if no_revisions else ()),
                *missing_of(observed),
                *gathered.missing,
                *((in_front.unseen,) if in_front and in_front.unseen else ()),
            ),
        )
    )
