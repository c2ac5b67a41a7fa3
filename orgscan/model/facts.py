"""Everything that was seen in one account-region: what controls judge."""

from __future__ import annotations

import msgspec

from orgscan.model.ecs import EcsFacts
from orgscan.model.launcher import Launcher
from orgscan.model.load_balancer import LoadBalancers
from orgscan.model.observation import Observation
from orgscan.model.outcome import NotCollected


class RegionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one account-region, part by part.

    Attributes:
        ecs: clusters, services and task sets.
        observed: what runs; None where nothing was looked for, as in a region without clusters.
        missing: why parts that were asked for could not be seen, one entry a part.
        launchers: what starts tasks besides services; empty also where nobody asked.
        load_balancers: what stands in front of services; None where nobody asked.
    """

    ecs: EcsFacts
    observed: Observation | None = None
    missing: tuple[NotCollected, ...] = ()
    launchers: tuple[Launcher, ...] = ()
    load_balancers: LoadBalancers | None = None
