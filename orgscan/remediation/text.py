"""A plan and an outcome as lines for a person, names as they are: the CLI makes them safe."""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.model.remediation import NoAction, Plan, PlannedAction, Shape
from orgscan.model.remediation_outcome import Outcome
from orgscan.remediation.outcome import network_after, network_before


def plan_lines(plan: Plan) -> Iterator[str]:
    """What is to be done and what is not, with everything that approval rests on."""
    yield f"Plan {plan.id} for run {plan.run_id}, to be applied before {plan.expires_at}"
    yield f"{len(plan.actions)} to change, {len(plan.none)} to leave"
    for number, planned in enumerate(plan.actions, start=1):
        yield ""
        yield from _action(number, planned, plan.soak_seconds)
    if plan.none:
        yield ""
        yield "Left as they are:"
        yield from (_none(one) for one in plan.none)


def _action(number: int, planned: PlannedAction, soak: int) -> Iterator[str]:
    place, permit = planned.place, planned.permit
    yield f"{number}. {planned.kind}  {place.service_name}"
    yield f"   where      {place.account_id} {place.account_name}  {place.region}"
    yield f"   cluster    {place.cluster_name}"
    yield f"   resource   {place.resource_arn}"
    yield f"   permitted  by {permit.entry}, {permit.ticket}, {permit.owner}, to {permit.expires}"
    yield from diff(network_before(planned), network_after(planned))
    yield f"   capacity   {planned.starting.tasks} more tasks run for a while"
    yield f"   time       about {planned.minutes} min, and {soak // 60} min of soak"
    yield f"   undo       {planned.undo}"
    yield f"   way out    {planned.proof.verdict}"
    yield from (f"              {line}" for line in planned.proof.lines)
    yield from (f"   warning    {line}" for line in planned.warnings)
    yield "   as commands:"
    yield from (f"     {line}" for line in planned.commands)


def diff(before: Shape, after: Shape) -> Iterator[str]:
    """The members of a network that differ, the old value and the new one."""
    for member in ("assignPublicIp", "subnets", "securityGroups"):
        old, new = _shown(before.get(member)), _shown(after.get(member))
        if old == new:
            yield f"     {member}: {new}"
        else:
            yield f"   - {member}: {old}"
            yield f"   + {member}: {new}"


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _none(one: NoAction) -> str:
    return f"   {one.code:<21} {one.service_name}: {one.reason}"


def outcome_lines(outcome: Outcome) -> Iterator[str]:
    """How far each action is, and every call."""
    yield f"Plan {outcome.plan_id}, approved by {outcome.approved_by} ({outcome.approved_how})"
    for action in outcome.actions:
        yield ""
        yield f"{action.state:<13} {action.kind}  {action.place.service_name}"
        yield f"   {action.place.account_id} {action.place.region} {action.place.resource_arn}"
        for call in action.calls:
            said = f": {call.message}" if call.message else ""
            how = f"{call.direction:<7}  {call.result:<7}"
            yield f"   {call.at}  {how}  {call.api}  {call.why}{said}"
        if action.observed:
            yield f"   observed   {action.observed}"
        if action.text:
            yield f"   {action.text}"
