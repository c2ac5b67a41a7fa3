"""What a complete sweep of a simulated organization has to find, and what it cannot see.

Only faults that always strike count: with a probability of 1 and no limit (`VANISH`, which picks
its services by their ARN, counts with any share). A fault that is only `SLOW` hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import Status
from orgscan.simulator.scenario import Fault, FaultKind
from orgscan.simulator.truth_services import ServiceTruth, asks_for_revisions, service_truth
from orgscan.simulator.weather import DENIALS, Subject, Weather, matches
from orgscan.simulator.world.organization import SimulatedAccount
from orgscan.simulator.world.workload import Cluster, Rollout, Service
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


class TaskSetTruth(msgspec.Struct, frozen=True, kw_only=True):
    """One task set that exists.

    Attributes:
        assign_public_ip: ENABLED, DISABLED, or None where it is not stated.
        launch_type: as a response shows it; None where it shows none.
        expected: the status of its finding; NOT_EVALUATED where the set is `hidden`.
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
    expected: Status
    hidden: bool


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
    """

    task_sets: tuple[TaskSetTruth, ...]
    gaps: tuple[Gap, ...]
    unseen: tuple[UnseenTruth, ...]
    services_by_controller: dict[str, int]
    services: tuple[ServiceTruth, ...] = ()

    def visible(self, status: Status | None = None) -> tuple[TaskSetTruth, ...]:
        """The task sets that a complete sweep sees, of one status or of any."""
        return tuple(t for t in self.task_sets if not t.hidden and status in {None, t.expected})


def tell(world: World) -> Truth:
    """The truth of a whole organization; goes through all of it, so keep to 1,000 accounts."""
    return _Teller(world).tell()


def expected_status(rollout: Rollout) -> Status:
    """The verdict of `ecs-taskset-no-public-ip` on one task set."""
    setting = rollout.setting
    if not setting.awsvpc:
        fargate = (rollout.launch_type or "").startswith("FARGATE") or setting.provider
        # Fargate always has a network of its own: that none is stated says nothing.
        return Status.WARNING if fargate else Status.NOT_APPLICABLE
    return {"ENABLED": Status.FAILED, "DISABLED": Status.PASSED}.get(
        setting.assign or "", Status.WARNING
    )


def _always(fault: Fault) -> bool:
    return fault.first is None and fault.probability >= 1


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
        )

    def _tell_account(self, account: SimulatedAccount) -> None:
        status = self._entry(account)
        if status:
            self._gaps.append(Gap(account.id, None, status))
        else:
            for region in self._scenario.disabled_regions:
                self._gaps.append(Gap(account.id, region, CoverageStatus.REGION_NOT_ENABLED))
        for region in self._scenario.regions:
            if status:
                self._add(account.id, region, self._clusters(account.id, region), hidden=True)
            else:
                self._tell_region(account.id, region)

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

    def _clusters(self, account: str, region: str) -> tuple[Cluster, ...]:
        workload = self._world.workload(account, region)
        return workload.clusters if workload else ()

    def _tell_region(self, account: str, region: str) -> None:
        fault = self._fault(Subject(account, region, "ecs:ListClusters"))
        clusters = self._clusters(account, region)
        if fault:
            self._gaps.append(Gap(account, region, _status(fault)))
            self._add(account, region, clusters, hidden=True)
            return
        before, told = len(self._unseen), len(self._services)
        for cluster in clusters:
            self._tell_cluster(account, region, cluster)
        seen = {one.arn for one in self._services[told:] if not one.hidden}
        if len(self._unseen) > before or self._lacks_revisions(account, region, clusters, seen):
            self._gaps.append(Gap(account, region, CoverageStatus.PARTLY_COVERED))

    def _lacks_revisions(
        self, account: str, region: str, clusters: tuple[Cluster, ...], seen: set[str]
    ) -> bool:
        """Whether a sweep asks for service revisions that it is refused."""
        return self._refuses_revisions(account, region) and any(
            asks_for_revisions(service) and service.arn in seen
            for cluster in clusters
            for service in cluster.services
        )

    def _refuses_revisions(self, account: str, region: str) -> bool:
        return self._fault(Subject(account, region, "ecs:DescribeServiceRevisions")) is not None

    def _tell_cluster(self, account: str, region: str, cluster: Cluster) -> None:
        if self._fault(Subject(account, region, "ecs:ListServices", cluster.name)):
            self._note_unseen(account, region, "AWS::ECS::Cluster", cluster.arn, cluster.arn)
            self._add(account, region, (cluster,), hidden=True)
            return
        subject = Subject(account, region, "ecs:DescribeServices", cluster.name)
        refused = self._fault(subject) is not None
        for service in cluster.services:
            hidden = refused or self._weather.vanished(subject, service.arn)
            if hidden:
                self._note_unseen(account, region, "AWS::ECS::Service", service.arn, cluster.arn)
            else:
                self._controllers[service.controller] += 1
            self._add_service(account, region, service, hidden=hidden)

    def _note_unseen(self, account: str, region: str, kind: str, arn: str, cluster: str) -> None:
        self._unseen.append(
            UnseenTruth(
                account=account, region=region, resource_type=kind, arn=arn, cluster_arn=cluster
            )
        )

    def _add(
        self, account: str, region: str, clusters: tuple[Cluster, ...], *, hidden: bool
    ) -> None:
        for cluster in clusters:
            for service in cluster.services:
                self._add_service(account, region, service, hidden=hidden)

    def _add_service(self, account: str, region: str, service: Service, *, hidden: bool) -> None:
        self._task_sets.extend(_task_sets(account, region, service, hidden=hidden))
        revisions = not self._refuses_revisions(account, region)
        self._services.extend(
            service_truth(account, region, service, hidden=hidden, revisions=revisions)
        )


def _status(fault: Fault) -> CoverageStatus:
    return _STATUS.get(fault.kind, CoverageStatus.ERROR)


def _task_sets(
    account: str, region: str, service: Service, *, hidden: bool
) -> Iterator[TaskSetTruth]:
    if service.is_rolling:
        return
    for rollout in service.rollouts:
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
            expected=expected_status(rollout),
            hidden=hidden,
        )
