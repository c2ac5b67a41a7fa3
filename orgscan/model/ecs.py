"""What was seen of ECS in one account-region, typed from `ecs:DescribeServices`.

Every fact carries the digest of the response it was read from (`sha256:` and 64 hex digits).
Members that AWS may leave out are None; nothing is filled with a default here.
"""

from __future__ import annotations

import msgspec

from orgscan.model.outcome import NotCollected


class AwsvpcConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """ECS `AwsVpcConfiguration`; `assign_public_ip` is None where the response leaves it out."""

    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    assign_public_ip: str | None = None


class Corroboration(msgspec.Struct, frozen=True, kw_only=True):
    """What `ecs:DescribeTaskSets` said of a task set that `ecs:DescribeServices` had shown.

    Attributes:
        asked: False where the corroboration is switched off.
        refused: why it gave nothing; empty where it answered.
        seen: whether the answer held this task set.
        awsvpc: the network configuration in that answer.
    """

    asked: bool = False
    refused: str = ""
    seen: bool = False
    awsvpc: AwsvpcConfiguration | None = None


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where tasks start: what services, deployments, service revisions and task sets all state.

    Attributes:
        awsvpc: None where no awsvpc network configuration is stated.
        launch_type: None where AWS left it out, as it does beside capacity providers.
    """

    awsvpc: AwsvpcConfiguration | None = None
    launch_type: str | None = None
    capacity_providers: tuple[str, ...] = ()
    platform_version: str | None = None
    task_definition: str | None = None

    @property
    def is_fargate(self) -> bool:
        """Whether the launch type, or a capacity provider it names, is Fargate."""
        return self.launch_type == "FARGATE" or any(
            name in {"FARGATE", "FARGATE_SPOT"} for name in self.capacity_providers
        )


class TaskSet(Placement, frozen=True, kw_only=True):
    """ECS `TaskSet`, judged by its own network configuration and never by its service's.

    Attributes:
        status: PRIMARY (serving), ACTIVE (not serving production) or DRAINING (stopping).
        scale_percent: share of the service's desired count, in percent.
        created_at: UTC, ISO 8601.
        load_balancers: ARNs of target groups, or names of Classic Load Balancers.
    """

    arn: str
    id: str
    cluster_arn: str
    service_arn: str
    service_name: str
    deployment_controller: str
    status: str
    started_by: str | None = None
    external_id: str | None = None
    scale_percent: float | None = None
    computed_desired_count: int | None = None
    running_count: int | None = None
    pending_count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    load_balancers: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    corroboration: Corroboration = Corroboration()
    evidence: tuple[str, ...] = ()


class Counted(Placement, frozen=True, kw_only=True):
    """A placement with the tasks that it has, and is to have; None where AWS left a count out."""

    desired_count: int | None = None
    running_count: int | None = None
    pending_count: int | None = None

    @property
    def holds_tasks(self) -> bool:
        """Whether it has tasks or may get some: anything but three stated zeros."""
        return (self.desired_count, self.running_count, self.pending_count) != (0, 0, 0)


class Deployment(Counted, frozen=True, kw_only=True):
    """ECS `Deployment`: one configuration that a service of the ECS controller runs tasks by.

    Attributes:
        id: `ecs-svc/` and a number.
        status: PRIMARY (the newest), ACTIVE (being replaced, still with tasks) or INACTIVE.
        created_at: UTC, ISO 8601.
    """

    id: str
    status: str
    created_at: str | None = None

    @property
    def number(self) -> str:
        """The end of its id, which is also that of the ARN of its service revision."""
        return self.id.rpartition("/")[2]


class ServiceRevision(Counted, frozen=True, kw_only=True):
    """ECS `ServiceRevision`, named in `currentServiceRevisions` of its service.

    The counts come with its name. Its placement comes from `ecs:DescribeServiceRevisions`, which is
    asked only where a service may run by more than its deployments show.

    Attributes:
        desired_count: AWS's `requestedTaskCount`.
        asked: whether its placement was asked for.
        unseen: why that gave nothing; empty where it was described, or not asked for.
    """

    arn: str
    asked: bool = False
    unseen: str = ""

    @property
    def number(self) -> str:
        """The end of its ARN, which is also that of the id of its deployment."""
        return self.arn.rpartition("/")[2]


class Service(Counted, frozen=True, kw_only=True):
    """ECS `Service`; the controller is ECS where the response names none.

    Where the controller is not ECS, its own placement is that of its primary task set, or of none.

    Attributes:
        strategy: ROLLING, BLUE_GREEN, LINEAR or CANARY; None where AWS left it out.
        managed_by: `resourceManagementType`: ECS for an Express service, else CUSTOMER or None.
        revisions: the current service revisions.
        created_at: UTC, ISO 8601.
        load_balancers: ARNs of target groups, or names of Classic Load Balancers.
    """

    arn: str
    name: str
    cluster_arn: str
    deployment_controller: str
    status: str
    strategy: str | None = None
    managed_by: str | None = None
    created_at: str | None = None
    load_balancers: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    deployments: tuple[Deployment, ...] = ()
    revisions: tuple[ServiceRevision, ...] = ()
    task_sets: tuple[TaskSet, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def uses_task_sets(self) -> bool:
        """Whether its tasks run by task sets, so that its own placement says nothing."""
        return self.deployment_controller in {"EXTERNAL", "CODE_DEPLOY"}

    @property
    def runs_by_revisions(self) -> bool:
        """Whether it may run by service revisions that its deployments do not show."""
        if self.uses_task_sets:
            return False
        return self.is_express or self.strategy not in {None, "ROLLING"}

    @property
    def is_express(self) -> bool:
        """Whether ECS itself made and manages it."""
        return self.managed_by == "ECS"


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster or service that exists, or was listed, and could not be described.

    Attributes:
        resource_type: `AWS::ECS::Cluster` or `AWS::ECS::Service`.
        arn: as it was listed.
        cluster_arn: the cluster it belongs to.
        why: what stood in the way.
    """

    resource_type: str
    arn: str
    cluster_arn: str
    why: NotCollected
    evidence: tuple[str, ...] = ()


class EcsFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything seen, and everything known not to have been seen, in one account-region.

    Attributes:
        cut_short: why the list of clusters itself is incomplete; None where it is whole.
    """

    clusters: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    cut_short: NotCollected | None = None
