"""The AWS Batch read, with the members that are used, by AWS's own names.

Commands and environments of containers, which may hold secrets, are not among them.
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket

# Not documented: starts low and finds out.
_READ = Bucket("batch read", burst=20, rate=5, ceiling=20)


class NetworkShape(msgspec.Struct, rename="camel"):
    """`NetworkConfiguration`: subnets and security groups are the compute environment's."""

    assign_public_ip: str | None = None


class PlatformShape(msgspec.Struct, rename="camel"):
    """`FargatePlatformConfiguration`."""

    platform_version: str | None = None


class ContainerShape(msgspec.Struct, rename="camel"):
    """`ContainerProperties`."""

    network_configuration: NetworkShape | None = None
    fargate_platform_configuration: PlatformShape | None = None


class TaskShape(msgspec.Struct, rename="camel"):
    """`EcsTaskProperties`."""

    network_configuration: NetworkShape | None = None
    platform_version: str | None = None


class EcsPropertiesShape(msgspec.Struct, rename="camel"):
    """`EcsProperties`."""

    task_properties: list[TaskShape] | None = None


class NodeRangeShape(msgspec.Struct, rename="camel"):
    """`NodeRangeProperty`."""

    target_nodes: str = ""
    container: ContainerShape | None = None
    ecs_properties: EcsPropertiesShape | None = None


class NodePropertiesShape(msgspec.Struct, rename="camel"):
    """`NodeProperties`, of a job that runs on several nodes at once."""

    node_range_properties: list[NodeRangeShape] | None = None


class JobDefinitionShape(msgspec.Struct, rename="camel"):
    """`JobDefinition`."""

    job_definition_name: str = ""
    job_definition_arn: str = ""
    revision: int | None = None
    status: str | None = None
    platform_capabilities: list[str] | None = None
    container_properties: ContainerShape | None = None
    ecs_properties: EcsPropertiesShape | None = None
    node_properties: NodePropertiesShape | None = None


class DescribeJobDefinitionsReply(msgspec.Struct, rename="camel"):
    """batch:DescribeJobDefinitions."""

    job_definitions: list[JobDefinitionShape] = []
    next_token: str | None = None


DESCRIBE_JOB_DEFINITIONS = Operation(
    service="batch",
    name="DescribeJobDefinitions",
    reply=DescribeJobDefinitionsReply,
    bucket=_READ,
)
