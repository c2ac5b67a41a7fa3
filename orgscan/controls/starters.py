"""Who started a task, as far as ECS keeps it: `startedBy`, the group and the cluster's name."""

from __future__ import annotations

from orgscan.controls.verdict import quoted
from orgscan.model.observation import RunningTask

_SERVICE, _FAMILY = "service:", "family:"
# Known beginnings of `startedBy` where AWS itself started the task.
_STARTERS = (
    ("events-rule/", "EventBridge rule"),
    ("chronos-schedule/", "EventBridge Scheduler schedule"),
)


def service_name_of(task: RunningTask) -> str | None:
    """The service that a task belongs to, by its group."""
    group = task.group or ""
    return group.removeprefix(_SERVICE) if group.startswith(_SERVICE) else None


def who_started(task: RunningTask, task_sets: frozenset[str]) -> str:
    """The starter in words.

    Args:
        task: a running task.
        task_sets: ids of the task sets of its cluster, which deployments' ids look like.
    """
    service, starter = service_name_of(task), task.started_by or ""
    if service is not None:
        if starter in task_sets:
            return f"task set {quoted(starter)} of service {quoted(service)}"
        return f"service {quoted(service)}"
    for beginning, name in _STARTERS:
        if starter.startswith(beginning):
            return f"{name} {quoted(starter.removeprefix(beginning))}"
    group = task.group or ""
    family = group.removeprefix(_FAMILY) if group.startswith(_FAMILY) else ""
    of_what = f" of family {quoted(family)}" if family else ""
    if starter:
        return f"RunTask{of_what}, started by {quoted(starter)}"
    return f"RunTask{of_what}, by hand or by a program that does not say so"
