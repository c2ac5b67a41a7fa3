"""Tasks of no service: started by hand, by a rule, by a schedule, by another AWS service."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.world import names
from orgscan.simulator.world.network import Network
from orgscan.simulator.world.organization import EPOCH
from orgscan.simulator.world.recipes import DEFAULT, DUAL, PRIVATE, PUBLIC
from orgscan.simulator.world.tasks import Start, Task, make_task


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
_WEIGHTS = tuple(errand.weight for errand in ERRANDS)
_YEAR_AND_HALF = 47_000_000


class Standalone:
    """Makes the tasks of no service of one account-region; `arn` is the beginning of theirs."""

    def __init__(
        self,
        chance: Chance,
        place: tuple[str, str],
        network: Network,
        arn: str,
        *,
        gallery: bool,
        hostile: bool,
    ) -> None:
        self._chance = chance
        self._place = place
        self._network = network
        self._arn = arn
        self._gallery = gallery
        self._hostile = hostile

    def tasks(self, cluster: str, cluster_arn: str) -> Iterator[Task]:
        """One of every kind in a gallery's cluster `prod`; elsewhere none to two."""
        what = ("errand", *self._place, cluster)
        if self._gallery:
            errands = list(ERRANDS) if cluster == "prod" else []
        else:
            count = self._chance.below(3, *what)
            errands = [
                self._chance.weighted(ERRANDS, _WEIGHTS, *what, number) for number in range(count)
            ]
        for number, errand in enumerate(errands):
            start = self._start(cluster, cluster_arn, errand)
            yield make_task(self._chance, start, (*what, number), public=errand.public)

    def orphans(self, cluster: str, cluster_arn: str) -> Iterator[Task]:
        """Interfaces of tasks that ECS does not list: a public and a private one, now and then."""
        what = ("orphan", *self._place)
        if self._gallery or self._chance.share(*what) < 0.1:
            start = self._start(cluster, cluster_arn, ERRANDS[0])
            for number, public in enumerate((True, False)):
                yield make_task(self._chance, start, (*what, number), public=public)

    def _start(self, cluster: str, cluster_arn: str, errand: Errand) -> Start:
        family = f"{cluster}-{errand.name}"
        subnets = self._network.subnets(errand.subnets) if errand.subnets else ()
        groups = [self._network.group(s.vpc_id, errand.security_group).id for s in subnets[:1]]
        group = "</script>" if self._hostile and errand.group else errand.group
        hostile = names.hostile_tags(f"</script>{errand.name}") if self._hostile else {}
        return Start(
            cluster_arn=cluster_arn,
            arn=f"{self._arn}task/{cluster}/",
            group=group or f"family:{family}",
            started_by=errand.started_by,
            task_definition=f"{self._arn}task-definition/{family}:1",
            launch=errand.launch,
            provider=errand.provider,
            subnets=subnets,
            groups=tuple(groups),
            tags={"errand": errand.name} | hostile,
            begun=EPOCH + self._chance.below(_YEAR_AND_HALF, "errand", cluster, errand.name),
        )
