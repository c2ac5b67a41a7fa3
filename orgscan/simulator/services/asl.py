"""Definitions of simulated state machines, in Amazon States Language.

https://states-language.net/
"""

from __future__ import annotations

import msgspec

from orgscan.simulator.services.launchers import run_task_request
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.launcher_recipes import JSONATA, NESTED, SDK
from orgscan.simulator.world.launchers import Launcher, Place


def definition(partition: str, machine: Launcher) -> str:
    """The text of it."""
    tasks = [(place.name, _task(partition, machine, place)) for place in machine.places]
    tree = _nested(tasks) if machine.recipe.form == NESTED else _sequence(tasks)
    if machine.recipe.form == JSONATA:
        tree = {"QueryLanguage": "JSONata", **tree}
    return msgspec.json.encode({"Comment": "ecs:runTask is named here too", **tree}).decode()


def _sequence(tasks: list[tuple[str, dict[str, Tree]]]) -> dict[str, Tree]:
    """One after the other, and an end that runs nothing."""
    names = [*(name for name, _ in tasks), "done"]
    states: dict[str, Tree] = {
        name: {**task, "Next": following}
        for (name, task), following in zip(tasks, names[1:], strict=True)
    }
    return {"StartAt": names[0], "States": {**states, "done": {"Type": "Succeed"}}}


def _nested(tasks: list[tuple[str, dict[str, Tree]]]) -> dict[str, Tree]:
    """The first in a branch, the second in a map inside of another, the rest after both."""
    (first, one), (second, other), *rest = tasks
    inner: Tree = {"StartAt": second, "States": {second: {**other, "End": True}}}
    each: Tree = {"Type": "Map", "ItemProcessor": inner, "End": True}
    branches: Tree = [
        {"StartAt": first, "States": {first: {**one, "End": True}}},
        {"StartAt": "each", "States": {"each": each}},
    ]
    return _sequence([("fork", {"Type": "Parallel", "Branches": branches}), *rest])


def _task(partition: str, machine: Launcher, place: Place) -> dict[str, Tree]:
    form = machine.recipe.form
    action = "aws-sdk:ecs:runTask" if form == SDK else "ecs:runTask.sync"
    request = _with_expression(run_task_request(machine, place), place, jsonata=form == JSONATA)
    return {
        "Type": "Task",
        "Resource": f"arn:{partition}:states:::{action}",
        "Arguments" if form == JSONATA else "Parameters": request,
    }


def _with_expression(request: dict[str, Tree], place: Place, *, jsonata: bool) -> dict[str, Tree]:
    member = place.start.expression
    if not member:
        return request
    key, value = (member, "{% $states.input.net %}") if jsonata else (f"{member}.$", "$.net")
    if member == "NetworkConfiguration":
        return {**{k: v for k, v in request.items() if k != member}, key: value}
    awsvpc: dict[str, Tree] = {"Subnets": place.subnets, key: value}
    return {**request, "NetworkConfiguration": {"AwsvpcConfiguration": awsvpc}}
