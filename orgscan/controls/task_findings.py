"""Findings on running tasks: one for each that a control has something to say of.

Tasks come and go by the thousand, so those that break nothing are not told one by one: a cluster
in which none has a finding passes as a whole, and one that could not be looked into is
NOT_EVALUATED. Its ARN stays the same between runs, as a task's does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from orgscan.controls.sightings import Sighting, Sightings
from orgscan.controls.starters import service_name_of, who_started
from orgscan.controls.verdict import account_ref, severity_of
from orgscan.controls.weighing import evidence_of, with_addresses
from orgscan.model.control import ControlEntry
from orgscan.model.ecs import EcsFacts
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.finding import Finding, Observed, Resource, Status, finding_key
from orgscan.model.observation import NetworkInterface, RunningTask
from orgscan.model.organization import Account

Held = tuple[Sighting, ...]
"""What one task holds: at least one interface. Of an interface without a task, itself."""


class TaskVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a control says of one task, or of an interface whose task was not found."""

    status: Status
    reason: str
    exposure: Exposure


class TaskFindings:
    """Makes the findings of one control in one account-region."""

    def __init__(
        self, entry: ControlEntry, account: Account, region: str, ecs: EcsFacts, seen: Sightings
    ) -> None:
        self._entry = entry
        self._account = account_ref(account)
        self._region = region
        self._ecs = ecs
        self._seen = seen
        self._with_findings: set[str] = set()
        self._task_sets = frozenset(
            task_set.id for service in ecs.services for task_set in service.task_sets
        )
        self._starters: dict[tuple[str | None, str | None], str] = {}
        self._controllers = {service.arn: service.deployment_controller for service in ecs.services}

    def started_by(self, task: RunningTask) -> str:
        """Who started the task, in words."""
        key = (task.group, task.started_by)
        if key not in self._starters:
            self._starters[key] = who_started(task, self._task_sets)
        return self._starters[key]

    def on(self, held: Held, verdict: TaskVerdict) -> Finding:
        """The finding on a task, or on an interface whose task was not found."""
        interface, task = held[0]
        if task is not None:
            self._with_findings.add(task.cluster_arn)
        return self._finding(
            self._task(task) if task else self._interface(interface),
            verdict,
            with_addresses(self._observed(interface, task), held, is_all_seen=True),
            evidence_of(held, self._seen),
        )

    def _observed(self, interface: NetworkInterface, task: RunningTask | None) -> Observed:
        place, guards = (interface.subnet_id,), interface.security_groups
        if task is None:
            return Observed(subnets=place, security_groups=guards)
        return Observed(
            subnets=place,
            security_groups=guards,
            capacity_providers=(task.capacity_provider,) if task.capacity_provider else (),
            platform_version=task.platform_version,
            task_definition=task.task_definition,
            started_by=self.started_by(task),
        )

    def on_clusters(self, passed: TaskVerdict) -> Iterator[Finding]:
        """One finding for each cluster of which nothing else is said, or not everything."""
        for cluster in self._ecs.clusters:
            unseen = self._seen.unseen(cluster)
            if unseen:
                verdict = TaskVerdict(
                    status=Status.NOT_EVALUATED,
                    reason=f"Not all that runs in this cluster could be seen: {unseen}.",
                    exposure=Exposure(grade=Grade.UNKNOWN, reason="Not all could be seen."),
                )
            elif cluster in self._with_findings:
                continue
            else:
                verdict = passed
            yield self._finding(
                Resource(
                    type="AWS::ECS::Cluster",
                    arn=cluster,
                    id=cluster.rpartition("/")[2],
                    cluster_arn=cluster,
                ),
                verdict,
                Observed(interfaces_seen=not unseen),
                self._seen.evidence,
            )

    def _finding(
        self,
        resource: Resource,
        verdict: TaskVerdict,
        observed: Observed,
        evidence: tuple[str, ...],
    ) -> Finding:
        return Finding(
            key=finding_key(self._entry.id, self._account.id, self._region, resource.arn),
            control_id=self._entry.id,
            status=verdict.status,
            severity=severity_of(verdict.status, self._entry, verdict.exposure),
            reason=verdict.reason,
            account=self._account,
            region=self._region,
            resource=resource,
            observed=observed,
            exposure=verdict.exposure,
            evidence=evidence,
        )

    def _task(self, task: RunningTask) -> Resource:
        service = service_name_of(task)
        place, _, cluster = task.cluster_arn.partition(":cluster/")
        service_arn = f"{place}:service/{cluster}/{service}" if service else None
        return Resource(
            type="AWS::ECS::Task",
            arn=task.arn,
            id=task.arn.rpartition("/")[2],
            cluster_arn=task.cluster_arn,
            service_arn=service_arn,
            service_name=service,
            deployment_controller=self._controllers.get(service_arn or ""),
            status=task.status,
            launch_type=task.launch_type,
            created_at=task.started_at,
            tags=task.tags,
        )

    def _interface(self, interface: NetworkInterface) -> Resource:
        partition = self._ecs.clusters[0].split(":")[1] if self._ecs.clusters else "aws"
        place = f"arn:{partition}:ec2:{self._region}:{self._account.id}"
        return Resource(
            type="AWS::EC2::NetworkInterface",
            arn=f"{place}:network-interface/{interface.id}",
            id=interface.id,
        )


def by_holder(sightings: Iterable[Sighting]) -> Iterator[Held]:
    """What each task holds, together; an interface without a task stands alone."""
    found: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        task = sighting.task
        found.setdefault(task.arn if task else sighting.interface.id, []).append(sighting)
    return (tuple(held) for held in found.values())


def without_holder(seen: Sightings) -> tuple[bool, str]:
    """Whether an interface without a task may well be a running task's, and a clause on it."""
    unseen = seen.clusters_unseen or next(iter(seen.tasks_unseen.values()), "")
    if unseen:
        return True, f"which task holds it could not be seen: {unseen}"
    return False, "no task that runs holds it, so that one is likely to have just stopped"
