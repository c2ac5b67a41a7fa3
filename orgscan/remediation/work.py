"""A plan carried out, or taken back: one service after another, and no further once one fails.

The first service is the canary: it is done, soaked and seen to hold before the second begins.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from orgscan.model.remediation import Direction, PlannedAction
from orgscan.remediation.actions.registry import ACTIONS
from orgscan.remediation.carry import Carrier, Ending, Hands
from orgscan.remediation.journal import RemediationJournal


class Worked(msgspec.Struct, frozen=True):
    """What became of it; `is_done` where every action was carried to its end."""

    is_done: bool
    text: str = ""


async def forward(journal: RemediationJournal, hands: Callable[[PlannedAction], Hands]) -> Worked:
    """Carry out the plan of a journal, from wherever it is.

    The first that does not come well ends it; where it is unhealthy, it alone is taken back.

    Args:
        journal: new, or of an earlier process.
        hands: what each action is done with.

    Raises:
        RemediationError: the journal cannot be written.
    """
    for planned in journal.story.begun.plan.actions:
        if is_done(journal, planned, Direction.FORWARD):
            continue
        if _was_turned_back(journal, planned):
            return await _back(journal, planned, hands, "it had been found unhealthy")
        ending = await _carry(journal, planned, Direction.FORWARD, hands)
        if ending.is_done:
            continue
        if not ending.unhealthy:
            return Worked(False, f"{planned.place.service_name}: {ending.text}")
        return await _back(journal, planned, hands, ending.text)
    return Worked(True)


async def back(journal: RemediationJournal, hands: Callable[[PlannedAction], Hands]) -> Worked:
    """Take back whatever a journal has begun, the last first; one that cannot costs no other.

    Raises:
        RemediationError: the journal cannot be written.
    """
    left: list[str] = []
    for planned in reversed(journal.story.begun.plan.actions):
        if not journal.story.calls[planned.id] or is_done(journal, planned, Direction.BACK):
            continue
        ending = await _carry(journal, planned, Direction.BACK, hands)
        if not ending.is_done:
            left.append(f"{planned.place.service_name}: {ending.text}")
    return Worked(not left, "; ".join(left))


def is_done(journal: RemediationJournal, planned: PlannedAction, direction: Direction) -> bool:
    """Whether the journal says that an action has come to its end in a direction."""
    ending = journal.story.ending(planned.id, direction)
    return ending is not None and ending.name == "done"


def _was_turned_back(journal: RemediationJournal, planned: PlannedAction) -> bool:
    """Once it is being taken back it is not begun again: that would need another plan."""
    story = journal.story
    marks = story.marks[planned.id]
    return any(mark.direction is Direction.BACK for mark in marks) or any(
        call.intent.direction is Direction.BACK for call in story.calls[planned.id]
    )


async def _back(
    journal: RemediationJournal,
    planned: PlannedAction,
    hands: Callable[[PlannedAction], Hands],
    why: str,
) -> Worked:
    name = planned.place.service_name
    if is_done(journal, planned, Direction.BACK):
        return Worked(False, f"{name}: taken back, because {why}")
    ending = await _carry(journal, planned, Direction.BACK, hands)
    if ending.is_done:
        return Worked(False, f"{name}: {why}; it was taken back")
    return Worked(False, f"{name}: {why}; it is not taken back yet: {ending.text}")


async def _carry(
    journal: RemediationJournal,
    planned: PlannedAction,
    direction: Direction,
    hands: Callable[[PlannedAction], Hands],
) -> Ending:
    held = hands(planned)
    held.say(f"{direction}: {planned.place.service_name} ({planned.place.account_id})")
    carrier = Carrier(ACTIONS[planned.kind], planned, direction, held, journal)
    return await carrier.carry()
