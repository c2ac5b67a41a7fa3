"""What CodeDeploy knows in an account-region: groups, and deployments past and present."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.simulator.changes.deployment import LiveDeployment
from orgscan.simulator.changes.live_service import LiveService
from orgscan.simulator.scenario import TroubleKind
from orgscan.simulator.services.call import Call
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.deploy import (
    Group,
    Revision,
    group_of,
    knows_deployment,
    revision_of,
)
from orgscan.simulator.world.workload import Rollout

ACTIVE = frozenset({"Created", "Queued", "InProgress", "Baking", "Ready"})
"""Statuses of a deployment that is not over; a group has one such at most."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment, as it is now.

    Attributes:
        green, blue: ids of task sets, where they are known.
        created, ended: seconds since 1970.
    """

    id: str
    group: Group
    status: str
    revision: Revision | None
    previous: Revision | None = None
    green: str | None = None
    blue: str | None = None
    created: int
    ended: int | None = None
    creator: str = "user"
    description: str = ""
    error: tuple[str, str] | None = None
    rolls_back: bool = False
    rollback_id: str | None = None
    triggered_by: str | None = None


def groups(call: Call) -> list[Group]:
    """One for each CODE_DEPLOY service, ordered by the application's name."""
    workload = call.world.original(call.account, call.region)
    services = workload.services() if workload else ()
    found = [group_of(call.world.chance, s) for s in services if s.controller == "CODE_DEPLOY"]
    return sorted(found, key=lambda group: group.application)


def known_application(call: Call, name: str) -> Group:
    """The group of an application, which has one.

    Raises:
        Refusal: there is no such application.
    """
    for group in groups(call):
        if group.application == name:
            return group
    raise Refusal("ApplicationDoesNotExistException", f"No application found for name: {name}")


def known_group(call: Call, application: str, name: str | None) -> Group:
    """The group.

    Raises:
        Refusal: there is no such application or group, or none is named.
    """
    group = known_application(call, application)
    if not name:
        raise Refusal("DeploymentGroupNameRequiredException", "Deployment Group name is required")
    if group.name != name:
        raise Refusal(
            "DeploymentGroupDoesNotExistException",
            f"No Deployment Group found for name: {name}",
        )
    return group


def deployments(call: Call, group: Group) -> list[Deployment]:
    """Those of a group, the newest first."""
    live = call.world.changes.changed((call.account, call.region), group.service.arn)
    present = [_present(group, each) for each in live.deployments] if live else []
    known = {each.id for each in present}
    past = [each for each in _past(call, group) if each.id not in known]
    busy = [_busy(call, group)] if _is_busy(call, group, live) else []
    return [*busy, *present, *sorted(past, key=lambda each: -each.created)]


def known_deployment(call: Call, deployment_id: str) -> Deployment:
    """The deployment.

    Raises:
        Refusal: there is none of that id.
    """
    for group in groups(call):
        for deployment in deployments(call, group):
            if deployment.id == deployment_id:
                return deployment
    raise Refusal(
        "DeploymentDoesNotExistException",
        f"The deployment {deployment_id} could not be found",
    )


def _present(group: Group, live: LiveDeployment) -> Deployment:
    return Deployment(
        id=live.id,
        group=group,
        status=live.status,
        revision=live.revision,
        previous=live.previous,
        green=live.green.rollout.id if live.green else None,
        blue=live.blue.rollout.id if live.blue else None,
        created=live.created,
        ended=live.ended,
        creator="codeDeployRollback" if live.triggered_by else "user",
        description=live.description,
        error=live.error,
        rolls_back=live.rolls_back,
        rollback_id=live.rollback_id,
        triggered_by=live.triggered_by,
    )


def _past(call: Call, group: Group) -> Iterator[Deployment]:
    """Those that made the sets which were there before anything was changed."""
    service = group.service
    serving = service.primary
    for number, rollout in enumerate(service.rollouts):
        if not rollout.external_id or not knows_deployment(call.world.chance, number, rollout):
            continue
        status = _past_status(group, rollout)
        others = [each for each in service.rollouts if each is not rollout]
        yield Deployment(
            id=rollout.external_id,
            group=group,
            status=status,
            revision=revision_of(group, rollout),
            previous=revision_of(group, others[0]) if others else None,
            green=rollout.id,
            blue=serving.id if serving and serving is not rollout else None,
            created=rollout.created - 60,
            ended=None if status in ACTIVE else rollout.created + 900,
        )


def _past_status(group: Group, rollout: Rollout) -> str:
    """A set that is neither serving nor draining is one that is being rolled out."""
    if rollout.setting.status != "ACTIVE":
        return "Succeeded"
    return "Ready" if group.gate else "InProgress"


def _is_busy(call: Call, group: Group, live: LiveService | None) -> bool:
    place = (call.account, call.region)
    troubles = live.troubles if live else call.world.changes.troubles(place, group.service)
    return any(trouble.kind is TroubleKind.DEPLOYING for trouble in troubles)


def _busy(call: Call, group: Group) -> Deployment:
    """Somebody else's, which never ends."""
    service = group.service
    serving = service.primary
    return Deployment(
        id="d-" + call.world.chance.hex(9, "busy", service.arn).upper(),
        group=group,
        status="InProgress",
        revision=revision_of(group, serving) if serving else None,
        created=service.created + 90_000_000,
    )
