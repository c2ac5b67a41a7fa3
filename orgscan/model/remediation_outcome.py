"""What became of a remediation: field names are those of `remediation.json`, version 1."""

from __future__ import annotations

import enum

import msgspec

from orgscan.model.remediation import ActionKind, Direction, Permit, Place, Shape


class State(enum.StrEnum):
    """How far an action is."""

    NOT_BEGUN = "NOT_BEGUN"
    UNDER_WAY = "UNDER_WAY"
    STOPPED = "STOPPED"
    DONE = "DONE"
    ROLLING_BACK = "ROLLING_BACK"
    ROLLED_BACK = "ROLLED_BACK"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call that changed something, or tried to; `result` is `done`, `refused` or `unknown`."""

    at: str
    direction: Direction
    api: str
    why: str
    result: str
    message: str = ""


class ActionOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One action.

    Attributes:
        before: the awsvpc configuration that was there; `after` the one that was planned.
        text: how it ended, for a person.
        observed: what the control said of what ran then; empty where it was not evaluated.
    """

    finding_key: str
    kind: ActionKind
    place: Place
    permit: Permit
    before: Shape
    after: Shape
    state: State
    text: str
    observed: str
    calls: tuple[Call, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The document."""

    format: str
    version: int
    plan_id: str
    plan_digest: str
    run_id: str
    approved_at: str
    approved_by: str
    approved_how: str
    actions: tuple[ActionOutcome, ...]
