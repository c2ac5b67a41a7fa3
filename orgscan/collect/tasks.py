"""The running tasks that hold given network interfaces: ListTasks → DescribeTasks.

Nothing finds a task by its attachment, so clusters are gone through until every attachment has its
task. What is not wanted is not kept, and nothing is asked where nothing is wanted.
"""

from __future__ import annotations

import msgspec

from orgscan.aws.failure import CallFailed
from orgscan.aws.few_at_once import few_at_once
from orgscan.aws.session import RegionSession
from orgscan.collect.ecs_facts import tags_of, time_of
from orgscan.collect.task_operations import DESCRIBE_TASKS, LIST_TASKS, TaskShape
from orgscan.model.observation import RunningTask
from orgscan.model.outcome import NotCollected

_PAGE = 100  # also the most that DescribeTasks takes
# Production shares the account-region's throttles.
_CLUSTERS_AT_ONCE = 4
_INTERFACE = "ElasticNetworkInterface"
_STOPPED = "STOPPED"


class Tasks(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks found, by ARN, and by cluster what kept others from being looked at."""

    found: tuple[RunningTask, ...] = ()
    unseen: dict[str, NotCollected] = {}


async def collect_tasks(
    session: RegionSession, clusters: tuple[str, ...], attachments: frozenset[str]
) -> Tasks:
    """The running tasks that hold any of the attachments.

    A task that stops between List and Describe is not running any more, and is left out.

    Args:
        session: the account-region.
        clusters: their ARNs.
        attachments: ids of task attachments; none costs no call.
    """
    wanted = set(attachments)
    parts = await few_at_once(
        _CLUSTERS_AT_ONCE, [_in_cluster(session, cluster, wanted) for cluster in clusters]
    )
    found = sorted((task for part in parts for task in part.found), key=lambda task: task.arn)
    # A refusal matters only while something is still looked for.
    unseen = {cluster: why for part in parts for cluster, why in part.unseen.items()}
    return Tasks(found=tuple(found), unseen=unseen if wanted else {})


async def _in_cluster(session: RegionSession, cluster: str, wanted: set[str]) -> Tasks:
    """The tasks of one cluster; what they hold is struck off `wanted`, which clusters share."""
    found: list[RunningTask] = []
    if not wanted:
        return Tasks()
    pages = session.pages(
        LIST_TASKS,
        {"cluster": cluster, "desiredStatus": "RUNNING", "maxResults": _PAGE},
        cursor_member="nextToken",
        next_token=lambda page: page.next_token,
    )
    try:
        async for page in pages:
            if page.data.task_arns and wanted:
                tasks = await _describe(session, cluster, page.data.task_arns)
                held = [task for task in tasks if wanted.intersection(task.attachment_ids)]
                wanted.difference_update(*(task.attachment_ids for task in held))
                found += held
            if not wanted:
                break
    except CallFailed as failed:
        return Tasks(found=tuple(found), unseen={cluster: failed.why})
    return Tasks(found=tuple(found))


async def _describe(session: RegionSession, cluster: str, arns: list[str]) -> list[RunningTask]:
    reply = await session.call(
        DESCRIBE_TASKS, {"cluster": cluster, "tasks": arns, "include": ["TAGS"]}
    )
    return [
        _task(shape, cluster, reply.digest)
        for shape in reply.data.tasks
        if shape.last_status != _STOPPED
    ]


def _task(shape: TaskShape, cluster: str, digest: str) -> RunningTask:
    return RunningTask(
        arn=shape.task_arn,
        cluster_arn=shape.cluster_arn or cluster,
        attachment_ids=tuple(held.id for held in shape.attachments if held.type == _INTERFACE),
        group=shape.group,
        started_by=shape.started_by,
        status=shape.last_status,
        launch_type=shape.launch_type,
        capacity_provider=shape.capacity_provider_name,
        platform_version=shape.platform_version,
        task_definition=shape.task_definition_arn,
        started_at=time_of(shape.started_at),
        images=tuple(dict.fromkeys(held.image for held in shape.containers if held.image)),
        tags=tags_of(shape.tags),
        evidence=(digest,),
    )
