"""The ECS work of one account-region: clusters, services, task sets and their running tasks."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.balancers import Balancer
from orgscan.simulator.world.network import Network
from orgscan.simulator.world.recipes import Recipe, Setting
from orgscan.simulator.world.tasks import Task


class Provider(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of a capacity provider strategy."""

    capacity_provider: str
    weight: int = 0
    base: int = 0


class Rollout(msgspec.Struct, frozen=True):
    """A task set, or one deployment of a rolling service: both are `ecs-svc/` and a number.

    Attributes:
        arn: empty for a deployment.
        pending: tasks that are being started.
        failed: tasks that could not be started, or did not become healthy.
        steady: whether it has reached a steady state.
        strategy: capacity providers with base and weight; empty for what the setting names.
        registries: of service discovery, as they were given.
        platform: the platform version; None for the newest of Fargate.
    """

    id: str
    arn: str
    setting: Setting
    desired: int
    running: int
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    task_definition: str
    created: int
    updated: int
    external_id: str | None
    started_by: str | None
    tags: dict[str, str]
    balancer: Balancer | None = None
    tasks: tuple[Task, ...] = ()
    pending: int = 0
    failed: int = 0
    steady: bool = True
    rollout_state: str = ""
    strategy: tuple[Provider, ...] = ()
    registries: tuple[dict[str, Tree], ...] = ()
    platform: str | None = None

    @property
    def runs_on(self) -> str:
        """The launch type of its tasks, whatever provides the capacity."""
        if self.setting.provider:
            return "FARGATE" if self.setting.launch.startswith("FARGATE") else "EC2"
        return self.setting.launch

    @property
    def launch_type(self) -> str | None:
        """As a response shows it: None beside a capacity provider, or where AWS leaves it out."""
        if self.setting.provider or "launchType" in self.setting.omit:
            return None
        return self.setting.launch


class Service(msgspec.Struct, frozen=True):
    """One ECS service.

    Attributes:
        rollouts: its task sets, or else its deployments and revisions.
        events: what happened to it since it was first changed, the newest first.
        deployment: of its deployment configuration, what an update stated.
    """

    name: str
    arn: str
    cluster_arn: str
    controller: str
    desired: int
    created: int
    rollouts: tuple[Rollout, ...]
    tags: dict[str, str]
    kind: Recipe
    events: tuple[str, ...] = ()
    deployment: dict[str, Tree] = {}

    @property
    def is_rolling(self) -> bool:
        """Whether its controller is ECS, so that it has deployments and no task sets."""
        return self.controller == "ECS"

    def revision_arn(self, rollout: Rollout) -> str:
        """The ARN of a service revision, which ends as the id of its deployment does."""
        number = rollout.id.rpartition("/")[2]
        return f"{self.arn.replace(':service/', ':service-revision/')}/{number}"

    @property
    def primary(self) -> Rollout | None:
        """The one that serves, if there is one."""
        return next((r for r in self.rollouts if r.setting.status == "PRIMARY"), None)


class Cluster(msgspec.Struct, frozen=True):
    """One ECS cluster; `standalone` tasks belong to no service."""

    name: str
    arn: str
    services: tuple[Service, ...]
    tags: dict[str, str]
    standalone: tuple[Task, ...] = ()

    def tasks(self) -> Iterator[Task]:
        """Every running task of it."""
        for service in self.services:
            for rollout in service.rollouts:
                yield from rollout.tasks
        yield from self.standalone


class Workload(msgspec.Struct, frozen=True):
    """Everything ECS and EC2 know of one account-region.

    Attributes:
        orphans: what has an interface still, or already, and is no task that ECS lists.
    """

    clusters: tuple[Cluster, ...]
    network: Network
    orphans: tuple[Task, ...] = ()

    def services(self) -> Iterator[Service]:
        """Of every cluster."""
        return (service for cluster in self.clusters for service in cluster.services)

    def tasks(self) -> Iterator[Task]:
        """Every running task of every cluster."""
        return (task for cluster in self.clusters for task in cluster.tasks())
