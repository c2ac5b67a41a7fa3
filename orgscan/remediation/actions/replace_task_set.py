"""`replace-task-set`: another task set in place of a public one, under the EXTERNAL controller.

The network of a task set cannot be changed: "The UpdateTaskSet API action updates only the scale
parameter" (ECS developer guide, deployment-type-external). So it is made anew, brought up, made
primary, and the old one is kept for a while at 0 % and deleted last.
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
from orgscan.remediation.actions.copying import (
    awsvpc_of,
    creation,
    private,
    why_uncopyable,
    with_token,
)
from orgscan.remediation.actions.exchange import Exchange, next_scale, next_step
from orgscan.remediation.actions.interface import Memory, Step, Stop
from orgscan.remediation.actions.owners import undone_by
from orgscan.remediation.actions.unanswered import look_first
from orgscan.remediation.allowed import Refused
from orgscan.remediation.digests import digest_of, short
from orgscan.remediation.live import Live, SetState, read_service
from orgscan.remediation.tasks import healthy_tasks

_MOST_SETS = 5
_NEW = "<new task set>"
_UNDO = (
    "Until the old set is deleted: it is scaled up again, made primary, and the new one deleted. "
    "After that it can only be made again from what was saved, under a new id."
)
_RELEASES = (
    "whatever else makes task sets of this service will make public ones again, unless it is "
    "changed too"
)


class ReplaceTaskSet:
    """See the module."""

    kind = ActionKind.REPLACE_TASK_SET
    writes = (
        "ecs:CreateTaskSet",
        "ecs:UpdateTaskSet",
        "ecs:UpdateServicePrimaryTaskSet",
        "ecs:DeleteTaskSet",
        "ecs:TagResource",
    )

    async def read(
        self, session: RegionSession, place: Place, planned: PlannedAction | None = None
    ) -> Live:
        """As `Action.read`, with the health of what is behind target groups."""
        del planned
        live = await read_service(session, place)
        healthy = {
            one.id: await healthy_tasks(session, place.cluster_arn, one.id, one.target_groups)
            for one in live.sets
            if one.target_groups and one.running and not one.is_draining
        }
        return replace(live, healthy=healthy)

    def plan(self, live: Live, place: Place, permit: Permit) -> PlannedAction | Refused:
        """As `Action.plan`."""
        old = live.set_of(place.resource_arn)
        if old is None:
            return Refused(Code.GONE, "the task set is gone")
        refused = _not_as_a_service(live) or _not_as_a_set(live, old)
        if refused is not None:
            return refused
        after = creation(place, old.shape, private(old.shape, permit.subnets))
        requests = tuple(_requests(live, place, old, after))
        return PlannedAction(
            id=short([place.resource_arn, self.kind]),
            finding_key="",
            kind=self.kind,
            place=place,
            permit=permit,
            before={
                "taskSet": old.shape,
                "primary": old.is_primary,
                "sets": sorted(one.id for one in live.sets),
            },
            after=after,
            requests=requests,
            commands=tuple(command(request, place) for request in requests),
            starting=live.starting(old.shape, old.computed),
            minutes=5 + math.ceil(old.computed / 10),
            undo=_UNDO,
            warnings=tuple(_warnings(live, old)),
            proof=Proof(verdict="UNPROVEN"),
            seen=digest_of(_seen(live, old)),
        )

    def decide(self, live: Live, planned: PlannedAction, direction: Direction, of: Memory) -> Step:
        """As `Action.decide`."""
        if not live.is_active or live.controller != "EXTERNAL":
            return Stop("the service is not ACTIVE, or not of the EXTERNAL controller any more")
        old = live.set_of(planned.place.resource_arn)
        new = _made(live, of, Direction.FORWARD)
        if direction is Direction.FORWARD:
            return _disturbed(live, planned, old, new, of) or next_step(
                live, _forward(planned, old, new, of), of
            )
        return _back(live, planned, old, new, of)


def _not_as_a_service(live: Live) -> Refused | None:
    if not live.is_active:
        return Refused(Code.NOT_ACTIVE, "the service is not ACTIVE")
    if live.controller != "EXTERNAL":
        return Refused(
            Code.UNSUPPORTED, f"task sets of the {live.controller} controller cannot be made by us"
        )
    if len(live.sets) >= _MOST_SETS:
        return Refused(
            Code.TOO_MANY_SETS,
            f"the service has {_MOST_SETS} task sets already, DRAINING ones counted, and AWS allows"
            " no more. Delete one that nobody needs",
        )
    unsteady = [one.id for one in live.sets if not one.is_draining and not one.is_steady]
    if unsteady:
        return Refused(Code.STABILISING, f"task set {unsteady[0]} is still stabilising. Plan again")
    return None


def _not_as_a_set(live: Live, old: SetState) -> Refused | None:
    if old.is_draining:
        return Refused(Code.DRAINING, "the task set is DRAINING and goes by itself")
    if awsvpc_of(old.shape).get("assignPublicIp") == "DISABLED":
        return Refused(Code.ALREADY_DISABLED, "the task set states DISABLED by now")
    if not old.computed:
        return Refused(
            Code.SCALED_TO_ZERO,
            "the task set is to have no tasks, so that a new one could not be seen to run. "
            "Delete it, or scale it up first",
        )
    if why := why_uncopyable(old):
        return Refused(Code.UNCOPYABLE, f"it cannot be made again as it is: {why}")
    others = (one for one in live.sets if not one.is_draining)
    if any(set(one.target_groups) != set(old.target_groups) for one in others):
        return Refused(
            Code.UNCOPYABLE,
            "the service's task sets are in different target groups, between which somebody else "
            "shifts the traffic",
        )
    return None


def _requests(live: Live, place: Place, old: SetState, after: Shape) -> list[Request]:
    members: Shape = {"cluster": place.cluster_arn, "service": place.service_arn}
    requests = [Request(api="ecs:CreateTaskSet", parameters=after, why="a copy, at 0 %")]
    scale = 0.0
    while scale < old.scale:
        scale = next_scale(scale, old.scale, live)
        requests.append(_scaling(members, _NEW, scale))
    if old.is_primary:
        primary = members | {"primaryTaskSet": _NEW}
        requests.append(
            Request(api="ecs:UpdateServicePrimaryTaskSet", parameters=primary, why="let it serve")
        )
    arn = old.shape["taskSetArn"]
    deletion = Request(
        api="ecs:DeleteTaskSet", parameters=members | {"taskSet": arn}, why="after the soak"
    )
    return [*requests, _scaling(members, arn, 0.0), deletion]


def _scaling(members: Shape, arn: str, scale: float) -> Request:
    parameters = members | {"taskSet": arn, "scale": {"value": scale, "unit": "PERCENT"}}
    return Request(api="ecs:UpdateTaskSet", parameters=parameters, why=f"scale to {scale:g} %")


def _warnings(live: Live, old: SetState) -> list[str]:
    service = live.service or {}
    return [*undone_by(service, old.shape), _RELEASES]


def _seen(live: Live, old: SetState) -> Shape:
    """What a plan rests on: the set's configuration, role and scale; counts come and go."""
    volatile = {
        "computedDesiredCount",
        "pendingCount",
        "runningCount",
        "stabilityStatus",
        "stabilityStatusAt",
        "updatedAt",
    }
    return {
        "controller": live.controller,
        "set": {name: value for name, value in old.shape.items() if name not in volatile},
    }


def _made(live: Live, of: Memory, direction: Direction) -> SetState | None:
    """The set that this action made, by its tag, or by its id where tags are not shown."""
    return live.made_by(of.tokens[direction]) or live.set_of(of.made.get(direction) or "-")


def _disturbed(
    live: Live, planned: PlannedAction, old: SetState | None, new: SetState | None, of: Memory
) -> Step | None:
    """Why not to go forward: what was planned on is not there any more."""
    known = {*planned.before["sets"], new.id if new else ""}
    strangers = [one.id for one in live.sets if one.id not in known and one.marker not in of.kin]
    if strangers:
        return Stop(f"task set {strangers[0]} has appeared: somebody else is releasing")
    if old is None or old.is_draining:
        if of.did(Direction.FORWARD, "ecs:DeleteTaskSet"):
            return None
        return Stop("the old task set is going, and not by us: somebody else has deleted it")
    if new is None and old.scale != _scale(planned):
        return Stop("the old task set has been scaled by somebody else")
    if new is None and of.did(Direction.FORWARD, "ecs:UpdateTaskSet"):
        return Stop("the new task set is gone: somebody else has deleted it", True)
    if live.desired == 0 and not (new and new.is_primary):
        return Stop("the service was scaled to zero, so that nothing can be seen to run", True)
    return None


def _scale(planned: PlannedAction) -> float:
    return SetState(planned.before["taskSet"]).scale


def _forward(
    planned: PlannedAction, old: SetState | None, new: SetState | None, of: Memory
) -> Exchange:
    return Exchange(
        place=planned.place,
        wanted=new,
        creation=with_token(planned.after, of.tokens[Direction.FORWARD]),
        unwanted=old,
        primary=planned.before["primary"],
        scale=_scale(planned),
        soak_seconds=of.soak_seconds,
        observes=True,
    )


def _back(
    live: Live, planned: PlannedAction, old: SetState | None, new: SetState | None, of: Memory
) -> Step:
    """To the old set where it is still there, else to one made again from what was saved."""
    there = old is not None and not old.is_draining
    again = _made(live, of, Direction.BACK)
    if there and new is None and again is None and (look := look_first(of)):
        return look
    back = Exchange(
        place=planned.place,
        wanted=old if there else again,
        creation=None if there else _recreation(planned, of),
        unwanted=new,
        primary=planned.before["primary"],
        scale=_scale(planned),
    )
    return next_step(live, back, of)


def _recreation(planned: PlannedAction, of: Memory) -> Shape:
    saved: Shape = planned.before["taskSet"]
    members = creation(planned.place, saved, awsvpc_of(saved))
    return with_token(members, of.tokens[Direction.BACK])
