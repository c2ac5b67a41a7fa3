"""What a complete sweep has to find of the tasks that run in one account-region.

Asked are, in every region with clusters, `ec2:DescribeNetworkInterfaces`; and where that shows a
public IPv4 or a global IPv6 address, `ecs:ListTasks` and `ecs:DescribeTasks` for the tasks that
hold it, and the four calls of `truth_network.Part`. A refusal of one that is asked makes the
region partly covered: of the first always, of the next two while an address is left whose task is
not found, of the others always.

Verdicts on a task whose address and which itself can be seen:

- `ecs-task-no-public-ip`: FAILED with a public IPv4 address, PASSED with an interface of its own
  and without one, NOT_APPLICABLE without an interface (bridge and host mode).
- `ecs-task-ipv6-exposure`: FAILED with a global IPv6 address and a route to an internet gateway
  for it, whatever guards it; PASSED with an interface and without that; NOT_EVALUATED where the
  route tables were refused; NOT_APPLICABLE without an interface.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator.truth_network import Part, Spot, grade, route_table, routed
from orgscan.simulator.weather import Subject, Weather
from orgscan.simulator.world.tasks import Task
from orgscan.simulator.world.workload import Cluster, Workload

_INTERFACES = "ec2:DescribeNetworkInterfaces"

Refused = Callable[[Subject], bool]


class TaskTruth(msgspec.Struct, frozen=True, kw_only=True):
    """One task that runs.

    Attributes:
        starter: `task set`, `service`, `schedule` (also a rule), or `by hand`.
        task_set_arn: None where it belongs to none; `service_arn` likewise.
        public_ip: None where it has none.
        ipv6: global addresses.
        security_groups: ids; none for a task without an interface of its own.
        grade: of its IPv4 address, NONE without one; `ipv6_grade` likewise.
        expected: the verdict of `ecs-task-no-public-ip`.
        expected_ipv6: the verdict of `ecs-task-ipv6-exposure`.
        hidden: whether something keeps a sweep from seeing it, or its interface.
    """

    account: str
    region: str
    arn: str
    cluster_arn: str
    group: str
    started_by: str | None
    starter: str
    service_arn: str | None
    task_set_arn: str | None
    launch_type: str
    interface: str
    public_ip: str | None
    ipv6: tuple[str, ...]
    security_groups: tuple[str, ...]
    grade: Grade
    ipv6_grade: Grade
    expected: Status
    expected_ipv6: Status
    hidden: bool

    @property
    def exposed(self) -> bool:
        """Whether it has an address that the internet routes."""
        return bool(self.public_ip or self.ipv6)


class InterfaceTruth(msgspec.Struct, frozen=True, kw_only=True):
    """An interface with an address that the internet routes, whose task cannot be seen."""

    account: str
    region: str
    id: str
    attachment: str
    public_ip: str | None
    ipv6: tuple[str, ...]
    grade: Grade
    ipv6_grade: Grade


class RegionTruth(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks of one account-region.

    Attributes:
        partly: whether something that was asked for was refused.
        interfaces_seen: whether interfaces could be read.
        uncertain: clusters whose tasks could not be looked at, while an address is left whose task
            was not found.
    """

    tasks: tuple[TaskTruth, ...]
    interfaces: tuple[InterfaceTruth, ...] = ()
    partly: bool = False
    interfaces_seen: bool = True
    uncertain: frozenset[str] = frozenset()

    def of_task_set(self, arn: str) -> list[TaskTruth]:
        """The tasks of a set that can be seen."""
        return [task for task in self.tasks if task.task_set_arn == arn and not task.hidden]


def hidden_tasks(account: str, region: str, workload: Workload) -> RegionTruth:
    """The tasks of a region that cannot be swept."""
    seen = _Eyes(account, region, workload)
    return RegionTruth(tasks=tuple(seen.tell(task, hidden=True) for task in workload.tasks()))


def running_tasks(
    account: str, region: str, workload: Workload, weather: Weather, refused: Refused
) -> RegionTruth:
    """The tasks of a region whose clusters can be listed."""
    if not workload.clusters:
        return RegionTruth(tasks=())
    if refused(Subject(account, region, _INTERFACES)):
        blind = hidden_tasks(account, region, workload)
        return msgspec.structs.replace(blind, partly=True, interfaces_seen=False)
    unseen = frozenset(part for part in Part if refused(Subject(account, region, part)))
    eyes = _Eyes(account, region, workload, unseen)
    tasks: list[TaskTruth] = []
    orphans = list(workload.orphans)
    blinded: set[str] = set()
    for cluster in workload.clusters:
        dark = _dark(account, region, cluster, refused)
        blinded.update({cluster.arn} if dark else ())
        subject = Subject(account, region, "ecs:DescribeTasks", cluster.name)
        for task in cluster.tasks():
            stopped = weather.stopped(subject, task.arn)
            if stopped or dark:
                orphans.append(task)
            if not stopped:
                gone = weather.detached(Subject(account, region, _INTERFACES), task.eni)
                tasks.append(eyes.tell(task, hidden=dark or gone))
    there = [
        each
        for each in orphans
        if not weather.detached(Subject(account, region, _INTERFACES), each.eni)
    ]
    interfaces = tuple(eyes.tell_interface(each) for each in there if each.public_ip or each.ipv6)
    uncertain = frozenset(blinded if interfaces else ())
    exposed = bool(interfaces) or any(task.exposed and not task.hidden for task in tasks)
    return RegionTruth(
        tasks=tuple(tasks),
        interfaces=interfaces,
        partly=bool(uncertain) or (exposed and bool(unseen)),
        uncertain=uncertain,
    )


def _dark(account: str, region: str, cluster: Cluster, refused: Refused) -> bool:
    """Whether a cluster's tasks cannot be looked at."""
    apis = ("ecs:ListTasks", "ecs:DescribeTasks")
    return any(refused(Subject(account, region, api, cluster.name)) for api in apis)


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
        self._vpcs = {vpc.id: vpc for vpc in workload.network.vpcs}
        self._unseen = unseen
        self._grades: dict[tuple[str, tuple[str, ...], bool, int], Grade] = {}

    def tell(self, task: Task, *, hidden: bool) -> TaskTruth:
        start = task.start
        return TaskTruth(
            account=self._place[0],
            region=self._place[1],
            arn=task.arn,
            cluster_arn=start.cluster_arn,
            group=start.group,
            started_by=start.started_by,
            starter=_starter(task),
            service_arn=start.service_arn,
            task_set_arn=start.task_set_arn,
            launch_type=start.launch,
            interface=task.eni,
            public_ip=task.public_ip,
            ipv6=task.ipv6,
            security_groups=start.groups if task.subnet else (),
            grade=self._grade(task, 4),
            ipv6_grade=self._grade(task, 6),
            expected=_verdict(task),
            expected_ipv6=self._ipv6_verdict(task),
            hidden=hidden,
        )

    def tell_interface(self, task: Task) -> InterfaceTruth:
        return InterfaceTruth(
            account=self._place[0],
            region=self._place[1],
            id=task.eni,
            attachment=task.attachment,
            public_ip=task.public_ip,
            ipv6=task.ipv6,
            grade=self._grade(task, 4),
            ipv6_grade=self._grade(task, 6),
        )

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

    def _ipv6_verdict(self, task: Task) -> Status:
        spot = self._spot(task)
        if spot is None:
            return Status.NOT_APPLICABLE
        if not task.ipv6:
            return Status.PASSED
        if Part.ROUTES in self._unseen:
            return Status.NOT_EVALUATED
        return Status.FAILED if routed(route_table(spot), 6) else Status.PASSED


def _verdict(task: Task) -> Status:
    if task.subnet is None:
        return Status.NOT_APPLICABLE
    return Status.FAILED if task.public_ip else Status.PASSED


def _starter(task: Task) -> str:
    started_by = task.start.started_by or ""
    if task.start.service_arn:
        return "task set" if task.start.task_set_arn else "service"
    is_timed = started_by.startswith(("events-rule/", "chronos-schedule/"))
    return "schedule" if is_timed else "by hand"
