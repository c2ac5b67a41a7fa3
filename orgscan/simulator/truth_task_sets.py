"""What a complete sweep has to say of a task set.

The verdict on a task set (`ecs-taskset-no-public-ip`) weighs its running tasks with what it states:

- it states ENABLED: FAILED. Its grade is the worst of its tasks', else `configured`.
- a task of it is public: FAILED, whatever it states, with the worst grade of its tasks.
- it states DISABLED: PASSED, `none`.
- it states nothing and its tasks have an interface: WARNING. Graded `none` while tasks run, since
  all of them are private, and `unknown` where none runs.
- its tasks have no interface of their own: NOT_APPLICABLE, without a grade.

The worst of several grades is `reachable`, then `unknown`, then `addressable`. In a cluster that is
blind (see `truth_tasks`), a set of which no task is seen to be public has the same verdict and the
grade `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator.truth_running import RegionTruth
from orgscan.simulator.world.workload import Rollout

_WORST = (Grade.REACHABLE, Grade.UNKNOWN, Grade.ADDRESSABLE)


def stated(rollout: Rollout) -> Status:
    """The verdict on a task set by what it states alone."""
    setting = rollout.setting
    if not setting.awsvpc:
        fargate = (rollout.launch_type or "").startswith("FARGATE") or setting.provider
        # Fargate always has a network of its own: that none is stated says nothing.
        return Status.WARNING if fargate else Status.NOT_APPLICABLE
    return {"ENABLED": Status.FAILED, "DISABLED": Status.PASSED}.get(
        setting.assign or "", Status.WARNING
    )


def weighed(rollout: Rollout, cluster_arn: str, seen: RegionTruth) -> tuple[Status, Grade | None]:
    """The verdict on a task set, and its grade, by what it states and what runs."""
    status = stated(rollout)
    public = [task for task in seen.of_task_set(rollout.arn) if task.public_ip]
    if public:
        return Status.FAILED, worst(task.grade for task in public)
    if status is Status.NOT_APPLICABLE:
        return status, None
    if seen.is_blind(cluster_arn):
        return status, Grade.UNKNOWN
    if status is Status.WARNING:
        return status, Grade.NONE if rollout.running else Grade.UNKNOWN
    return status, Grade.CONFIGURED if status is Status.FAILED else Grade.NONE


def worst(grades: Iterator[Grade]) -> Grade:
    """The worst grade of several public addresses."""
    return min(grades, key=_WORST.index)
