"""DescribeTaskSets by id: a second source for task sets that DescribeServices has shown.

It adds tags, and either agrees or not. Its refusal (it is known to refuse CODE_DEPLOY services
on some days and never documented for them) is noted on the task set and loses nothing.
"""

from __future__ import annotations

from msgspec.structs import replace

from orgscan.aws.failure import CallFailed
from orgscan.aws.session import RegionSession
from orgscan.collect.ecs_facts import awsvpc_facts, tags_of
from orgscan.collect.ecs_operations import DESCRIBE_TASK_SETS, TaskSetShape
from orgscan.model.ecs import Corroboration, Service, TaskSet


async def corroborated(session: RegionSession, service: Service) -> Service:
    """The service with what DescribeTaskSets says of each of its task sets."""
    ids = [task_set.id for task_set in service.task_sets if task_set.id]
    if not ids:
        return service
    try:
        reply = await session.call(
            DESCRIBE_TASK_SETS,
            {
                "cluster": service.cluster_arn,
                "service": service.arn,
                "taskSets": ids,
                "include": ["TAGS"],
            },
        )
    except CallFailed as failed:
        refused = Corroboration(asked=True, refused=failed.code or failed.why.reason)
        return _with_task_sets(
            service, [replace(one, corroboration=refused) for one in service.task_sets]
        )
    shapes = {shape.id: shape for shape in reply.data.task_sets}
    return _with_task_sets(
        service, [_weighed(one, shapes.get(one.id), reply.digest) for one in service.task_sets]
    )


def _weighed(task_set: TaskSet, shape: TaskSetShape | None, digest: str) -> TaskSet:
    evidence = (*task_set.evidence, digest)
    if shape is None:
        return replace(task_set, corroboration=Corroboration(asked=True), evidence=evidence)
    return replace(
        task_set,
        corroboration=Corroboration(
            asked=True, seen=True, awsvpc=awsvpc_facts(shape.network_configuration)
        ),
        tags=tags_of(shape.tags) or task_set.tags,
        evidence=evidence,
    )


def _with_task_sets(service: Service, task_sets: list[TaskSet]) -> Service:
    return replace(service, task_sets=tuple(task_sets))
