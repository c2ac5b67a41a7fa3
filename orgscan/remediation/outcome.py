"""`remediation.json`: what was changed, from what to what, who approved it, and what is seen now.

A versioned document beside the journal, for reports, history and evidence to take.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from orgscan.errors import RemediationError
from orgscan.model.remediation import Answered, Direction, PlannedAction, Shape
from orgscan.model.remediation_outcome import ActionOutcome, Call, Outcome, State
from orgscan.remediation.actions.copying import awsvpc_of
from orgscan.remediation.journal import RemediationJournal, Story, Written
from orgscan.remediation.plan_file import write_whole

FORMAT, VERSION = "orgscan.remediation", 1


def outcome_of(story: Story) -> Outcome:
    """What a journal amounts to."""
    begun = story.begun
    return Outcome(
        format=FORMAT,
        version=VERSION,
        plan_id=begun.plan.id,
        plan_digest=begun.plan_digest,
        run_id=begun.plan.run_id,
        approved_at=begun.at,
        approved_by=begun.approved_by,
        approved_how=begun.approved_how,
        actions=tuple(_action(story, planned) for planned in begun.plan.actions),
    )


def read_outcome(path: Path) -> Outcome:
    """Read a `remediation.json`, for the report of the scan that follows it.

    Raises:
        RemediationError: it cannot be read, is none, or is of a version not known here.
    """
    try:
        outcome = msgspec.json.decode(path.read_bytes(), type=Outcome)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from None
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, f"this is no remediation.json: {error}") from None
    if (outcome.format, outcome.version) != (FORMAT, VERSION):
        raise _unreadable(path, f"it is {outcome.format!r} of version {outcome.version}")
    return outcome


def _unreadable(path: Path, why: str) -> RemediationError:
    return RemediationError(
        f"what was changed cannot be read: {why}",
        where=str(path),
        mend="Name the remediation.json beside a journal of orgscan remediate",
    )


def write_outcome(journal: RemediationJournal) -> Path:
    """Write `remediation.json` beside the journal, under the journal's name.

    Raises:
        RemediationError: the disk does not take it.
    """
    name = journal.path.name.removesuffix(".ndjson").removesuffix(".journal")
    path = journal.path.with_name(f"{name}.remediation.json")
    encoded = msgspec.json.format(msgspec.json.encode(outcome_of(journal.story)), indent=2)
    write_whole(path, encoded + b"\n")
    return path


def _action(story: Story, planned: PlannedAction) -> ActionOutcome:
    marks = story.marks[planned.id]
    ends = [mark.text for mark in marks if mark.name in {"done", "stopped"}]
    seen = [mark.text for mark in marks if mark.name == "observed"]
    return ActionOutcome(
        finding_key=planned.finding_key,
        kind=planned.kind,
        place=planned.place,
        permit=planned.permit,
        before=network_before(planned),
        after=network_after(planned),
        state=state_of(story, planned),
        text=ends[-1] if ends else "",
        observed=seen[-1] if seen else "",
        calls=tuple(_call(call) for call in story.calls[planned.id]),
    )


def network_before(planned: PlannedAction) -> Shape:
    """The awsvpc configuration that a rollback restores."""
    return awsvpc_of(planned.before.get("taskSet") or planned.before)


def network_after(planned: PlannedAction) -> Shape:
    """The awsvpc configuration that is planned."""
    return awsvpc_of(planned.after)


def state_of(story: Story, planned: PlannedAction) -> State:
    """How far an action is; back counts over forward."""
    calls, marks = story.calls[planned.id], story.marks[planned.id]
    back = story.ending(planned.id, Direction.BACK)
    if back is not None and back.name == "done":
        return State.ROLLED_BACK
    ways = {mark.direction for mark in marks} | {call.intent.direction for call in calls}
    if Direction.BACK in ways:
        return State.ROLLING_BACK
    ending = story.ending(planned.id, Direction.FORWARD)
    if ending is not None:
        return State.DONE if ending.name == "done" else State.STOPPED
    return State.UNDER_WAY if calls else State.NOT_BEGUN


def _call(call: Written) -> Call:
    refused = not call.may_have_happened
    message = (
        "" if call.outcome is None or isinstance(call.outcome, Answered) else (call.outcome.message)
    )
    return Call(
        at=call.intent.at,
        direction=call.intent.direction,
        api=call.intent.request.api,
        why=call.intent.request.why,
        result="refused" if refused else "unknown" if call.is_open else "done",
        message=message,
    )
