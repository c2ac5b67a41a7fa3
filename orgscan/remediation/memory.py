"""What a journal says of one action, as decisions take it."""

from __future__ import annotations

from orgscan.model.remediation import Answered, Direction, PlannedAction, Request
from orgscan.remediation.actions.interface import Memory
from orgscan.remediation.digests import short
from orgscan.remediation.journal import Story, seconds_of


def token_of(plan_digest: str, planned: PlannedAction, direction: Direction) -> str:
    """The client token of what an action makes: the same after every crash, and never another's.

    ECS takes up to 36 ASCII characters.
    """
    return f"orgscan-{short([plan_digest, planned.id, direction], 24)}"


def memory_of(story: Story, planned: PlannedAction, direction: Direction) -> Memory:
    """What was done, noted and left open; `now` is still to be set."""
    calls = story.calls[planned.id]
    made = {
        call.intent.direction: call.outcome.made
        for call in calls
        if isinstance(call.outcome, Answered) and call.outcome.made
    }
    apis = {
        way: frozenset(
            call.intent.request.api
            for call in calls
            if call.intent.direction is way and call.may_have_happened
        )
        for way in Direction
    }
    return Memory(
        tokens={way: token_of(story.begun.plan_digest, planned, way) for way in Direction},
        kin=frozenset(
            token_of(story.begun.plan_digest, one, way)
            for one in story.begun.plan.actions
            for way in Direction
        ),
        made=made,
        apis=apis,
        marks={
            mark.name: seconds_of(mark.at)
            for mark in story.marks[planned.id]
            if mark.direction is direction
        },
        unanswered=any(call.is_open for call in calls),
        soak_seconds=story.begun.plan.soak_seconds,
    )


def last_answered(story: Story, action: str, direction: Direction) -> Request | None:
    """The last call, if AWS answered it: asking for the same again would be too early."""
    calls = story.calls[action]
    if calls and calls[-1].intent.direction is direction:
        last = calls[-1]
        return last.intent.request if isinstance(last.outcome, Answered) else None
    return None
