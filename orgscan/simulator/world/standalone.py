"""Tasks of no service: started by hand, by a rule, by a schedule, by another AWS service."""

from __future__ import annotations

import msgspec

from orgscan.simulator.world.recipes import DEFAULT, DUAL, PRIVATE, PUBLIC


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of standalone task.

    Attributes:
        weight: how often it comes.
        name: of its task definition's family.
        started_by: as ECS shows it; None where whoever started it said nothing.
        group: None for the group `family:` and its family.
        subnets: a kind of subnet; empty for a task in bridge or host mode.
    """

    weight: int
    name: str
    started_by: str | None
    group: str | None = None
    launch: str = "FARGATE"
    provider: str | None = None
    public: bool = False
    subnets: str = PRIVATE
    security_group: str = "internal"


ERRANDS = (
    Errand(weight=3, name="debug", started_by=None, public=True, subnets=PUBLIC,
           security_group="web"),
    Errand(weight=2, name="migrate", started_by="ci/pipeline-4711"),
    Errand(weight=2, name="nightly", started_by="events-rule/nightly-export"),
    Errand(weight=1, name="crawler", started_by="events-rule/crawl", public=True, subnets=DEFAULT,
           security_group="web"),
    Errand(weight=1, name="cleanup", started_by="chronos-schedule/cleanup", public=True,
           subnets=PUBLIC),
    Errand(weight=1, name="etl", started_by="AWS Step Functions", provider="FARGATE_SPOT"),
    Errand(weight=1, name="probe", started_by=None, group="probes", subnets=DUAL,
           security_group="web-dual"),
    Errand(weight=1, name="agent", started_by=None, launch="EC2", subnets=""),
)  # fmt: skip
