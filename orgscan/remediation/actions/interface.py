"""What an action is: reads live state, and decides one step at a time from it.

Decisions are pure. What was done before a crash is not remembered by a pointer into a list of steps
but seen in the live state, so that going on after a crash is the same as going on.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from orgscan.aws.session import RegionSession
from orgscan.model.remediation import (
    ActionKind,
    Direction,
    Permit,
    Place,
    PlannedAction,
    Request,
)
from orgscan.remediation.allowed import Refused
from orgscan.remediation.live import Live

SOAKING = "soaking"
"""The note that the soak has begun; it begins anew where what is wanted does not stay settled."""


class Write(msgspec.Struct, frozen=True):
    """Make a call that changes something.

    Attributes:
        starts_tasks: whether tasks start by it, so that the way out has to be looked at again.
    """

    request: Request
    starts_tasks: bool = False


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """Look again later.

    Attributes:
        stage: what is waited for; the time that it may take is counted from its first wait.
        seconds: how long this may take.
        then: what it means if it takes longer; empty where it is a time to be waited out.
    """

    stage: str
    seconds: float
    then: str = ""


class Note(msgspec.Struct, frozen=True):
    """Put something down that later steps rest on, with its time."""

    name: str
    text: str = ""


class Observe(msgspec.Struct, frozen=True):
    """Evaluate the control again on what runs; `id` is the task set or deployment meant."""

    id: str


class Done(msgspec.Struct, frozen=True):
    """There is nothing left to do."""

    text: str


class Stop(msgspec.Struct, frozen=True):
    """Go no further.

    Attributes:
        why: one sentence.
        unhealthy: whether what was begun is to be taken back; not where somebody else is at work.
    """

    why: str
    unhealthy: bool = False


Step = Write | Wait | Note | Observe | Done | Stop


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal knows of one action in one direction.

    Attributes:
        tokens: by direction, of the calls that make something.
        kin: the tokens of all actions of the plan: what they mark is nobody else's.
        made: by direction, ids of what was made.
        apis: the calls that were answered or may have happened, by direction.
        marks: names of what was put down in this direction, with the time: seconds since 1970.
        unanswered: whether the last call may have happened or not.
        now: seconds since 1970.
        soak_seconds: how long what is replaced is kept before it is deleted.
    """

    tokens: dict[Direction, str]
    kin: frozenset[str] = frozenset()
    made: dict[Direction, str] = {}
    apis: dict[Direction, frozenset[str]] = {}
    marks: dict[str, float] = {}
    unanswered: bool = False
    now: float = 0.0
    soak_seconds: int = 0

    def did(self, direction: Direction, api: str) -> bool:
        """Whether a call was made, or may have been."""
        return api in self.apis.get(direction, frozenset())


class Action(Protocol):
    """One kind of change."""

    @property
    def kind(self) -> ActionKind:
        """As the allowlist names it."""
        ...

    @property
    def writes(self) -> tuple[str, ...]:
        """Every call it may make that changes something, as IAM names it."""
        ...

    async def read(
        self, session: RegionSession, place: Place, planned: PlannedAction | None = None
    ) -> Live:
        """What decisions rest on.

        Args:
            session: the account-region, by the read role.
            place: the service.
            planned: what is known of it since it was planned; None while it is being planned.

        Raises:
            CallFailed: it could not be read.
        """
        ...

    def plan(self, live: Live, place: Place, permit: Permit) -> PlannedAction | Refused:
        """What would be done, or why nothing is; the same for the same arguments."""
        ...

    def decide(self, live: Live, planned: PlannedAction, direction: Direction, of: Memory) -> Step:
        """The next step."""
        ...
