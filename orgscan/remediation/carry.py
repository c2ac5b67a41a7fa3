"""Carries one action one way, step by step, from whatever it finds.

Every turn reads the live state, lets the action decide, and does that one thing. A crash between
any two lines of this module loses nothing: the next process reads the journal and the live state
and comes to the same decision.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.session import RegionSession
from orgscan.model.remediation import (
    Answered,
    Direction,
    Failed,
    Intent,
    Mark,
    PlannedAction,
    Request,
)
from orgscan.remediation.actions.guard import against
from orgscan.remediation.actions.interface import (
    SOAKING,
    Action,
    Done,
    Note,
    Observe,
    Step,
    Stop,
    Wait,
    Write,
)
from orgscan.remediation.clock import Clock
from orgscan.remediation.journal import RemediationJournal, now_text
from orgscan.remediation.live import Live
from orgscan.remediation.memory import last_answered, memory_of
from orgscan.remediation.writes import WRITES, made_by

_POLL_SECONDS = 10.0
_LONGEST_POLL_SECONDS = 60.0
_SEEN_SECONDS = 300.0
_LONGEST_SECONDS = 6 * 3600.0
_ATTEMPTS = 5  # of one and the same call whose answers are lost, or that is throttled
_READS_LOST = 10  # in a row
_LOST = frozenset({FailureKind.TRANSIENT, FailureKind.TIMED_OUT, FailureKind.UNREACHABLE})
# It is gone, which is all that was asked for.
_GONE = {"ecs:DeleteTaskSet": "TaskSetNotFoundException"}


class Checks(Protocol):
    """What has to hold at every single write towards the plan."""

    async def before(self, planned: PlannedAction, live: Live, write: Write, *, first: bool) -> str:
        """Why not; empty where nothing is against it.

        Args:
            planned: what is being done.
            live: the state that the write was decided from.
            write: the call.
            first: whether nothing has been changed for this action yet.
        """
        ...


class Seen(msgspec.Struct, frozen=True):
    """What the control says of what runs now; `holds` is None where it could not be seen."""

    holds: bool | None
    text: str


class Ending(msgspec.Struct, frozen=True):
    """How far it went; `is_done` where there is nothing left to do in that direction."""

    is_done: bool
    text: str
    unhealthy: bool = False


class Hands(msgspec.Struct, frozen=True):
    """What one action is done with.

    Attributes:
        reader: the account-region, by the read role.
        writer: the same, by the remediate role; it can change this one service and no other.
        observe: evaluates the control again on a task set or deployment.
        say: tells a person.
    """

    reader: RegionSession
    writer: RegionSession
    checks: Checks
    observe: Callable[[PlannedAction, str], Awaitable[Seen]]
    clock: Clock
    say: Callable[[str], None] = lambda _: None


class Carrier:
    """One action under way in one direction."""

    def __init__(
        self,
        action: Action,
        planned: PlannedAction,
        direction: Direction,
        hands: Hands,
        journal: RemediationJournal,
    ) -> None:
        self._action = action
        self._planned = planned
        self._direction = direction
        self._hands = hands
        self._journal = journal
        self._answered = last_answered(journal.story, planned.id, direction)
        self._tries: tuple[Request | None, int] = (None, 0)
        self._stage = ""
        self._since = 0.0
        self._unread = 0
        self._began = hands.clock.now()
        self._is_soaked_anew = False

    async def carry(self) -> Ending:
        """Go on until it is done or has to stop; the ending is in the journal.

        Raises:
            RemediationError: the journal cannot be written, so that nothing more is changed.
        """
        ending: Ending | None = None
        while ending is None:
            live = await self._read()
            step: Step = live if isinstance(live, Stop | Wait) else self._decide(live)
            ending = await self._do(step, live if isinstance(live, Live) else None)
        self._mark("done" if ending.is_done else "stopped", ending.text)
        return ending

    async def _read(self) -> Live | Stop | Wait:
        try:
            live = await self._action.read(self._hands.reader, self._planned.place, self._planned)
        except CallFailed as failed:
            self._unread += 1
            if failed.kind.is_retriable and self._unread < _READS_LOST:
                return Wait(stage="read", seconds=_POLL_SECONDS * _READS_LOST)
            return Stop(f"the service cannot be looked at: {failed.why.reason}")
        self._unread = 0
        return live

    def _decide(self, live: Live) -> Step:
        memory = memory_of(self._journal.story, self._planned, self._direction)
        marks = memory.marks
        if self._is_soaked_anew:
            marks = {name: at for name, at in marks.items() if name != SOAKING}
        memory = msgspec.structs.replace(memory, now=self._hands.clock.now(), marks=marks)
        step = self._action.decide(live, self._planned, self._direction, memory)
        if isinstance(step, Write) and step.request == self._answered:
            # AWS did it, and does not show it yet.
            return Wait(
                stage=f"seen {step.request.api}",
                seconds=_SEEN_SECONDS,
                then=f"AWS answered {step.request.api} and does not show what it did",
            )
        return step

    async def _do(self, step: Step, live: Live | None) -> Ending | None:
        if not isinstance(step, Wait):
            self._stage = ""
        match step:
            case Write() if live is not None:
                return await self._write(step, live)
            case Wait():
                return await self._wait(step)
            case Note():
                self._mark(step.name, step.text)
                self._is_soaked_anew &= step.name != SOAKING
            case Observe():
                return await self._observe(step)
            case Done():
                return Ending(True, step.text)
            case Stop():
                return Ending(False, step.why, step.unhealthy)
            case _:
                raise AssertionError("unreachable: nothing is written without having read")
        return None

    async def _wait(self, step: Wait) -> Ending | None:
        now = self._hands.clock.now()
        if step.stage != self._stage:
            self._stage, self._since = step.stage, now
            self._hands.say(f"waiting: {step.stage}")
        if now - self._since > step.seconds and step.then:
            return Ending(False, step.then, unhealthy=True)
        if now - self._began > _LONGEST_SECONDS + self._soak_seconds:
            return Ending(False, "it did not come to rest for hours", unhealthy=True)
        if step.then:
            # What has to be waited for again has not soaked: it begins anew once that is over.
            self._is_soaked_anew = True
        # What takes long is looked at less often: production shares the throttles.
        pause = min(_LONGEST_POLL_SECONDS, max(_POLL_SECONDS, (now - self._since) / 4))
        await self._hands.clock.sleep(pause)
        return None

    async def _observe(self, step: Observe) -> Ending | None:
        seen = await self._hands.observe(self._planned, step.id)
        if seen.holds is None:
            return Ending(False, f"what runs could not be observed: {seen.text}")
        if not seen.holds:
            return Ending(False, f"the control fails on what runs now: {seen.text}", unhealthy=True)
        self._mark("observed", seen.text)
        return None

    async def _write(self, write: Write, live: Live) -> Ending | None:
        why = against(write.request, live, self._planned.place)
        if not why and self._direction is Direction.FORWARD:
            first = not self._journal.story.calls[self._planned.id]
            why = await self._hands.checks.before(self._planned, live, write, first=first)
        if why:
            return Ending(False, f"{write.request.api} was not called: {why}")
        same, tries = self._tries
        self._tries = (write.request, tries + 1 if same == write.request else 1)
        if self._tries[1] > _ATTEMPTS:
            return Ending(False, f"{write.request.api} gave no answer {tries} times", True)
        return await self._call(write.request)

    async def _call(self, request: Request) -> Ending | None:
        """Intent, call, answer: in this order, each on the disk before the next."""
        number = self._journal.story.numbered + 1
        self._hands.say(f"{request.api}: {request.why}")
        self._journal.append(
            Intent(
                number=number,
                action=self._planned.id,
                direction=self._direction,
                at=self._now(),
                request=request,
            )
        )
        try:
            reply = await self._hands.writer.call(WRITES[request.api], request.parameters)
        except CallFailed as failed:
            return await self._failed(request, number, failed)
        made = made_by(request.api, reply.data)
        self._journal.append(
            Answered(number=number, at=self._now(), digest=reply.digest, made=made)
        )
        self._answered = request
        return None

    async def _failed(self, request: Request, number: int, failed: CallFailed) -> Ending | None:
        # An answer that cannot be read says that AWS did something, and not what.
        lost = failed.kind in _LOST or failed.code == "MalformedAnswer"
        self._journal.append(
            Failed(
                number=number,
                at=self._now(),
                lost=lost,
                code=failed.code,
                message=failed.message[:500],
            )
        )
        if lost or failed.kind is FailureKind.THROTTLED:
            await self._hands.clock.sleep(_POLL_SECONDS)
            return None
        if failed.code and _GONE.get(request.api) == failed.code:
            return None
        said = failed.message or failed.why.reason
        return Ending(False, f"AWS refused {request.api}: {said}", unhealthy=True)

    @property
    def _soak_seconds(self) -> int:
        return self._journal.story.begun.plan.soak_seconds

    def _mark(self, name: str, text: str) -> None:
        self._journal.append(
            Mark(
                action=self._planned.id,
                direction=self._direction,
                at=self._now(),
                name=name,
                text=text,
            )
        )
        self._hands.say(f"{name}: {text}")

    def _now(self) -> str:
        return now_text(self._hands.clock.now())
