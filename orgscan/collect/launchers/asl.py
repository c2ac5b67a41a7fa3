"""Amazon States Language: the states that run ECS tasks, however deeply they are nested.

https://states-language.net/ and
https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from orgscan.collect.launchers.request import Json, Language, read_request
from orgscan.model.launcher import Launch

# The optimised integration and the AWS SDK's, each with its patterns (.sync, .waitForTaskToken).
_RUN_TASK = re.compile(
    r"arn:[\w-]+:states:[^:]*:[^:]*:(?:aws-sdk:)?ecs:runtask(?:\..*)?", re.IGNORECASE
)


class Definition(msgspec.Struct, frozen=True):
    """What a definition tells.

    Attributes:
        launches: the states that run ECS tasks, a state before those after it.
        unreadable: why nothing can be told of it, to follow "it"; empty where it can.
    """

    launches: tuple[Launch, ...] = ()
    unreadable: str = ""


def read_definition(text: str) -> Definition:
    """Read a state machine's definition; takes any text and never raises.

    Both query languages are read as each state writes them: `Parameters` with JSONPath, `Arguments`
    with JSONata, neither being allowed in the other. Nesting is walked without recursion, so that
    no depth is too great for it.
    """
    try:
        machine = msgspec.json.decode(text)
    except RecursionError:
        return Definition(unreadable="has a definition that is nested too deeply to be read")
    except (msgspec.MsgspecError, UnicodeError):
        return Definition(unreadable="has a definition that is not JSON")
    if not isinstance(machine, dict) or not isinstance(machine.get("States"), dict):
        return Definition(unreadable="has a definition without states")
    return Definition(tuple(_launch(name, state) for name, state in _run_tasks(machine)))


def _run_tasks(machine: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    pending: list[tuple[str, Json]] = [("", {"Branches": [machine]})]
    while pending:
        name, state = pending.pop()
        if not isinstance(state, dict):
            continue
        resource = state.get("Resource")
        if isinstance(resource, str) and _RUN_TASK.fullmatch(resource):
            yield name, state
        nested = [item for block in _blocks(state) for item in _states(block)]
        pending += reversed(nested)


def _blocks(state: dict[str, Json]) -> list[Json]:
    """The machines inside a state: a Parallel's branches, a Map's processor by its two names."""
    branches = state.get("Branches")
    found = list(branches) if isinstance(branches, list) else []
    return [*found, state.get("ItemProcessor"), state.get("Iterator")]


def _states(block: Json) -> list[tuple[str, Json]]:
    states = block.get("States") if isinstance(block, dict) else None
    return list(states.items()) if isinstance(states, dict) else []


def _launch(name: str, state: dict[str, Json]) -> Launch:
    if "Arguments" in state:
        return read_request(state["Arguments"], Language.JSONATA, what="Arguments", place=name)
    if "Parameters" in state:
        return read_request(state["Parameters"], Language.JSONPATH, what="Parameters", place=name)
    return Launch(place=name, untold="takes the whole request from the input of each start")
