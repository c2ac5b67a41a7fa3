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

from collections.abc import Iterator, Sequence

import msgspec

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator.truth_running import RegionTruth, TaskTruth
from orgscan.simulator.world.owners import owner_of
from orgscan.simulator.world.workload import Rollout, Service

_WORST = (Grade.REACHABLE, Grade.UNKNOWN, Grade.ADDRESSABLE)


class TaskSetTruth(msgspec.Struct, frozen=True, kw_only=True):
    """One task set that exists.

    Attributes:
        assign_public_ip: ENABLED, DISABLED, or None where it is not stated.
        launch_type: as a response shows it; None where it shows none.
        stated: the verdict by its configuration alone.
        expected: the verdict that weighs what runs too.
        grade: of its exposure; None where the control does not apply to it.
        public_ips: of its running tasks, those that can be seen.
        in_front: the internet-facing load balancer that forwards to it, by its ARN; None where
            there is none.
        owner: by its tags, which only DescribeTaskSets shows, or its service's.
        hidden: whether something keeps a sweep from seeing it, so that it has no finding.
    """

    account: str
    region: str
    arn: str
    cluster_arn: str
    service_arn: str
    service: str
    controller: str
    status: str
    assign_public_ip: str | None
    has_awsvpc: bool
    launch_type: str | None
    stated: Status
    expected: Status
    grade: Grade | None
    public_ips: tuple[str, ...]
    in_front: str | None
    owner: str | None
    hidden: bool


def task_sets(
    account: str, region: str, service: Service, seen: RegionTruth, *, hidden: bool
) -> Iterator[TaskSetTruth]:
    """Those of a service; none where it rolls. `seen` is what runs in the region."""
    if service.is_rolling:
        return
    for rollout in service.rollouts:
        tasks = seen.of_task_set(rollout.arn)
        expected, grade = weighed(
            stated(rollout),
            tasks,
            running=rollout.running,
            is_blind=seen.is_blind(service.cluster_arn),
        )
        public = (task.public_ip for task in tasks)
        yield TaskSetTruth(
            account=account,
            region=region,
            arn=rollout.arn,
            cluster_arn=service.cluster_arn,
            service_arn=service.arn,
            service=service.name,
            controller=service.controller,
            status=rollout.setting.status,
            assign_public_ip=rollout.setting.assign,
            has_awsvpc=rollout.setting.awsvpc,
            launch_type=rollout.launch_type,
            stated=stated(rollout),
            expected=expected,
            grade=grade,
            public_ips=tuple(sorted(filter(None, public))),
            in_front=in_front_of(rollout),
            owner=owner_of(rollout.tags, service.tags),
            hidden=hidden,
        )


def in_front_of(rollout: Rollout) -> str | None:
    """The internet-facing load balancer that forwards to a rollout, by its ARN."""
    balancer = rollout.balancer
    return balancer.arn if balancer and balancer.faces_the_internet else None


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


def weighed(
    status: Status, tasks: Sequence[TaskTruth], *, running: int, is_blind: bool
) -> tuple[Status, Grade | None]:
    """The verdict, and its grade, by what is stated and what runs.

    Args:
        status: by what is stated.
        tasks: what can be seen running of it.
        running: how many tasks of it run.
        is_blind: whether more may run of it with an address than can be seen.
    """
    public = [task for task in tasks if task.public_ip]
    if public:
        return Status.FAILED, worst(task.grade for task in public)
    if status is Status.NOT_APPLICABLE:
        return status, None
    if is_blind:
        return status, Grade.UNKNOWN
    if status is Status.FAILED:
        return status, Grade.CONFIGURED
    return status, Grade.NONE if status is Status.PASSED or running else Grade.UNKNOWN


def worst(grades: Iterator[Grade]) -> Grade:
    """The worst grade of several public addresses."""
    return min(grades, key=_WORST.index)
