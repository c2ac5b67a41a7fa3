"""What starts ECS tasks in one account-region, besides services."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.scenario import Scenario
from orgscan.simulator.world import names
from orgscan.simulator.world.launcher_recipes import (
    CUSTOM_BUS,
    RECIPES,
    Kind,
    LauncherRecipe,
    Start,
)
from orgscan.simulator.world.network import Network
from orgscan.simulator.world.organization import EPOCH
from orgscan.simulator.world.workload import Workload

DEFAULT_BUS, OTHER_BUS = "default", "orders"
BUSES = (DEFAULT_BUS, OTHER_BUS)
_GROUPS = ("default", "nightly")
_STEMS = ("cleanup", "export", "import", "report", "sync", "thumbnails")
_ORDINARY = {
    Kind.RULE: "ENABLED",
    Kind.SCHEDULE: "ENABLED",
    Kind.PIPE: "RUNNING",
    Kind.MACHINE: "ACTIVE",
    Kind.JOB: "ACTIVE",
}


class Place(msgspec.Struct, frozen=True):
    """One place of a launcher that starts tasks; `name` is a target's id or a state's name."""

    name: str
    start: Start
    subnets: tuple[str, ...]
    groups: tuple[str, ...]


class Launcher(msgspec.Struct, frozen=True):
    """One launcher; `parent` is a rule's bus or a schedule's group, empty for the others."""

    recipe: LauncherRecipe
    name: str
    arn: str
    parent: str
    cluster_arn: str
    task_definition: str
    places: tuple[Place, ...]
    created: int

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.recipe.kind

    @property
    def state(self) -> str:
        """As its service says."""
        return self.recipe.state or _ORDINARY[self.kind]


def build_launchers(
    scenario: Scenario,
    chance: Chance,
    account: str,
    region: str,
    workload: Workload,
    hostile: bool,
) -> tuple[Launcher, ...]:
    """All of one account-region; the gallery has one of every kind."""
    chosen = RECIPES if (account, region) in scenario.gallery else _choose(chance, account, region)
    builder = _Builder(scenario.partition, chance, (account, region), workload, hostile)
    return tuple(builder.launcher(number, recipe) for number, recipe in enumerate(chosen))


def _choose(chance: Chance, account: str, region: str) -> Iterator[LauncherRecipe]:
    """Up to two of each kind, since one busy region in ten thousand is not the point here."""
    for kind in Kind:
        known = [recipe for recipe in RECIPES if recipe.kind is kind]
        weights = [recipe.weight for recipe in known]
        for number in range(chance.below(3, "launchers", account, region, kind)):
            yield chance.weighted(known, weights, "launcher", account, region, kind, number)


class _Builder:
    def __init__(
        self,
        partition: str,
        chance: Chance,
        place: tuple[str, str],
        workload: Workload,
        hostile: bool,
    ) -> None:
        self._partition = partition
        self._chance = chance
        self._place = place
        self._cluster = workload.clusters[0]
        self._network: Network = workload.network
        self._hostile = hostile

    def launcher(self, number: int, recipe: LauncherRecipe) -> Launcher:
        account, region = self._place
        stem = self._chance.pick(_STEMS, "launcher name", *self._place, number)
        name = f"{stem}-{number:02d}"
        parent = self._parent(recipe, number)
        return Launcher(
            recipe=recipe,
            name=name,
            arn=self._arn(recipe.kind, name, parent),
            parent=parent,
            cluster_arn=self._cluster.arn,
            task_definition=(
                f"arn:{self._partition}:ecs:{region}:{account}:task-definition/{stem}:1"
            ),
            places=tuple(self._start(name, at, start) for at, start in enumerate(recipe.starts)),
            created=EPOCH + self._chance.below(40_000_000, "launched", *self._place, number),
        )

    def _parent(self, recipe: LauncherRecipe, number: int) -> str:
        if recipe.kind is Kind.RULE:
            return OTHER_BUS if recipe.form == CUSTOM_BUS else DEFAULT_BUS
        return _GROUPS[number % 2] if recipe.kind is Kind.SCHEDULE else ""

    def _arn(self, kind: Kind, name: str, parent: str) -> str:
        account, region = self._place
        bus = "" if parent == DEFAULT_BUS else f"{parent}/"
        service, tail = {
            Kind.RULE: ("events", f"rule/{bus}{name}"),
            Kind.SCHEDULE: ("scheduler", f"schedule/{parent}/{name}"),
            Kind.PIPE: ("pipes", f"pipe/{name}"),
            Kind.MACHINE: ("states", f"stateMachine:{name}"),
            Kind.JOB: ("batch", f"job-definition/{name}:1"),
        }[kind]
        return f"arn:{self._partition}:{service}:{region}:{account}:{tail}"

    def _start(self, launcher: str, at: int, start: Start) -> Place:
        """State names are of any characters; ids of targets are not."""
        subnets = self._network.subnets(start.subnets)
        group = self._network.workloads.groups[1 if start.subnets == "public" else 2]
        odd = names.HOSTILE_NAMES[at % len(names.HOSTILE_NAMES)][:60]
        return Place(
            name=f"{odd} {at}" if self._hostile else f"{launcher} {at}",
            start=start,
            subnets=tuple(subnet.id for subnet in subnets) if start.awsvpc else (),
            groups=(group.id,) if start.awsvpc else (),
        )
