"""Which findings ask for a change, and the service that each is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orgscan.model.finding import Finding, Status
from orgscan.model.remediation import Place

_CONTROLS = frozenset({"ecs-taskset-no-public-ip", "ecs-service-no-public-ip"})
_RANK = {"PRIMARY": 0, "ACTIVE": 1}


def to_mend(findings: Iterable[Finding]) -> list[Finding]:
    """The failed findings on task sets and services, in the order in which they are dealt with.

    Of a service, the set that serves comes first.
    """
    failed = (
        finding
        for finding in findings
        if finding.status is Status.FAILED and finding.control_id in _CONTROLS
    )
    return sorted(failed, key=_order)


def _order(finding: Finding) -> tuple[str, str, str, int, str]:
    resource = finding.resource
    return (
        finding.account.id,
        finding.region,
        resource.service_arn or "",
        _RANK.get(resource.status or "", 2),
        resource.arn,
    )


def place_of(finding: Finding) -> Place | None:
    """The service; None where the finding does not name one."""
    resource = finding.resource
    if not (resource.cluster_arn and resource.service_arn and resource.service_name):
        return None
    return Place(
        account_id=finding.account.id,
        account_name=finding.account.name,
        ou_path=finding.account.ou_path,
        region=finding.region,
        cluster_arn=resource.cluster_arn,
        service_arn=resource.service_arn,
        service_name=resource.service_name,
        resource_arn=resource.arn,
        controller=resource.deployment_controller or "ECS",
    )


def places_of(findings: Iterable[Finding]) -> Iterator[tuple[Finding, Place | None]]:
    """Each finding to mend, with its place."""
    return ((finding, place_of(finding)) for finding in to_mend(findings))
