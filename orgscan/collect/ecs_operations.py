"""The ECS reads, with the members that are used, by AWS's own names.

Every member that AWS may leave out has a default here that says so; nothing else is assumed.
Throttles: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket

_CLUSTER_READ = Bucket("ecs cluster read", burst=50, rate=20)
_SERVICE_READ = Bucket("ecs service read", burst=100, rate=20)
_SERVICE_REVISION = Bucket("ecs service revision", burst=50, rate=20)
# Not documented; thought to be scarcer than the rest.
_TASK_SET = Bucket("ecs task set", burst=20, rate=5, ceiling=20)


class ListClustersReply(msgspec.Struct, rename="camel"):
    """ecs:ListClusters."""

    cluster_arns: list[str] = []
    next_token: str | None = None


class ListServicesReply(msgspec.Struct, rename="camel"):
    """ecs:ListServices."""

    service_arns: list[str] = []
    next_token: str | None = None


class AwsvpcShape(msgspec.Struct, rename="camel"):
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


class ScaleShape(msgspec.Struct):
    """`Scale`; the unit is always PERCENT."""

    value: float | None = None


class TagShape(msgspec.Struct):
    """`Tag`."""

    key: str = ""
    value: str = ""


class LoadBalancerShape(msgspec.Struct, rename="camel"):
    """`LoadBalancer`; a Classic one has a name and no target group."""

    target_group_arn: str | None = None
    load_balancer_name: str | None = None


class TaskSetShape(msgspec.Struct, rename="camel"):
    """`TaskSet`; real answers leave out any of these, ARNs too."""

    id: str = ""
    task_set_arn: str | None = None
    service_arn: str | None = None
    cluster_arn: str | None = None
    status: str | None = None
    started_by: str | None = None
    external_id: str | None = None
    task_definition: str | None = None
    launch_type: str | None = None
    platform_version: str | None = None
    capacity_provider_strategy: list[StrategyItemShape] | None = None
    network_configuration: NetworkShape | None = None
    load_balancers: list[LoadBalancerShape] | None = None
    scale: ScaleShape | None = None
    computed_desired_count: int | None = None
    pending_count: int | None = None
    running_count: int | None = None
    created_at: float | None = None
    updated_at: float | None = None
    tags: list[TagShape] | None = None


class DeploymentControllerShape(msgspec.Struct):
    """`DeploymentController`."""

    type: str | None = None


class DeploymentConfigurationShape(msgspec.Struct):
    """`DeploymentConfiguration`."""

    strategy: str | None = None


class DeploymentShape(msgspec.Struct, rename="camel"):
    """`Deployment`."""

    id: str = ""
    status: str | None = None
    task_definition: str | None = None
    launch_type: str | None = None
    platform_version: str | None = None
    capacity_provider_strategy: list[StrategyItemShape] | None = None
    network_configuration: NetworkShape | None = None
    desired_count: int | None = None
    running_count: int | None = None
    pending_count: int | None = None
    created_at: float | None = None


class CurrentRevisionShape(msgspec.Struct, rename="camel"):
    """`ServiceCurrentRevisionSummary`."""

    arn: str = ""
    requested_task_count: int | None = None
    running_task_count: int | None = None
    pending_task_count: int | None = None


class ServiceShape(msgspec.Struct, rename="camel"):
    """`Service`."""

    service_arn: str = ""
    service_name: str = ""
    cluster_arn: str | None = None
    status: str | None = None
    task_definition: str | None = None
    launch_type: str | None = None
    platform_version: str | None = None
    capacity_provider_strategy: list[StrategyItemShape] | None = None
    network_configuration: NetworkShape | None = None
    load_balancers: list[LoadBalancerShape] | None = None
    desired_count: int | None = None
    running_count: int | None = None
    pending_count: int | None = None
    created_at: float | None = None
    deployment_controller: DeploymentControllerShape | None = None
    deployment_configuration: DeploymentConfigurationShape | None = None
    deployments: list[DeploymentShape] | None = None
    current_service_revisions: list[CurrentRevisionShape] | None = None
    resource_management_type: str | None = None
    task_sets: list[TaskSetShape] | None = None
    tags: list[TagShape] | None = None


class FailureShape(msgspec.Struct):
    """`Failure`: arrives in a 200."""

    arn: str | None = None
    reason: str | None = None
    detail: str | None = None


class DescribeServicesReply(msgspec.Struct, rename="camel"):
    """ecs:DescribeServices."""

    services: list[ServiceShape] = []
    failures: list[FailureShape] = []


class DescribeTaskSetsReply(msgspec.Struct, rename="camel"):
    """ecs:DescribeTaskSets."""

    task_sets: list[TaskSetShape] = []
    failures: list[FailureShape] = []


class ServiceRevisionShape(msgspec.Struct, rename="camel"):
    """`ServiceRevision`."""

    service_revision_arn: str = ""
    task_definition: str | None = None
    launch_type: str | None = None
    platform_version: str | None = None
    capacity_provider_strategy: list[StrategyItemShape] | None = None
    network_configuration: NetworkShape | None = None


class DescribeServiceRevisionsReply(msgspec.Struct, rename="camel"):
    """ecs:DescribeServiceRevisions."""

    service_revisions: list[ServiceRevisionShape] = []
    failures: list[FailureShape] = []


LIST_CLUSTERS = Operation(
    service="ecs", name="ListClusters", reply=ListClustersReply, bucket=_CLUSTER_READ, lean=True
)
LIST_SERVICES = Operation(
    service="ecs", name="ListServices", reply=ListServicesReply, bucket=_SERVICE_READ, lean=True
)
DESCRIBE_SERVICES = Operation(
    service="ecs",
    name="DescribeServices",
    reply=DescribeServicesReply,
    bucket=_SERVICE_READ,
    lean=True,
)
DESCRIBE_TASK_SETS = Operation(
    service="ecs", name="DescribeTaskSets", reply=DescribeTaskSetsReply, bucket=_TASK_SET, lean=True
)
DESCRIBE_SERVICE_REVISIONS = Operation(
    service="ecs",
    name="DescribeServiceRevisions",
    reply=DescribeServiceRevisionsReply,
    bucket=_SERVICE_REVISION,
    lean=True,
)
