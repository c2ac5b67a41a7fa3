"""What a complete sweep of a simulated organization has to find, and what it cannot see.

Only faults that always strike count: with a probability of 1 and no limit (those that pick things
by their ARN or id, as `VANISH` does, count with any share). One that is only `SLOW` hides nothing.
"""

from __future__ import annotations

import msgspec

from orgscan.model.coverage import CoverageStatus
from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator.launcher_truth import LauncherTruth, tell_launchers
from orgscan.simulator.scenario import Fault, FaultKind
from orgscan.simulator.truth_running import (
    ClusterTruth,
    InterfaceTruth,
    RegionTruth,
    TaskTruth,
)
from orgscan.simulator.truth_services import ServiceTruth, asks_for_revisions, service_truth
from orgscan.simulator.truth_task_sets import TaskSetTruth, task_sets
from orgscan.simulator.truth_tasks import hidden_tasks, running_tasks
from orgscan.simulator.weather import DENIALS, DISAPPEARANCES, Subject, Weather, matches
from orgscan.simulator.world.organization import SimulatedAccount
from orgscan.simulator.world.workload import Cluster, Service, Workload
from orgscan.simulator.world.world import World

_STATUS = {
    FaultKind.DENY_SCP: CoverageStatus.DENIED_BY_SCP,
    FaultKind.DENY_SCP_IMPLICIT: CoverageStatus.DENIED_BY_SCP,
    FaultKind.DENY_IAM: CoverageStatus.DENIED,
    FaultKind.DENY_BOUNDARY: CoverageStatus.DENIED,
    FaultKind.DENY_SESSION_POLICY: CoverageStatus.DENIED,
    FaultKind.DENY_PLAIN: CoverageStatus.DENIED,
    FaultKind.REGION_NOT_ENABLED: CoverageStatus.REGION_NOT_ENABLED,
    FaultKind.REFUSE_ROLE: CoverageStatus.ROLE_NOT_ASSUMABLE,
    FaultKind.THROTTLE: CoverageStatus.THROTTLED,
    FaultKind.HANG: CoverageStatus.TIMED_OUT,
}
"""What a fault amounts to; all others are an ERROR."""


class Gap(msgspec.Struct, frozen=True):
    """One line of the ledger that is not COVERED; `region` is None for a whole account."""

    account: str
    region: str | None
    status: CoverageStatus


class UnseenTruth(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster or service that is listed and cannot be looked into."""

    account: str
    region: str
    resource_type: str
    arn: str
    cluster_arn: str


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Everything there is to find, ordered by account number, region and ARN.

    Attributes:
        services_by_controller: of the services that can be seen.
        services: those whose controller is ECS.
        tasks: every running task.
        interfaces: those whose task cannot be seen, in regions that can be.
        clusters: those that can be listed.
        launchers: what starts tasks besides services; found only by a sweep that asks for it.
        launcher_gaps: the account-regions that are no more than partly covered for such a sweep.
    """

    task_sets: tuple[TaskSetTruth, ...]
    gaps: tuple[Gap, ...]
    unseen: tuple[UnseenTruth, ...]
    services_by_controller: dict[str, int]
    services: tuple[ServiceTruth, ...] = ()
    tasks: tuple[TaskTruth, ...] = ()
    interfaces: tuple[InterfaceTruth, ...] = ()
    clusters: tuple[ClusterTruth, ...] = ()
    launchers: tuple[LauncherTruth, ...] = ()
    launcher_gaps: tuple[Gap, ...] = ()

    def visible(self, status: Status | None = None) -> tuple[TaskSetTruth, ...]:
        """The task sets that a complete sweep sees, of one status or of any."""
        return tuple(t for t in self.task_sets if not t.hidden and status in {None, t.expected})

    def visible_tasks(self) -> tuple[TaskTruth, ...]:
        """The running tasks that a complete sweep sees together with their interfaces."""
        return tuple(task for task in self.tasks if not task.hidden)

    def on_tasks(self) -> dict[str, tuple[Status, Grade]]:
        """Every finding of `ecs-task-no-public-ip` by the ARN of its resource."""
        running = (*self.visible_tasks(), *self.interfaces)
        found = {each.arn: (each.expected, each.grade) for each in running if each.expected}
        return found | {
            each.arn: (each.expected, _grade_of(each)) for each in self.clusters if each.expected
        }

    def on_ipv6(self) -> dict[str, tuple[Status, Grade]]:
        """Every finding of `ecs-task-ipv6-exposure` by the ARN of its resource."""
        running = (*self.visible_tasks(), *self.interfaces)
        found = {e.arn: (e.expected_ipv6, e.ipv6_grade) for e in running if e.expected_ipv6}
        return found | {
            e.arn: (e.expected_ipv6, _grade_of(e)) for e in self.clusters if e.expected_ipv6
        }


def _grade_of(cluster: ClusterTruth) -> Grade:
    return Grade.UNKNOWN if cluster.blind else Grade.NONE


def tell(world: World) -> Truth:
    """The truth of a whole organization; goes through all of it, so keep to 1,000 accounts."""
    return _Teller(world).tell()


def _always(fault: Fault) -> bool:
    """Whether a fault refuses every call that it is for."""
    calls = fault.kind not in DISAPPEARANCES
    return calls and fault.first is None and not fault.after and fault.probability >= 1


class _Teller:
    def __init__(self, world: World) -> None:
        self._world = world
        self._scenario = world.scenario
        self._weather = Weather(world.scenario, world.chance)
        self._faults = [f for f in world.scenario.faults if _always(f)]
        self._task_sets: list[TaskSetTruth] = []
        self._gaps: list[Gap] = []
        self._unseen: list[UnseenTruth] = []
        self._services: list[ServiceTruth] = []
        self._tasks: list[TaskTruth] = []
        self._interfaces: list[InterfaceTruth] = []
        self._clusters: list[ClusterTruth] = []
        self._launchers: list[LauncherTruth] = []
        self._launcher_gaps: list[Gap] = []
        self._controllers = {"ECS": 0, "EXTERNAL": 0, "CODE_DEPLOY": 0}

    def tell(self) -> Truth:
        for account in self._world.organization.accounts():
            self._tell_account(account)
        return Truth(
            task_sets=tuple(self._task_sets),
            gaps=tuple(self._gaps),
            unseen=tuple(self._unseen),
            services_by_controller=self._controllers,
            services=tuple(self._services),
            tasks=tuple(self._tasks),
            interfaces=tuple(self._interfaces),
            clusters=tuple(self._clusters),
            launchers=tuple(self._launchers),
            launcher_gaps=tuple(self._launcher_gaps),
        )

    def _tell_account(self, account: SimulatedAccount) -> None:
        status = self._entry(account)
        if status:
            self._gaps.append(Gap(account.id, None, status))
        else:
            for region in self._scenario.disabled_regions:
                self._gaps.append(Gap(account.id, region, CoverageStatus.REGION_NOT_ENABLED))
        for region in self._scenario.regions:
            workload = self._world.workload(account.id, region)
            self._tell_launchers(account.id, region, hidden=status is not None)
            if status and workload:
                self._hide(account.id, region, workload)
            elif not status:
                self._tell_region(account.id, region, workload)

    def _entry(self, account: SimulatedAccount) -> CoverageStatus | None:
        """Why a whole account cannot be swept; its caller's own needs no role."""
        scenario, organization = self._scenario, self._world.organization
        if not account.is_active:
            return CoverageStatus.ACCOUNT_NOT_ACTIVE
        if account.id == organization.home.id:
            return None
        no_role = account is organization.management and not scenario.management_role
        # A member's own credentials are trusted by no role but their own account's.
        if no_role or account.id in scenario.refused:
            return CoverageStatus.ROLE_NOT_ASSUMABLE
        fault = self._fault(Subject(account.id, scenario.home_region, "sts:AssumeRole"))
        if fault and fault.kind in DENIALS:
            return CoverageStatus.ROLE_NOT_ASSUMABLE
        return _status(fault) if fault else None

    def _fault(self, subject: Subject) -> Fault | None:
        found = next((f for f in self._faults if matches(f, subject)), None)
        return None if found and found.kind is FaultKind.SLOW else found

    def _hide(self, account: str, region: str, workload: Workload) -> None:
        seen = hidden_tasks(account, region, workload)
        self._tasks.extend(seen.tasks)
        for service in workload.services():
            self._add_service(account, region, service, seen, hidden=True)

    def _tell_region(self, account: str, region: str, workload: Workload | None) -> None:
        fault = self._fault(Subject(account, region, "ecs:ListClusters"))
        if fault:
            self._gaps.append(Gap(account, region, _status(fault)))
            if workload:
                self._hide(account, region, workload)
        elif workload:
            self._tell_workload(account, region, workload)

    def _tell_workload(self, account: str, region: str, workload: Workload) -> None:
        seen = running_tasks(
            account, region, workload, self._weather, lambda subject: bool(self._fault(subject))
        )
        self._tasks.extend(seen.tasks)
        self._interfaces.extend(seen.interfaces)
        self._clusters.extend(seen.clusters)
        before, told = len(self._unseen), len(self._services)
        for cluster in workload.clusters:
            self._tell_cluster(account, region, cluster, seen)
        described = {one.arn for one in self._services[told:] if not one.hidden}
        lacking = self._lacks_revisions(account, region, workload, described)
        if seen.partly or lacking or len(self._unseen) > before:
            self._gaps.append(Gap(account, region, CoverageStatus.PARTLY_COVERED))

    def _lacks_revisions(
        self, account: str, region: str, workload: Workload, seen: set[str]
    ) -> bool:
        """Whether a sweep asks for service revisions that it is refused."""
        return self._refuses_revisions(account, region) and any(
            asks_for_revisions(service) and service.arn in seen for service in workload.services()
        )

    def _refuses_revisions(self, account: str, region: str) -> bool:
        return self._fault(Subject(account, region, "ecs:DescribeServiceRevisions")) is not None

    def _tell_launchers(self, account: str, region: str, *, hidden: bool) -> None:
        """Nothing starts tasks where there is no cluster, so that nobody asks there."""
        if not self._world.has_clusters(account, region):
            return

        def is_refused(api: str) -> bool:
            return self._fault(Subject(account, region, api)) is not None

        told = tell_launchers(
            account,
            region,
            self._world.launchers(account, region),
            is_refused,
            hidden=hidden or is_refused("ecs:ListClusters"),
        )
        self._launchers.extend(told.truths)
        if told.is_gap:
            self._launcher_gaps.append(Gap(account, region, CoverageStatus.PARTLY_COVERED))

    def _tell_cluster(self, account: str, region: str, cluster: Cluster, seen: RegionTruth) -> None:
        if self._fault(Subject(account, region, "ecs:ListServices", cluster.name)):
            self._note_unseen(account, region, "AWS::ECS::Cluster", cluster.arn, cluster.arn)
            for service in cluster.services:
                self._add_service(account, region, service, seen, hidden=True)
            return
        subject = Subject(account, region, "ecs:DescribeServices", cluster.name)
        refused = self._fault(subject) is not None
        for service in cluster.services:
            hidden = refused or self._weather.vanished(subject, service.arn)
            if hidden:
                self._note_unseen(account, region, "AWS::ECS::Service", service.arn, cluster.arn)
            else:
                self._controllers[service.controller] += 1
            self._add_service(account, region, service, seen, hidden=hidden)

    def _note_unseen(self, account: str, region: str, kind: str, arn: str, cluster: str) -> None:
        self._unseen.append(
            UnseenTruth(
                account=account, region=region, resource_type=kind, arn=arn, cluster_arn=cluster
            )
        )

    def _add_service(
        self, account: str, region: str, service: Service, seen: RegionTruth, *, hidden: bool
    ) -> None:
        self._task_sets.extend(task_sets(account, region, service, seen, hidden=hidden))
        revisions = not self._refuses_revisions(account, region)
        self._services.extend(
            service_truth(account, region, service, seen, hidden=hidden, revisions=revisions)
        )


def _status(fault: Fault) -> CoverageStatus:
    return _STATUS.get(fault.kind, CoverageStatus.ERROR)
