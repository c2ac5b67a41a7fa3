"""`EcsParameters`, the part of a target that EventBridge, Scheduler and Pipes pass to RunTask."""

from __future__ import annotations

import msgspec

from orgscan.model.ecs import AwsvpcConfiguration
from orgscan.model.launcher import Launch

NO_PARAMETERS = "has an ECS cluster as its target, and AWS's answer shows no ECS parameters"
"""What to say of a target that is known to start tasks and shows nothing of them."""


class AwsvpcShape(msgspec.Struct, rename="pascal"):
    """`AwsVpcConfiguration`."""

    subnets: list[str] | None = None
    security_groups: list[str] | None = None
    assign_public_ip: str | None = None


class NetworkShape(msgspec.Struct, rename="camel"):
    """`NetworkConfiguration`."""

    awsvpc_configuration: AwsvpcShape | None = None


class StrategyItemShape(msgspec.Struct, rename="camel"):
    """`CapacityProviderStrategyItem`."""

    capacity_provider: str = ""


class EcsParametersShape(msgspec.Struct, rename="pascal"):
    """`EcsParameters`, or `PipeTargetEcsTaskParameters`: the same members under another name."""

    task_definition_arn: str | None = None
    launch_type: str | None = None
    platform_version: str | None = None
    capacity_provider_strategy: list[StrategyItemShape] | None = None
    network_configuration: NetworkShape | None = None


def launch_of(shape: EcsParametersShape, *, cluster: str | None, place: str = "") -> Launch:
    """What a target states of the tasks it starts.

    Args:
        shape: the answer's own.
        cluster: the target's ARN.
        place: the target's id, where there may be several.
    """
    network = shape.network_configuration
    return Launch(
        place=place,
        cluster=cluster,
        task_definition=shape.task_definition_arn,
        launch_type=shape.launch_type,
        capacity_providers=tuple(
            item.capacity_provider for item in shape.capacity_provider_strategy or ()
        ),
        platform_version=shape.platform_version,
        awsvpc=_awsvpc(network.awsvpc_configuration if network else None),
    )


def is_ecs(target: str | None) -> bool:
    """Whether a target may be an ECS cluster; one that was left out may be anything."""
    return not target or target.split(":")[2:3] == ["ecs"]


def _awsvpc(shape: AwsvpcShape | None) -> AwsvpcConfiguration | None:
    if shape is None:
        return None
    return AwsvpcConfiguration(
        subnets=tuple(shape.subnets or ()),
        security_groups=tuple(shape.security_groups or ()),
        assign_public_ip=shape.assign_public_ip,
    )
