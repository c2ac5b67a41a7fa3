"""Builds what there is of ECS in one account-region, kind by kind of its recipes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.scenario import Scenario
from orgscan.simulator.world import names
from orgscan.simulator.world.balancers import Balancer, make_balancer
from orgscan.simulator.world.days import Release, after
from orgscan.simulator.world.exposures import EXPOSURES
from orgscan.simulator.world.network import Subnet
from orgscan.simulator.world.networks import build_network
from orgscan.simulator.world.organization import EPOCH
from orgscan.simulator.world.owners import service_tags, task_set_tags
from orgscan.simulator.world.recipes import PRIVATE, RECIPES, Recipe, Setting
from orgscan.simulator.world.service_recipes import SERVICE_RECIPES
from orgscan.simulator.world.standalone import Standalone
from orgscan.simulator.world.tasks import Start, make_task, runs_public
from orgscan.simulator.world.workload import Cluster, Rollout, Service, Workload

_CLUSTER_STEMS = ("prod", "web", "data", "shop", "batch", "core")
# Each is the beginning of the next, for clients that match names by their beginning.
_CLUSTER_SUFFIXES = ("", "-api", "-api-eu", "-api-eu-blue", "-api-eu-blue-2")
_SERVICE_NAMES = (
    "api", "checkout", "worker", "gateway", "orders", "invoices", "search", "session", "mailer",
    "images",
)  # fmt: skip
_YEAR_AND_HALF = 47_000_000
# More than any service has at once, so that no release has the id of an earlier one's.
_ROLLOUTS = 10


class Builder:
    """Builds the workload of one account-region."""

    def __init__(
        self,
        scenario: Scenario,
        chance: Chance,
        account: str,
        region: str,
        *,
        hostile: bool,
        sharing: str | None = None,
    ) -> None:
        self._scenario = scenario
        self._chance = chance
        self._place = (account, region)
        self._arn = f"arn:{scenario.partition}:ecs:{region}:{account}:"
        self._hostile = hostile
        self._network = build_network(chance, account, region, sharing)
        self._standalone = Standalone(
            chance,
            self._place,
            self._network,
            self._arn,
            gallery=self._place in scenario.gallery,
            hostile=hostile,
        )
        known = (*RECIPES, *SERVICE_RECIPES, *EXPOSURES)
        self._recipes = [recipe for recipe in known if scenario.oddities or not recipe.odd]
        self._weights = [recipe.weight for recipe in self._recipes]

    def build(self) -> Workload:
        """The whole of it."""
        in_gallery = self._place in self._scenario.gallery
        clusters = tuple(self._gallery() if in_gallery else self._clusters())
        orphans = self._standalone.orphans(clusters[0].name, clusters[0].arn)
        return Workload(clusters, self._network, tuple(orphans))

    def _gallery(self) -> Iterator[Cluster]:
        """Two clusters, one name the beginning of the other's, holding every kind of service."""
        half = len(self._recipes) // 2
        yield self._cluster("prod", self._recipes[:half])
        yield self._cluster("prod-api", self._recipes[half:])

    def _clusters(self) -> Iterator[Cluster]:
        scenario, chance = self._scenario, self._chance
        stem = chance.pick(_CLUSTER_STEMS, "stem", *self._place)
        count = scenario.clusters or 1 + chance.below(3, "clusters", *self._place)
        for number in range(count):
            suffix = _CLUSTER_SUFFIXES[number] if number < 5 else f"-{number:04d}"
            yield self._cluster(stem + suffix, self._choose_recipes(stem + suffix))

    def _choose_recipes(self, cluster: str) -> list[Recipe]:
        chance = self._chance
        count = self._scenario.services
        if count is None:
            count = chance.below(6, "services", *self._place, cluster)
            if chance.share("many services", *self._place, cluster) < 0.05:
                count += 12
        return [
            chance.weighted(self._recipes, self._weights, "recipe", *self._place, cluster, number)
            for number in range(count)
        ]

    def _cluster(self, name: str, recipes: list[Recipe]) -> Cluster:
        arn = f"{self._arn}cluster/{name}"
        tags = {"stage": name.split("-", maxsplit=1)[0]} | self._hostile_tags(name)
        releases = after(self._chance, self._scenario.day, (*self._place, name), recipes)
        services = (
            self._service(name, arn, at, release) for at, release in enumerate(releases) if release
        )
        return Cluster(name, arn, tuple(services), tags, tuple(self._standalone.tasks(name, arn)))

    def _hostile_tags(self, name: str) -> dict[str, str]:
        return names.hostile_tags(f"</script>{name}") if self._hostile else {}

    def _service(self, cluster: str, cluster_arn: str, at: int, release: Release) -> Service:
        chance, recipe = self._chance, release.recipe
        # The same names come in every cluster: only the ARN tells services apart.
        lap, stem = divmod(at, len(_SERVICE_NAMES))
        name = _SERVICE_NAMES[stem] + (f"-{lap + 1}" if lap else "")
        desired = 1 + chance.below(4, "desired", *self._place, cluster, name)
        created = EPOCH + chance.below(_YEAR_AND_HALF, "created", *self._place, cluster, name)
        rollouts = tuple(
            self._rollout(cluster, name, recipe.controller, setting, number, desired, created)
            for number, setting in enumerate(recipe.settings, release.number * _ROLLOUTS)
        )
        return Service(
            name=name,
            arn=f"{self._arn}service/{cluster}/{name}",
            cluster_arn=cluster_arn,
            controller=recipe.controller,
            desired=desired,
            created=created,
            rollouts=rollouts,
            tags={
                "service": name,
                **service_tags(chance, (*self._place, cluster, name)),
                **self._hostile_tags(name),
            },
            kind=recipe,
        )

    def _rollout(
        self,
        cluster: str,
        service: str,
        controller: str,
        setting: Setting,
        number: int,
        desired: int,
        created: int,
    ) -> Rollout:
        chance, what = self._chance, (*self._place, cluster, service, number)
        rollout_id = f"ecs-svc/{chance.number('rollout', *what):019d}"[:27]
        computed = math.ceil(desired * setting.scale / 100)
        running = 1 if setting.status == "DRAINING" else computed
        subnets = self._network.subnets(setting.subnets)
        begun = created + 86_400 * (1 + number)
        is_set = controller != "ECS"
        rollout = Rollout(
            id=rollout_id,
            arn=f"{self._arn}task-set/{cluster}/{service}/{rollout_id}" if is_set else "",
            setting=setting,
            desired=computed,
            running=running,
            subnets=tuple(subnet.id for subnet in subnets) if setting.awsvpc else (),
            groups=(self._group_of(setting, subnets),) if setting.awsvpc else (),
            task_definition=f"{self._arn}task-definition/{cluster}-{service}:{number + 1}",
            created=begun,
            updated=begun + 600,
            external_id=self._external_id(controller, what),
            started_by="CODE_DEPLOY" if controller == "CODE_DEPLOY" else None,
            tags={
                "release": str(number + 1),
                **task_set_tags(chance, number, what),
                **self._hostile_tags(service),
            },
            balancer=self._balancer(f"{cluster}/{service}", controller, setting),
        )
        start = self._start(cluster, service, rollout, subnets)
        fargate = rollout.runs_on == "FARGATE"
        tasks = (
            make_task(chance, start, (*what, at), public=fargate and runs_public(setting, at))
            for at in range(running)
        )
        return msgspec.structs.replace(rollout, tasks=tuple(tasks))

    def _balancer(self, service: str, controller: str, setting: Setting) -> Balancer | None:
        scheme = setting.balancer
        if controller == "EXTERNAL" and self._scenario.external_balancers and setting.awsvpc:
            scheme = "internal"
        if scheme is None:
            return None
        vpc, partition = self._network.workloads, self._scenario.partition
        return make_balancer(self._chance, partition, self._place, vpc, service, scheme)

    def _group_of(self, setting: Setting, subnets: tuple[Subnet, ...]) -> str:
        name = setting.group or ("internal" if setting.subnets == PRIVATE else "web")
        return self._network.group(subnets[0].vpc_id, name).id

    def _start(
        self, cluster: str, service: str, rollout: Rollout, subnets: tuple[Subnet, ...]
    ) -> Start:
        """Fargate's tasks have an interface, also where a response omits the configuration."""
        setting = rollout.setting
        own = setting.awsvpc or rollout.runs_on == "FARGATE"
        return Start(
            cluster_arn=f"{self._arn}cluster/{cluster}",
            arn=f"{self._arn}task/{cluster}/",
            group=f"service:{service}",
            started_by=rollout.id,
            service_arn=f"{self._arn}service/{cluster}/{service}",
            task_set_arn=rollout.arn or None,
            task_definition=rollout.task_definition,
            launch=rollout.runs_on,
            provider=setting.launch if setting.provider else None,
            subnets=subnets if own else (),
            groups=(self._group_of(setting, subnets),) if own else (),
            tags=rollout.tags,
            begun=rollout.created,
        )

    def _external_id(self, controller: str, what: tuple[str | int, ...]) -> str | None:
        if controller == "CODE_DEPLOY":
            return "d-" + self._chance.hex(9, "deployment", *what).upper()
        if controller == "ECS":
            return None
        return names.HOSTILE_NAMES[1] if self._hostile else f"release-{what[-1]}"
