"""One task set in place of another: what to do next, from what is there now.

The same steps lead forward and back: bring up what is wanted, make it primary, take down what is
not wanted, and delete that last. At every moment one of the two serves.
"""

from __future__ import annotations

import msgspec

from orgscan.model.remediation import Place, Request, Shape
from orgscan.remediation.actions.interface import (
    SOAKING,
    Done,
    Memory,
    Note,
    Observe,
    Step,
    Stop,
    Wait,
    Write,
)
from orgscan.remediation.live import Live, SetState

_TASKS_A_STEP = 10  # ECS starts some ten tasks at once and then one a second
_STEP_SECONDS = 900.0
_SWITCH_SECONDS = 300.0


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """Which set is to stay and which is to go.

    Attributes:
        wanted: the set to stay; None where it is not there (yet).
        creation: makes it; None where it must be there.
        unwanted: the set to go; None where it is not there (any more).
        primary: whether the wanted set has to serve.
        scale: what it is to have, in percent.
        soak_seconds: how long to keep the unwanted set at 0 %.
        observes: whether the control has to be seen to hold before the unwanted set is deleted.
    """

    place: Place
    wanted: SetState | None
    creation: Shape | None
    unwanted: SetState | None
    primary: bool
    scale: float
    soak_seconds: int = 0
    observes: bool = False


def next_step(live: Live, of: Exchange, memory: Memory) -> Step:
    """The next step of an exchange, whatever was done of it before."""
    wanted = of.wanted
    if wanted is None:
        return _create(of)
    if wanted.is_draining:
        return Stop(f"task set {wanted.id} is DRAINING: somebody else has deleted it")
    return (
        _scale_up(live, of, wanted)
        or _make_primary(live, of, wanted)
        or _observe(of, wanted, memory)
        or _scale_down(live, of)
        or _soak(of, memory)
        or _delete(of)
        or Done(f"task set {wanted.id} runs at {wanted.scale:g} %")
    )


def _create(of: Exchange) -> Step:
    if of.creation is None:
        return Stop("the task set to go back to is gone, and it is not known what it was")
    return Write(Request(api="ecs:CreateTaskSet", parameters=of.creation, why="at 0 %"), True)


def _scale_up(live: Live, of: Exchange, wanted: SetState) -> Step | None:
    """In steps, each settled before the next, until it is there and its targets are healthy."""
    if wanted.scale < of.scale:
        if not wanted.has_reached(wanted.scale, live.desired):
            return _wait_for(wanted, wanted.scale)
        return Write(_scaled(of.place, wanted, next_scale(wanted.scale, of.scale, live)), True)
    if wanted.is_primary and of.creation is None:
        # It has served all along: what else there is can go, whatever its own health.
        return None
    if not wanted.is_settled(wanted.scale, live.desired):
        return _wait_for(wanted, wanted.scale)
    if wanted.target_groups and live.healthy.get(wanted.id, 0) < wanted.running:
        return Wait(
            stage=f"targets {wanted.id}",
            seconds=_STEP_SECONDS,
            then=f"the targets of task set {wanted.id} did not become healthy",
        )
    return None


def _wait_for(of: SetState, scale: float) -> Wait:
    return Wait(
        stage=f"settle {of.id} {scale:g}",
        seconds=_STEP_SECONDS,
        then=f"task set {of.id} did not settle at {scale:g} %: {of.running} of {of.computed} run",
    )


def next_scale(now: float, goal: float, live: Live) -> float:
    """At most ten more tasks at once, in whole percent, so that AWS's rounding is ours."""
    step = max(1, 100 * _TASKS_A_STEP // max(1, live.desired))
    return min(goal, float(int(now) + step))


def _make_primary(live: Live, of: Exchange, wanted: SetState) -> Step | None:
    if not of.primary or wanted.is_primary:
        return None
    serving = live.primary
    if serving is not None and (of.unwanted is None or serving.id != of.unwanted.id):
        return Stop(f"task set {serving.id} has become primary: somebody else is releasing")
    members = _members(of.place) | {"primaryTaskSet": wanted.shape["taskSetArn"]}
    return Write(
        Request(api="ecs:UpdateServicePrimaryTaskSet", parameters=members, why="let it serve")
    )


def _observe(of: Exchange, wanted: SetState, memory: Memory) -> Step | None:
    """See that it holds while the other set still runs whole."""
    return Observe(wanted.id) if of.observes and "observed" not in memory.marks else None


def _scale_down(live: Live, of: Exchange) -> Step | None:
    """Only what does not serve, and only while what is wanted runs whole."""
    unwanted = of.unwanted
    if unwanted is None or unwanted.is_draining:
        return None
    if unwanted.is_primary and of.primary:
        return Wait(stage="switch", seconds=_SWITCH_SECONDS, then="the primary did not change")
    if unwanted.is_primary:
        return Stop(f"task set {unwanted.id} has become primary: somebody else is releasing")
    if unwanted.scale > 0.0:
        return Write(_scaled(of.place, unwanted, 0.0))
    if not unwanted.is_settled(0.0, live.desired) or unwanted.running:
        return _wait_for(unwanted, 0.0)
    return None


def _soak(of: Exchange, memory: Memory) -> Step | None:
    """Let time pass before the set that could be gone back to goes; what is wanted is watched."""
    if of.unwanted is None or of.unwanted.is_draining or not of.soak_seconds:
        return None
    if SOAKING not in memory.marks:
        return Note(SOAKING, f"task set {of.unwanted.id} is kept at 0 %")
    if memory.now - memory.marks[SOAKING] < of.soak_seconds:
        return Wait(stage="soak", seconds=of.soak_seconds)
    return None


def _delete(of: Exchange) -> Step | None:
    """Without force, which only a set at 0 % is deleted by; a DRAINING one goes by itself."""
    unwanted = of.unwanted
    if unwanted is None or unwanted.is_draining:
        return None
    members = _members(of.place) | {"taskSet": unwanted.shape["taskSetArn"]}
    return Write(Request(api="ecs:DeleteTaskSet", parameters=members, why="without force"))


def _scaled(place: Place, of: SetState, scale: float) -> Request:
    members = _members(place) | {
        "taskSet": of.shape["taskSetArn"],
        "scale": {"value": scale, "unit": "PERCENT"},
    }
    return Request(api="ecs:UpdateTaskSet", parameters=members, why=f"scale to {scale:g} %")


def _members(place: Place) -> Shape:
    return {"cluster": place.cluster_arn, "service": place.service_arn}
