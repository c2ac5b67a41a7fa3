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


class TaskSet(msgspec.Struct, frozen=True, kw_only=True):
    """ECS `TaskSet`, judged by its own network configuration and never by its service's.

    Attributes:
        status: PRIMARY (serving), ACTIVE (not serving production) or DRAINING (stopping).
        awsvpc: None where the set states no awsvpc network configuration.
        launch_type: None where AWS left it out.
        scale_percent: share of the service's desired count, in percent.
        created_at: UTC, ISO 8601.
    """

    arn: str
    id: str
    cluster_arn: str
    service_arn: str
    service_name: str
    deployment_controller: str
    status: str
    awsvpc: AwsvpcConfiguration | None
    launch_type: str | None = None
    capacity_providers: tuple[str, ...] = ()
    platform_version: str | None = None
    task_definition: str | None = None
    started_by: str | None = None
    external_id: str | None = None
    scale_percent: float | None = None
    computed_desired_count: int | None = None
    running_count: int | None = None
    pending_count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    tags: dict[str, str] = {}
    corroboration: Corroboration = Corroboration()
    evidence: tuple[str, ...] = ()

    @property
    def is_fargate(self) -> bool:
        """Whether the launch type, or a capacity provider it names, is Fargate."""
        return self.launch_type == "FARGATE" or any(
            name in {"FARGATE", "FARGATE_SPOT"} for name in self.capacity_providers
        )


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """ECS `Service`; the controller is ECS where the response names none."""

    arn: str
    name: str
    cluster_arn: str
    deployment_controller: str
    status: str
    task_sets: tuple[TaskSet, ...] = ()
    tags: dict[str, str] = {}
    evidence: tuple[str, ...] = ()


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
