"""`update-service`: a rolling service is given a private network, and rolls by itself.

`UpdateService` with a network configuration starts a deployment; nothing has to be forced. What ECS
falls back to by its circuit breaker is the service's own configuration of before.
"""

from __future__ import annotations

import math

from orgscan.aws.session import RegionSession
from orgscan.model.remediation import (
    ActionKind,
    Code,
    Direction,
    Permit,
    Place,
    PlannedAction,
    Proof,
    Request,
    Shape,
)
from orgscan.remediation.actions.commands import command
from orgscan.remediation.actions.copying import awsvpc_of, private, same_network
from orgscan.remediation.actions.interface import Done, Memory, Observe, Step, Stop, Wait, Write
from orgscan.remediation.actions.owners import undone_by
from orgscan.remediation.actions.unanswered import look_first
from orgscan.remediation.allowed import Refused
from orgscan.remediation.digests import digest_of, short
from orgscan.remediation.live import Live, read_service

_ROLL_SECONDS = 3600.0
_UNDO = "UpdateService with the network of before, which rolls once more; nothing of it is lost."
_NO_BREAKER = (
    "its deployments have no circuit breaker that rolls back: tasks that cannot start are tried "
    "until an hour has passed and orgscan takes it back"
)
_API = "ecs:UpdateService"


class UpdateService:
    """See the module."""

    kind = ActionKind.UPDATE_SERVICE
    writes = (_API,)

    async def read(
        self, session: RegionSession, place: Place, planned: PlannedAction | None = None
    ) -> Live:
        """As `Action.read`."""
        del planned
        return await read_service(session, place)

    def plan(self, live: Live, place: Place, permit: Permit) -> PlannedAction | Refused:
        """As `Action.plan`."""
        refused = _not_now(live)
        if refused is not None:
            return refused
        service = live.service or {}
        after = _update(place, service, private(service, permit.subnets))
        request = Request(api=_API, parameters=after, why="give it a private network")
        return PlannedAction(
            id=short([place.resource_arn, self.kind]),
            finding_key="",
            kind=self.kind,
            place=place,
            permit=permit,
            before=_update(place, service, awsvpc_of(service)),
            after=after,
            requests=(request,),
            commands=(command(request, place),),
            starting=live.starting(service, _more_tasks(service)),
            minutes=5 + math.ceil(live.desired / 5),
            undo=_UNDO,
            warnings=tuple(_warnings(service)),
            proof=Proof(verdict="UNPROVEN"),
            seen=digest_of([live.controller, service.get("taskDefinition"), awsvpc_of(service)]),
        )

    def decide(self, live: Live, planned: PlannedAction, direction: Direction, of: Memory) -> Step:
        """As `Action.decide`."""
        if not live.is_active or live.controller != "ECS":
            return Stop("the service is not ACTIVE, or not of the ECS controller any more")
        way = (planned.before, planned.after)
        start, goal = way if direction is Direction.FORWARD else way[::-1]
        now = awsvpc_of(live.service or {})
        if same_network(now, awsvpc_of(goal)):
            return _rolled(live, direction, of)
        if not same_network(now, awsvpc_of(start)):
            return Stop("the service's network has been changed by somebody else")
        if direction is Direction.FORWARD:
            if _has_failed(live) and of.did(direction, _API):
                return Stop("ECS has rolled the deployment back by its circuit breaker", True)
            if len(_deployments(live)) > 1 and not of.did(direction, _API):
                return Stop("a deployment is under way: somebody else is releasing")
        return Write(Request(api=_API, parameters=goal, why=_why(direction)), True)


def _not_now(live: Live) -> Refused | None:
    service = live.service or {}
    strategy = (service.get("deploymentConfiguration") or {}).get("strategy") or "ROLLING"
    if service.get("resourceManagementType") == "ECS":
        return Refused(
            Code.EXPRESS,
            "ECS itself manages it (Express): only other subnets change it, by "
            "UpdateExpressGatewayService",
        )
    if not live.is_active:
        return Refused(Code.NOT_ACTIVE, "the service is not ACTIVE")
    if live.controller != "ECS" or strategy != "ROLLING":
        return Refused(
            Code.UNSUPPORTED,
            f"services of the {live.controller} controller with the {strategy} "
            "strategy are not changed by this action",
        )
    deployments = _deployments(live)
    if len(deployments) != 1 or deployments[0].get("rolloutState") == "IN_PROGRESS":
        return Refused(Code.RELEASE_UNDER_WAY, "a deployment is under way. Plan again")
    if awsvpc_of(service).get("assignPublicIp") != "ENABLED":
        return Refused(Code.ALREADY_DISABLED, "the service does not state ENABLED by now")
    if not awsvpc_of(service).get("securityGroups"):
        return Refused(Code.UNCOPYABLE, "its answer states no security groups")
    if not live.desired:
        return Refused(Code.SCALED_TO_ZERO, "it is to have no tasks, so nothing could be seen")
    return None


def _update(place: Place, service: Shape, awsvpc: Shape) -> Shape:
    members: Shape = {
        "cluster": place.cluster_arn,
        "service": place.service_arn,
        "networkConfiguration": {"awsvpcConfiguration": awsvpc},
    }
    # "If a platform version is not specified, the LATEST platform version is used."
    if service.get("platformVersion"):
        members["platformVersion"] = service["platformVersion"]
    return members


def _warnings(service: Shape) -> list[str]:
    breaker = (service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
    guarded = breaker.get("enable") and breaker.get("rollback")
    return [*undone_by(service), *([] if guarded else [_NO_BREAKER])]


def _more_tasks(service: Shape) -> int:
    """By how many tasks a rolling deployment may exceed the desired count."""
    most = (service.get("deploymentConfiguration") or {}).get("maximumPercent") or 200
    return int(service.get("desiredCount") or 0) * (int(most) - 100) // 100


def _deployments(live: Live) -> list[Shape]:
    return list((live.service or {}).get("deployments") or ())


def _has_failed(live: Live) -> bool:
    return any(one.get("rolloutState") == "FAILED" for one in _deployments(live))


def _rolled(live: Live, direction: Direction, of: Memory) -> Step:
    """The network is what it is to be: wait until everything runs by it."""
    deployments = _deployments(live)
    primary = next((one for one in deployments if one.get("status") == "PRIMARY"), {})
    if primary.get("rolloutState") == "FAILED":
        return Stop("the deployment has failed", direction is Direction.FORWARD)
    running = (primary.get("runningCount"), primary.get("pendingCount"), len(deployments))
    if running != (live.desired, 0, 1) or primary.get("rolloutState") == "IN_PROGRESS":
        return Wait(stage="roll", seconds=_ROLL_SECONDS, then="the deployment came to no end")
    if direction is Direction.FORWARD and "observed" not in of.marks:
        return Observe("")
    if direction is Direction.BACK and not of.did(direction, _API) and (look := look_first(of)):
        return look
    return Done(f"{live.desired} tasks run by it")


def _why(direction: Direction) -> str:
    forward = direction is Direction.FORWARD
    return "give it a private network" if forward else "give it back the network of before"
