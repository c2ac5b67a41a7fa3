"""The running tasks of a task set or deployment, and whether their targets are healthy."""

from __future__ import annotations

from orgscan.aws.session import RegionSession
from orgscan.remediation.operations import DESCRIBE_TARGET_HEALTH, DESCRIBE_TASKS, LIST_TASKS

_PAGE = 100  # also the most that DescribeTasks takes
_ADDRESS = "privateIPv4Address"


async def healthy_tasks(
    session: RegionSession, cluster_arn: str, started_by: str, target_groups: tuple[str, ...]
) -> int:
    """How many tasks are healthy in each of the target groups, the least of them.

    Args:
        session: the account-region.
        cluster_arn: where they run.
        started_by: id of the task set.
        target_groups: ARNs, at least one.

    Raises:
        CallFailed: tasks or targets could not be read.
    """
    addresses = await _addresses(session, cluster_arn, started_by)
    counts = []
    for target_group in target_groups:
        reply = await session.call(DESCRIBE_TARGET_HEALTH, {"TargetGroupArn": target_group})
        healthy = {
            shape.target.id
            for shape in reply.data.target_health_descriptions
            if shape.target_health.state == "healthy"
        }
        counts.append(len(addresses & healthy))
    return min(counts)


async def _addresses(session: RegionSession, cluster_arn: str, started_by: str) -> set[str]:
    """Their private addresses, which is how an awsvpc task is registered."""
    found: set[str] = set()
    # "It must be the only filter that you use" (ListTasks, startedBy).
    pages = session.pages(
        LIST_TASKS,
        {"cluster": cluster_arn, "startedBy": started_by},
        cursor_member="nextToken",
        next_token=lambda page: page.next_token,
    )
    async for page in pages:
        arns = page.data.task_arns
        if not arns:
            continue
        reply = await session.call(DESCRIBE_TASKS, {"cluster": cluster_arn, "tasks": arns[:_PAGE]})
        found |= {
            detail.get("value", "")
            for task in reply.data.tasks
            if task.get("lastStatus") == "RUNNING"
            for attachment in task.get("attachments") or ()
            for detail in attachment.get("details") or ()
            if detail.get("name") == _ADDRESS
        }
    return found - {""}
