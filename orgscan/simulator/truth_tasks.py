"""What a complete sweep has to find of the tasks that run in one account-region.

Asked is, in every region with clusters, `ec2:DescribeNetworkInterfaces`; and where that shows a
public IPv4 or a global IPv6 address, `ecs:ListTasks` and `ecs:DescribeTasks` for the tasks that
hold it, and the four calls of `truth_network.Part`. A refusal makes the region partly covered: of
the first and of the last four always where they are asked, of the two about tasks while an address
is left whose task is not found. Such a cluster is **blind**, and so are all where interfaces were
refused.

Two controls judge what runs. Tasks that break nothing come and go by the thousand, so they are
told cluster by cluster:

- `ecs-task-no-public-ip`: FAILED for each task with a public IPv4 address.
- `ecs-task-ipv6-exposure`: FAILED for each task with a global IPv6 address to which an internet
  gateway leads, whatever guards it; NOT_EVALUATED where the route tables were refused.
- Either, for an interface with such an address whose task is not found: FAILED where a cluster is
  blind, WARNING where none is, because the task is likely to have just stopped.
- Either, for a cluster: NOT_EVALUATED where it is blind, else PASSED if none of its tasks has a
  finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypedDict

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator.truth_network import Part, Spot, grade, route_table, routed
from orgscan.simulator.truth_running import (
    ClusterTruth,
    InterfaceTruth,
    RegionTruth,
    TaskTruth,
)
from orgscan.simulator.weather import Subject, Weather
from orgscan.simulator.world.tasks import Task
from orgscan.simulator.world.workload import Cluster, Workload

_INTERFACES = "ec2:DescribeNetworkInterfaces"

Refused = Callable[[Subject], bool]


def hidden_tasks(account: str, region: str, workload: Workload) -> RegionTruth:
    """What runs in a region that cannot be swept."""
    eyes = _Eyes(account, region, workload)
    return RegionTruth(tasks=tuple(eyes.task(task, hidden=True) for task in workload.tasks()))


def running_tasks(
    account: str, region: str, workload: Workload, weather: Weather, refused: Refused
) -> RegionTruth:
    """What runs in a region whose clusters can be listed."""
    place = (account, region)
    if refused(Subject(*place, _INTERFACES)):
        unseen = hidden_tasks(account, region, workload).tasks
        clusters = (_cluster(place, each, (), blind=True) for each in workload.clusters)
        return RegionTruth(tasks=unseen, clusters=tuple(clusters), partly=True)
    parts = frozenset(part for part in Part if refused(Subject(*place, part)))
    eyes = _Eyes(account, region, workload, parts)
    dark = {each.arn for each in workload.clusters if _dark(place, each, refused)}
    tasks: list[TaskTruth] = []
    without_task: list[Task] = []
    for task, stopped in _tasks(place, workload, weather):
        gone = bool(task.eni) and weather.detached(Subject(*place, _INTERFACES), task.eni)
        unmatched = stopped or task.start.cluster_arn in dark
        if unmatched and not gone and (task.public_ip or task.ipv6):
            without_task.append(task)
        if not stopped:
            tasks.append(eyes.task(task, hidden=unmatched or gone))
    blind = dark if without_task else set()
    return RegionTruth(
        tasks=tuple(tasks),
        interfaces=tuple(eyes.interface(task, sure=not blind) for task in without_task),
        clusters=tuple(
            _cluster(place, each, tasks, blind=each.arn in blind) for each in workload.clusters
        ),
        partly=bool(blind) or bool(parts and (without_task or _exposed(tasks))),
    )


def _tasks(
    place: tuple[str, str], workload: Workload, weather: Weather
) -> Iterator[tuple[Task, bool]]:
    """Everything that has or had an interface, and whether it has stopped."""
    for cluster in workload.clusters:
        subject = Subject(*place, "ecs:DescribeTasks", cluster.name)
        for task in cluster.tasks():
            yield task, weather.stopped(subject, task.arn)
    yield from ((orphan, True) for orphan in workload.orphans)


def _exposed(tasks: list[TaskTruth]) -> bool:
    return any(task.exposed and not task.hidden for task in tasks)


def _cluster(
    place: tuple[str, str], cluster: Cluster, tasks: Sequence[TaskTruth], *, blind: bool
) -> ClusterTruth:
    seen = [task for task in tasks if task.cluster_arn == cluster.arn and not task.hidden]

    def expected(findings: list[Status | None]) -> Status | None:
        if blind:
            return Status.NOT_EVALUATED
        return None if any(findings) else Status.PASSED

    return ClusterTruth(
        account=place[0],
        region=place[1],
        arn=cluster.arn,
        blind=blind,
        expected=expected([task.expected for task in seen]),
        expected_ipv6=expected([task.expected_ipv6 for task in seen]),
    )


def _dark(place: tuple[str, str], cluster: Cluster, refused: Refused) -> bool:
    """Whether a cluster's tasks cannot be looked at."""
    apis = ("ecs:ListTasks", "ecs:DescribeTasks")
    return any(refused(Subject(*place, api, cluster.name)) for api in apis)


class _Common(TypedDict):
    account: str
    region: str
    interface: str
    public_ip: str | None
    ipv6: tuple[str, ...]
    security_groups: tuple[str, ...]
    grade: Grade
    ipv6_grade: Grade


class _Eyes:
    """Tells tasks and interfaces of one region; grades each place in the network once."""

    def __init__(
        self,
        account: str,
        region: str,
        workload: Workload,
        unseen: frozenset[Part] = frozenset(),
    ) -> None:
        self._place = (account, region)
        self._partition = workload.clusters[0].arn.split(":")[1]
        self._vpcs = {vpc.id: vpc for vpc in workload.network.vpcs}
        self._unseen = unseen
        self._grades: dict[tuple[str, tuple[str, ...], bool, int], Grade] = {}

    def task(self, task: Task, *, hidden: bool) -> TaskTruth:
        start = task.start
        return TaskTruth(
            **self._running(task),
            arn=task.arn,
            expected=Status.FAILED if task.public_ip else None,
            expected_ipv6=self._ipv6_verdict(task, Status.FAILED),
            cluster_arn=start.cluster_arn,
            group=start.group,
            started_by=start.started_by,
            starter=_starter(task),
            service_arn=start.service_arn,
            task_set_arn=start.task_set_arn,
            launch_type=start.launch,
            hidden=hidden,
        )

    def interface(self, task: Task, *, sure: bool) -> InterfaceTruth:
        """`sure` is whether all tasks could be looked at, so that this one has stopped."""
        verdict = Status.WARNING if sure else Status.FAILED
        partition, account, region = self._partition, *self._place
        return InterfaceTruth(
            **self._running(task),
            arn=f"arn:{partition}:ec2:{region}:{account}:network-interface/{task.eni}",
            expected=verdict if task.public_ip else None,
            expected_ipv6=self._ipv6_verdict(task, verdict),
            attachment=task.attachment,
        )

    def _running(self, task: Task) -> _Common:
        return {
            "account": self._place[0],
            "region": self._place[1],
            "interface": task.eni,
            "public_ip": task.public_ip,
            "ipv6": task.ipv6,
            "security_groups": task.start.groups if task.subnet else (),
            "grade": self._grade(task, 4),
            "ipv6_grade": self._grade(task, 6),
        }

    def _spot(self, task: Task) -> Spot | None:
        if task.subnet is None:
            return None
        return Spot(
            vpc=self._vpcs[task.subnet.vpc_id],
            subnet=task.subnet,
            groups=task.start.groups,
            denies_gateways=task.denies_gateways,
        )

    def _grade(self, task: Task, family: int) -> Grade:
        spot = self._spot(task)
        if spot is None or not (task.public_ip if family == 4 else task.ipv6):
            return Grade.NONE
        key = (spot.subnet.id, spot.groups, spot.denies_gateways, family)
        if key not in self._grades:
            self._grades[key] = grade(spot, family, self._unseen)
        return self._grades[key]

    def _ipv6_verdict(self, task: Task, found: Status) -> Status | None:
        spot = self._spot(task)
        if spot is None or not task.ipv6:
            return None
        if Part.ROUTES in self._unseen:
            return Status.NOT_EVALUATED
        return found if routed(route_table(spot), 6) else None


def _starter(task: Task) -> str:
    started_by = task.start.started_by or ""
    if task.start.service_arn:
        return "task set" if task.start.task_set_arn else "service"
    is_timed = started_by.startswith(("events-rule/", "chronos-schedule/"))
    return "schedule" if is_timed else "by hand"
