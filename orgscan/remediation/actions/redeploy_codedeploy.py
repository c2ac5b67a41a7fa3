"""`redeploy-codedeploy`: the same release once more, without public addresses, by CodeDeploy.

UpdateService refuses to change the network under the CODE_DEPLOY controller: "Use AWS CodeDeploy to
trigger a new deployment." The AppSpec is that of the present release with its network replaced.
"""

from __future__ import annotations

import math

from msgspec.structs import replace

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
from orgscan.remediation.appspec import appspec_for, revision_of, states_public
from orgscan.remediation.digests import digest_of, short
from orgscan.remediation.live import ACTIVE, Live, Releases, SetState, read_service
from orgscan.remediation.releases import read_releases

_CREATE = "codedeploy:CreateDeployment"
_HOUR = 3600.0
_UNDO = (
    "Until CodeDeploy has terminated the old task set: the deployment is stopped and rolled back. "
    "After that the release is deployed once more with the network of before, as a new task set."
)


class RedeployCodeDeploy:
    """See the module."""

    kind = ActionKind.REDEPLOY_CODEDEPLOY
    writes = (
        _CREATE,
        "codedeploy:StopDeployment",
        "codedeploy:ContinueDeployment",
        # CodeDeploy asks for these of whoever creates a deployment.
        "codedeploy:RegisterApplicationRevision",
        "codedeploy:GetDeploymentConfig",
        "codedeploy:GetApplicationRevision",
    )

    async def read(
        self, session: RegionSession, place: Place, planned: PlannedAction | None = None
    ) -> Live:
        """As `Action.read`, with the CodeDeploy side."""
        live = await read_service(session, place)
        if live.controller != "CODE_DEPLOY":
            return live
        return replace(live, releases=await read_releases(session, place, live, planned))

    def plan(self, live: Live, place: Place, permit: Permit) -> PlannedAction | Refused:
        """As `Action.plan`."""
        serving, releases = live.primary, live.releases
        refused = _not_now(live, serving, place)
        if refused is not None:
            return refused
        if releases is None or serving is None:
            return Refused(Code.UNSUPPORTED, "no CodeDeploy deployment group names the service")
        if refused := _not_by(releases):
            return refused
        awsvpc = private(serving.shape, permit.subnets)
        after = _creation(releases, serving.shape, awsvpc)
        request = Request(api=_CREATE, parameters=after, why="the same release, private")
        return PlannedAction(
            id=short([place.resource_arn, self.kind]),
            finding_key="",
            kind=self.kind,
            place=place,
            permit=permit,
            before={
                "taskSet": serving.shape,
                "application": releases.application,
                "group": releases.group,
                "since": float(serving.shape.get("createdAt") or 0.0),
                "request": _creation(releases, serving.shape, awsvpc_of(serving.shape)),
            },
            after={"networkConfiguration": {"awsvpcConfiguration": awsvpc}, "request": after},
            requests=(request,),
            commands=(command(request, place),),
            starting=live.starting(serving.shape, serving.computed),
            minutes=10 + math.ceil(serving.computed / 10) + round(_waits(releases) / 60),
            undo=_UNDO,
            warnings=tuple(_warnings(live, serving.shape, releases)),
            proof=Proof(verdict="UNPROVEN"),
            seen=digest_of(_seen(serving.shape, releases)),
        )

    def decide(self, live: Live, planned: PlannedAction, direction: Direction, of: Memory) -> Step:
        """As `Action.decide`."""
        releases = live.releases
        if not live.is_active or live.controller != "CODE_DEPLOY" or releases is None:
            return Stop("the service is not ACTIVE, or not deployed by its CodeDeploy group now")
        ours = _made(releases, of, Direction.FORWARD)
        if direction is Direction.FORWARD:
            return _forward(live, releases, planned, ours, of)
        return _back(live, releases, planned, ours, of)


def _not_now(live: Live, serving: SetState | None, place: Place) -> Refused | None:
    if not live.is_active:
        return Refused(Code.NOT_ACTIVE, "the service is not ACTIVE")
    if live.controller != "CODE_DEPLOY":
        return Refused(Code.UNSUPPORTED, f"its controller is {live.controller} by now")
    found = live.set_of(place.resource_arn)
    if found is None:
        return Refused(Code.GONE, "the task set is gone")
    if serving is None or found.id != serving.id:
        return Refused(
            Code.DRAINING, "the task set does not serve: CodeDeploy takes it down by itself"
        )
    awsvpc = awsvpc_of(found.shape)
    if awsvpc.get("assignPublicIp") == "DISABLED":
        return Refused(Code.ALREADY_DISABLED, "the task set states DISABLED by now")
    if not all(map(awsvpc.get, ("subnets", "securityGroups", "assignPublicIp"))):
        return Refused(
            Code.UNCOPYABLE, "its answer does not state all of its network, which has to be sent"
        )
    if not found.computed:
        return Refused(Code.SCALED_TO_ZERO, "it is to have no tasks, so nothing could be seen")
    return None


def _not_by(releases: Releases) -> Refused | None:
    if releases.unreadable:
        return Refused(Code.UNCOPYABLE, f"its hooks would be lost: {releases.unreadable}")
    if releases.active is not None:
        return Refused(
            Code.RELEASE_UNDER_WAY,
            f"deployment {releases.active.get('deploymentId')} is under way. Plan again",
        )
    return None


def _creation(releases: Releases, task_set: Shape, awsvpc: Shape) -> Shape:
    """The members of `CreateDeployment`, but for the description that marks it as ours."""
    configured = releases.group_info.get("autoRollbackConfiguration") or {}
    events = {*(configured.get("events") or ()), "DEPLOYMENT_FAILURE"}
    return {
        "applicationName": releases.application,
        "deploymentGroupName": releases.group,
        "revision": revision_of(appspec_for(task_set, awsvpc, releases.appspec)),
        "autoRollbackConfiguration": {"enabled": True, "events": sorted(events)},
    }


def _marked(members: Shape, token: str) -> Shape:
    return {**members, "description": f"{token}: public addresses"}


def _warnings(live: Live, task_set: Shape, releases: Releases) -> list[str]:
    found = list(undone_by(live.service or {}, task_set))
    if states_public(releases.appspec):
        found.append(
            f"{releases.source} states ENABLED: the next release by it will undo this. Change its "
            "source"
        )
    elif releases.appspec is not None:
        found.append(f"{releases.source} leaves the network as it is; its releases keep the fix")
    return found


def _seen(task_set: Shape, releases: Releases) -> Shape:
    return {
        "set": [task_set.get("id"), task_set.get("taskDefinition"), awsvpc_of(task_set)],
        "appspec": releases.appspec,
        "group": [releases.application, releases.group],
    }


def _waits(releases: Releases) -> float:
    """Seconds that the group itself makes a deployment wait."""
    blue_green = releases.group_info.get("blueGreenDeploymentConfiguration") or {}
    ready = (blue_green.get("deploymentReadyOption") or {}).get("waitTimeInMinutes") or 0
    termination = blue_green.get("terminateBlueInstancesOnDeploymentSuccess") or {}
    minutes = int(ready) + int(termination.get("terminationWaitTimeInMinutes") or 0)
    return 60.0 * minutes


def _made(releases: Releases, of: Memory, direction: Direction) -> Shape | None:
    made = of.made.get(direction)
    by_id = (one for one in releases.deployments if made and one.get("deploymentId") == made)
    return releases.made_by(of.tokens[direction]) or next(by_id, None)


def _forward(
    live: Live, releases: Releases, planned: PlannedAction, ours: Shape | None, of: Memory
) -> Step:
    if ours is None:
        return _begin(live, releases, planned, of)
    status, id_of = ours.get("status"), str(ours.get("deploymentId"))
    if status == "Ready":
        return _go_on(live, releases, id_of)
    if status in ACTIVE:
        return _wait(releases, id_of, str(status))
    serving = live.primary
    if status != "Succeeded":
        why = (ours.get("errorInformation") or {}).get("message") or "no reason given"
        return Stop(f"deployment {id_of} ended as {status}: {why}", True)
    if serving is None or serving.shape.get("externalId") != id_of:
        return Stop(f"deployment {id_of} succeeded, and another task set serves now")
    if "observed" not in of.marks:
        return Observe(serving.id)
    return Done(f"deployment {id_of} succeeded; task set {serving.id} serves")


def _begin(live: Live, releases: Releases, planned: PlannedAction, of: Memory) -> Step:
    if look := look_first(of):
        return look
    if releases.active is not None:
        return Stop(f"deployment {releases.active.get('deploymentId')} is under way, and not ours")
    if live.primary is None or live.primary.id != planned.before["taskSet"]["id"]:
        return Stop("another task set serves by now: somebody else has released")
    members = _marked(planned.after["request"], of.tokens[Direction.FORWARD])
    return Write(Request(api=_CREATE, parameters=members, why="the same release, private"), True)


def _go_on(live: Live, releases: Releases, id_of: str) -> Step:
    """The group's own gate before traffic moves: opened once the new set is whole."""
    new = next((one for one in live.sets if one.shape.get("externalId") == id_of), None)
    if new is None or not new.is_settled(new.scale, live.desired):
        return _wait(releases, id_of, "Ready")
    members = {"deploymentId": id_of, "deploymentWaitType": "READY_WAIT"}
    return Write(
        Request(api="codedeploy:ContinueDeployment", parameters=members, why="move the traffic")
    )


def _wait(releases: Releases, id_of: str, status: str) -> Wait:
    return Wait(
        stage=f"deployment {id_of} {status}",
        seconds=_HOUR + _waits(releases),
        then=f"deployment {id_of} stayed {status}",
    )


def _back(
    live: Live, releases: Releases, planned: PlannedAction, ours: Shape | None, of: Memory
) -> Step:
    again = _made(releases, of, Direction.BACK)
    if again is not None:
        status, id_of = str(again.get("status")), str(again.get("deploymentId"))
        if status in ACTIVE:
            return (
                _go_on(live, releases, id_of)
                if status == "Ready"
                else _wait(releases, id_of, status)
            )
        if status == "Succeeded":
            return Done(f"deployment {id_of} has put the network of before back")
        return Stop(f"deployment {id_of}, which was to put it back, ended as {status}")
    if ours is None and (look := look_first(of)):
        return look
    if ours is not None and ours.get("status") in ACTIVE:
        members = {"deploymentId": ours["deploymentId"], "autoRollbackEnabled": True}
        return Write(
            Request(api="codedeploy:StopDeployment", parameters=members, why="and roll back")
        )
    if releases.active is not None:
        return _wait(releases, str(releases.active.get("deploymentId")), "under way")
    return _restored(live, planned, of)


def _restored(live: Live, planned: PlannedAction, of: Memory) -> Step:
    """Nothing is under way: is it as it was?"""
    serving = live.primary
    before: Shape = planned.before["taskSet"]
    if serving is not None and same_network(awsvpc_of(serving.shape), awsvpc_of(before)):
        return Done(f"task set {serving.id} serves with the network of before")
    if serving is not None and serving.shape.get("taskDefinition") != before["taskDefinition"]:
        return Stop("another release serves by now: to go back would undo it")
    members = _marked(planned.before["request"], of.tokens[Direction.BACK])
    return Write(Request(api=_CREATE, parameters=members, why="the network of before"), True)
