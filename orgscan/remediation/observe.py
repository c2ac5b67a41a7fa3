"""The control, evaluated again on live state with what runs: "fixed" means observed."""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.aws.session import RegionSession
from orgscan.collect.observation import missing_of, observe
from orgscan.collect.services import describe_services
from orgscan.collect.task_sets import corroborated
from orgscan.controls.ecs_service_no_public_ip import EcsServiceNoPublicIp
from orgscan.controls.ecs_taskset_no_public_ip import EcsTaskSetNoPublicIp
from orgscan.controls.interface import Control
from orgscan.model.ecs import EcsFacts
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Status
from orgscan.model.organization import ACTIVE, Account
from orgscan.model.remediation import Place
from orgscan.remediation.carry import Seen


async def observed(session: RegionSession, place: Place, id_of: str) -> Seen:
    """What the control says of a task set, or of the service where no id is given.

    Args:
        session: the account-region, by the read role.
        place: the service.
        id_of: `ecs-svc/…` of the task set; empty for the service as a whole.
    """
    services, unseen = await describe_services(session, place.cluster_arn, [place.service_arn])
    if unseen:
        return Seen(None, unseen[0].why.reason)
    services = [await corroborated(session, service) for service in services]
    running = await observe(session, (place.cluster_arn,))
    if missing := missing_of(running):
        return Seen(None, missing[0].reason)
    facts = RegionFacts(
        ecs=EcsFacts(clusters=(place.cluster_arn,), services=tuple(services)), observed=running
    )
    control: Control = EcsTaskSetNoPublicIp() if id_of else EcsServiceNoPublicIp()
    account = Account(id=place.account_id, name="", state=ACTIVE)
    found = [
        finding
        for finding in control.evaluate(account, place.region, facts)
        if not id_of or finding.resource.id == id_of
    ]
    return _verdict(found)


def _verdict(found: list[Finding]) -> Seen:
    if not found:
        return Seen(None, "the control gave no finding on it")
    failed = [finding for finding in found if finding.status is Status.FAILED]
    if failed:
        return Seen(False, failed[0].reason)
    unproved = list(_unproved(found))
    if unproved:
        return Seen(None, unproved[0])
    return Seen(True, found[0].reason)


def _unproved(found: list[Finding]) -> Iterator[str]:
    for finding in found:
        if finding.status is not Status.PASSED:
            yield finding.reason
        elif not finding.observed.interfaces_seen:
            yield "the network interfaces of its tasks could not all be seen"
