"""The calls of a remediation. Reads keep AWS's structures whole; writes are sent once.

What is copied must be copied whole, so that structures are not cut down to known members here.
Throttles: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.model.remediation import Shape

_SERVICE_READ = Bucket("ecs service read", burst=100, rate=20)
_SERVICE_MODIFY = Bucket("ecs service modify", burst=50, rate=5)
# Not documented, for reads nor for writes; thought to be scarcer than the rest.
_TASK_SET = Bucket("ecs task set", burst=5, rate=5)
_TASKS = Bucket("ecs cluster resource read", burst=100, rate=20)
_TARGETS = Bucket("elbv2 read", burst=10, rate=5, ceiling=20)


class ServicesReply(msgspec.Struct, rename="camel"):
    """ecs:DescribeServices."""

    services: list[Shape] = []
    failures: list[Shape] = []


class TaskSetsReply(msgspec.Struct, rename="camel"):
    """ecs:DescribeTaskSets."""

    task_sets: list[Shape] = []
    failures: list[Shape] = []


class TaskArnsReply(msgspec.Struct, rename="camel"):
    """ecs:ListTasks."""

    task_arns: list[str] = []
    next_token: str | None = None


class TasksReply(msgspec.Struct, rename="camel"):
    """ecs:DescribeTasks."""

    tasks: list[Shape] = []


class TargetShape(msgspec.Struct, rename="pascal"):
    """`TargetDescription`; of an awsvpc task, its private IPv4 address."""

    id: str = ""


class HealthShape(msgspec.Struct, rename="pascal"):
    """`TargetHealth`."""

    state: str | None = None


class TargetHealthShape(msgspec.Struct, rename="pascal"):
    """`TargetHealthDescription`."""

    target: TargetShape = msgspec.field(default_factory=TargetShape)
    target_health: HealthShape = msgspec.field(default_factory=HealthShape)


class TargetHealthReply(msgspec.Struct, rename="pascal"):
    """elasticloadbalancing:DescribeTargetHealth."""

    target_health_descriptions: list[TargetHealthShape] = []


class TaskSetReply(msgspec.Struct, rename="camel"):
    """What the task set calls answer: the set."""

    task_set: Shape = {}


class ServiceReply(msgspec.Struct, rename="camel"):
    """ecs:UpdateService."""

    service: Shape = {}


DESCRIBE_SERVICES = Operation(
    service="ecs", name="DescribeServices", reply=ServicesReply, bucket=_SERVICE_READ, lean=True
)
DESCRIBE_TASK_SETS = Operation(
    service="ecs", name="DescribeTaskSets", reply=TaskSetsReply, bucket=_TASK_SET, lean=True
)
LIST_TASKS = Operation(
    service="ecs", name="ListTasks", reply=TaskArnsReply, bucket=_TASKS, lean=True
)
DESCRIBE_TASKS = Operation(
    service="ecs", name="DescribeTasks", reply=TasksReply, bucket=_TASKS, lean=True
)
DESCRIBE_TARGET_HEALTH = Operation(
    service="elbv2",
    name="DescribeTargetHealth",
    reply=TargetHealthReply,
    bucket=_TARGETS,
    prefix="elasticloadbalancing",
)

CREATE_TASK_SET = Operation(
    service="ecs", name="CreateTaskSet", reply=TaskSetReply, bucket=_TASK_SET, changes=True
)
UPDATE_TASK_SET = Operation(
    service="ecs", name="UpdateTaskSet", reply=TaskSetReply, bucket=_TASK_SET, changes=True
)
UPDATE_SERVICE_PRIMARY_TASK_SET = Operation(
    service="ecs",
    name="UpdateServicePrimaryTaskSet",
    reply=TaskSetReply,
    bucket=_TASK_SET,
    changes=True,
)
DELETE_TASK_SET = Operation(
    service="ecs", name="DeleteTaskSet", reply=TaskSetReply, bucket=_TASK_SET, changes=True
)
UPDATE_SERVICE = Operation(
    service="ecs", name="UpdateService", reply=ServiceReply, bucket=_SERVICE_MODIFY, changes=True
)
