"""What no write may do, whoever decided it: looked at once more with the live state beside it.

The decisions keep these rules already. This is the second lock on the same door.
"""

from __future__ import annotations

from orgscan.model.remediation import Place, Request, Shape
from orgscan.remediation.live import Live, Releases, SetState


def against(request: Request, live: Live, place: Place) -> str:
    """Why a request must not be made; empty where nothing is against it."""
    members = request.parameters
    if "service" in members and (
        members.get("cluster") != place.cluster_arn or members["service"] != place.service_arn
    ):
        return "it is about another service than the one that was permitted"
    match request.api:
        case "codedeploy:CreateDeployment":
            return _against_deployment(live.releases, members)
        case "ecs:CreateTaskSet":
            if live.made_by(members["clientToken"]) is not None:
                return "the task set has been made already"
        case "ecs:UpdateTaskSet":
            return _against_scaling(live, live.set_of(members["taskSet"]), members["scale"])
        case "ecs:UpdateServicePrimaryTaskSet":
            return _against_serving(live, live.set_of(members["primaryTaskSet"]))
        case "ecs:DeleteTaskSet":
            return _against_deletion(live.set_of(members["taskSet"]), members)
    return ""


def _against_deployment(releases: Releases | None, members: Shape) -> str:
    if releases is None:
        return "no deployment group names the service"
    if (members["applicationName"], members["deploymentGroupName"]) != (
        releases.application,
        releases.group,
    ):
        return "it is about another deployment group than the service's"
    return "a deployment is under way" if releases.active else ""


def _against_scaling(live: Live, of: SetState | None, scale: dict[str, float]) -> str:
    if of is None:
        return "there is no such task set"
    if scale["value"] >= of.scale:
        return ""
    if of.is_primary:
        return "the primary task set must not be scaled down"
    others = (one for one in live.sets if one.id != of.id and not one.is_draining)
    if of.running and not any(one.running for one in others):
        return "no other task set would be left running"
    return ""


def _against_serving(live: Live, of: SetState | None) -> str:
    if of is None or of.is_draining:
        return "there is no such task set"
    if live.desired and not of.running:
        return "a task set that runs nothing must not be made primary"
    return ""


def _against_deletion(of: SetState | None, members: dict[str, object]) -> str:
    if of is None:
        return "there is no such task set"
    if of.is_primary:
        return "the primary task set must not be deleted"
    if of.scale or members.get("force"):
        return "only a task set at 0 % is deleted, and never by force"
    return ""
