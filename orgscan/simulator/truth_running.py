"""What is true of the tasks, interfaces and clusters of one account-region."""

from __future__ import annotations

import msgspec

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What tasks and interfaces have in common.

    Attributes:
        interface: its id; empty for a task without an interface of its own.
        public_ip: None where it has none.
        ipv6: global addresses.
        grade: of its IPv4 address, NONE without one; `ipv6_grade` likewise.
        expected: of `ecs-task-no-public-ip`; None where that says nothing of it.
        expected_ipv6: of `ecs-task-ipv6-exposure`, likewise.
    """

    account: str
    region: str
    arn: str
    interface: str
    public_ip: str | None
    ipv6: tuple[str, ...]
    security_groups: tuple[str, ...]
    grade: Grade
    ipv6_grade: Grade
    expected: Status | None
    expected_ipv6: Status | None

    @property
    def exposed(self) -> bool:
        """Whether it has an address that the internet routes."""
        return bool(self.public_ip or self.ipv6)


class TaskTruth(Running, frozen=True, kw_only=True):
    """One task that runs.

    Attributes:
        starter: `task set`, `service`, `schedule` (also a rule), or `by hand`.
        task_set_arn: None where it belongs to none; `service_arn` likewise.
        hidden: whether something keeps a sweep from seeing it, or its interface.
    """

    cluster_arn: str
    group: str
    started_by: str | None
    starter: str
    service_arn: str | None
    task_set_arn: str | None
    launch_type: str
    hidden: bool


class InterfaceTruth(Running, frozen=True, kw_only=True):
    """An interface with an address that the internet routes, whose task cannot be seen."""

    attachment: str


class ClusterTruth(msgspec.Struct, frozen=True, kw_only=True):
    """One cluster that can be listed.

    Attributes:
        blind: whether more may run in it with an address than can be seen.
        expected: of `ecs-task-no-public-ip`; None where only its tasks have findings.
        expected_ipv6: of `ecs-task-ipv6-exposure`, likewise.
    """

    account: str
    region: str
    arn: str
    blind: bool
    expected: Status | None
    expected_ipv6: Status | None


class RegionTruth(msgspec.Struct, frozen=True, kw_only=True):
    """What runs in one account-region.

    Attributes:
        partly: whether something that was asked for was refused.
    """

    tasks: tuple[TaskTruth, ...]
    interfaces: tuple[InterfaceTruth, ...] = ()
    clusters: tuple[ClusterTruth, ...] = ()
    partly: bool = False

    def of_task_set(self, arn: str) -> list[TaskTruth]:
        """The tasks of a set that can be seen."""
        return [task for task in self.tasks if task.task_set_arn == arn and not task.hidden]

    def is_blind(self, cluster_arn: str) -> bool:
        """Whether more may run in a cluster with an address than can be seen."""
        return any(cluster.blind for cluster in self.clusters if cluster.arn == cluster_arn)
