"""From ECS's answers to facts: what is said is kept, what is left out stays left out."""

from __future__ import annotations

import datetime as dt
from typing import Protocol, TypedDict

from msgspec.structs import replace

from orgscan.collect.ecs_operations import (
    AwsvpcShape,
    CurrentRevisionShape,
    DeploymentShape,
    LoadBalancerShape,
    NetworkShape,
    ServiceShape,
    StrategyItemShape,
    TagShape,
    TaskSetShape,
)
from orgscan.model.ecs import (
    AwsvpcConfiguration,
    Deployment,
    Service,
    ServiceRevision,
    TaskSet,
)


class Placed(Protocol):
    """What every answer that places tasks has."""

    task_definition: str | None
    launch_type: str | None
    platform_version: str | None
    capacity_provider_strategy: list[StrategyItemShape] | None
    network_configuration: NetworkShape | None


class PlacementMembers(TypedDict):
    """The members of `Placement`."""

    awsvpc: AwsvpcConfiguration | None
    launch_type: str | None
    capacity_providers: tuple[str, ...]
    platform_version: str | None
    task_definition: str | None


def service_facts(shape: ServiceShape, cluster_arn: str, digest: str) -> Service:
    """One service as DescribeServices shows it.

    Args:
        shape: the answer's own.
        cluster_arn: the cluster it was listed in; the answer may leave it out.
        digest: of the answer.
    """
    # "If a service is using the ECS deployment controller, the deploymentController and taskSets
    # parameters will not be returned" (CreateService, response).
    controller, configuration = shape.deployment_controller, shape.deployment_configuration
    service = Service(
        arn=shape.service_arn,
        name=shape.service_name or shape.service_arn.rsplit("/", 1)[-1],
        cluster_arn=shape.cluster_arn or cluster_arn,
        deployment_controller=(controller and controller.type) or "ECS",
        status=shape.status or "",
        strategy=configuration.strategy if configuration else None,
        managed_by=shape.resource_management_type,
        desired_count=shape.desired_count,
        running_count=shape.running_count,
        pending_count=shape.pending_count,
        created_at=time_of(shape.created_at),
        load_balancers=_load_balancers(shape.load_balancers),
        tags=tags_of(shape.tags),
        deployments=tuple(_deployment(found) for found in shape.deployments or ()),
        revisions=tuple(_revision(found) for found in shape.current_service_revisions or ()),
        evidence=(digest,),
        **placement_facts(shape),
    )
    return replace(
        service, task_sets=tuple(_task_set(found, service) for found in shape.task_sets or ())
    )


def placement_facts(shape: Placed) -> PlacementMembers:
    """The members that a service, a deployment, a revision and a task set have in common."""
    return {
        "awsvpc": awsvpc_facts(shape.network_configuration),
        "launch_type": shape.launch_type,
        "capacity_providers": tuple(
            item.capacity_provider for item in shape.capacity_provider_strategy or ()
        ),
        "platform_version": shape.platform_version,
        "task_definition": shape.task_definition,
    }


def awsvpc_facts(network: NetworkShape | None) -> AwsvpcConfiguration | None:
    """The awsvpc part of a network configuration; None where there is none."""
    shape: AwsvpcShape | None = network.awsvpc_configuration if network else None
    if shape is None:
        return None
    return AwsvpcConfiguration(
        subnets=tuple(shape.subnets or ()),
        security_groups=tuple(shape.security_groups or ()),
        assign_public_ip=shape.assign_public_ip,
    )


def tags_of(tags: list[TagShape] | None) -> dict[str, str]:
    """Tags as a mapping, sorted by key."""
    return {tag.key: tag.value for tag in sorted(tags or (), key=lambda tag: tag.key)}


def _deployment(shape: DeploymentShape) -> Deployment:
    return Deployment(
        id=shape.id,
        status=shape.status or "",
        desired_count=shape.desired_count,
        running_count=shape.running_count,
        pending_count=shape.pending_count,
        created_at=time_of(shape.created_at),
        **placement_facts(shape),
    )


def _revision(shape: CurrentRevisionShape) -> ServiceRevision:
    return ServiceRevision(
        arn=shape.arn,
        desired_count=shape.requested_task_count,
        running_count=shape.running_task_count,
        pending_count=shape.pending_task_count,
    )


def _task_set(shape: TaskSetShape, service: Service) -> TaskSet:
    cluster_arn = shape.cluster_arn or service.cluster_arn
    service_arn = shape.service_arn or service.arn
    return TaskSet(
        arn=shape.task_set_arn or _task_set_arn(service_arn, cluster_arn, service.name, shape.id),
        id=shape.id,
        cluster_arn=cluster_arn,
        service_arn=service_arn,
        service_name=service.name,
        deployment_controller=service.deployment_controller,
        status=shape.status or "",
        started_by=shape.started_by,
        external_id=shape.external_id,
        scale_percent=shape.scale.value if shape.scale else None,
        computed_desired_count=shape.computed_desired_count,
        running_count=shape.running_count,
        pending_count=shape.pending_count,
        created_at=time_of(shape.created_at),
        updated_at=time_of(shape.updated_at),
        load_balancers=_load_balancers(shape.load_balancers),
        tags=tags_of(shape.tags),
        evidence=service.evidence,
        **placement_facts(shape),
    )


def _load_balancers(shapes: list[LoadBalancerShape] | None) -> tuple[str, ...]:
    """What forwards to the tasks: ARNs of target groups, or names of Classic Load Balancers."""
    named = (one.target_group_arn or one.load_balancer_name for one in shapes or ())
    return tuple(name for name in named if name)


def _task_set_arn(service_arn: str, cluster_arn: str, service_name: str, set_id: str) -> str:
    """`arn:…:task-set/CLUSTER/SERVICE/ID`, for answers that leave the ARN out."""
    prefix = ":".join(service_arn.split(":")[:5])
    return f"{prefix}:task-set/{cluster_arn.rsplit('/', 1)[-1]}/{service_name}/{set_id}"


def time_of(epoch: float | None) -> str | None:
    """UTC, ISO 8601; None where AWS gave no time, or none that there is."""
    if epoch is None:
        return None
    try:
        moment = dt.datetime.fromtimestamp(epoch, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
