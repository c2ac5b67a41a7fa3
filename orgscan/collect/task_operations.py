"""The reads of running ECS tasks, with the members that are used, by AWS's own names.

Throttles: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.collect.ecs_operations import FailureShape, TagShape

_CLUSTER_RESOURCE_READ = Bucket("ecs cluster resource read", burst=100, rate=20)


class ListTasksReply(msgspec.Struct, rename="camel"):
    """ecs:ListTasks."""

    task_arns: list[str] = []
    next_token: str | None = None


class AttachmentShape(msgspec.Struct):
    """`Attachment`; the description of its network interface ends with its id."""

    id: str = ""
    type: str = ""


class ContainerShape(msgspec.Struct):
    """`Container`."""

    image: str | None = None


class TaskShape(msgspec.Struct, rename="camel"):
    """`Task`; which public address it has is not in it."""

    task_arn: str = ""
    cluster_arn: str | None = None
    attachments: list[AttachmentShape] = []
    containers: list[ContainerShape] = []
    group: str | None = None
    started_by: str | None = None
    last_status: str | None = None
    launch_type: str | None = None
    capacity_provider_name: str | None = None
    platform_version: str | None = None
    task_definition_arn: str | None = None
    started_at: float | None = None
    tags: list[TagShape] | None = None


class DescribeTasksReply(msgspec.Struct, rename="camel"):
    """ecs:DescribeTasks."""

    tasks: list[TaskShape] = []
    failures: list[FailureShape] = []


LIST_TASKS = Operation(
    service="ecs", name="ListTasks", reply=ListTasksReply, bucket=_CLUSTER_RESOURCE_READ, lean=True
)
DESCRIBE_TASKS = Operation(
    service="ecs",
    name="DescribeTasks",
    reply=DescribeTasksReply,
    bucket=_CLUSTER_RESOURCE_READ,
    lean=True,
)
