"""Amazon EventBridge: buses, rules and their targets."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services import planted
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.launchers import arn, ecs_parameters, launchers, one_page
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.launcher_recipes import Kind
from orgscan.simulator.world.launchers import BUSES, DEFAULT_BUS, Launcher


class _Page(msgspec.Struct, rename="pascal"):
    limit: int = 100
    next_token: str | None = None


class _ListRules(_Page, rename="pascal"):
    event_bus_name: str = DEFAULT_BUS
    name_prefix: str = ""


class _ListTargets(_Page, rename="pascal", kw_only=True):
    rule: str
    event_bus_name: str = DEFAULT_BUS


def list_event_buses(call: Call, request: _Page) -> Tree:
    """The default bus and another one."""
    buses: list[Tree] = [
        {"Name": name, "Arn": arn(call, "events", f"event-bus/{name}")} for name in BUSES
    ]
    return _page(call, "EventBuses", buses, request, "buses")


def list_rules(call: Call, request: _ListRules) -> Tree:
    """Of one bus, without their targets."""
    bus = _bus(request.event_bus_name)
    rules: list[Tree] = [
        _rule(rule)
        for rule in launchers(call, Kind.RULE)
        if rule.parent == bus and rule.name.startswith(request.name_prefix)
    ]
    return _page(call, "Rules", rules, request, f"rules of {bus} {request.name_prefix}")


def list_targets_by_rule(call: Call, request: _ListTargets) -> Tree:
    """Of one rule; one that starts no tasks sends messages to a queue."""
    bus = _bus(request.event_bus_name)
    for rule in launchers(call, Kind.RULE):
        if rule.parent == bus and rule.name == request.rule:
            targets = _targets(call, rule)
            return _page(call, "Targets", targets, request, f"targets of {rule.arn}")
    message = f"Rule {request.rule} does not exist on EventBus {bus}."
    raise Refusal("ResourceNotFoundException", message)


def _page(call: Call, member: str, items: list[Tree], request: _Page, listing: str) -> Tree:
    page, token = one_page(call, items, request.next_token, request.limit, listing)
    answer: dict[str, Tree] = {member: page}
    return answer if token is None else answer | {"NextToken": token}


def _bus(named: str) -> str:
    name = named.rpartition(":event-bus/")[2]
    if name not in BUSES:
        raise Refusal("ResourceNotFoundException", f"Event bus {name} does not exist.")
    return name


def _rule(rule: Launcher) -> Tree:
    return {
        "Name": rule.name,
        "Arn": rule.arn,
        "State": rule.state,
        "ScheduleExpression": "rate(1 day)",
        "EventBusName": rule.parent,
    }


def _targets(call: Call, rule: Launcher) -> list[Tree]:
    queue = arn(call, "sqs", f"{rule.name}-events")
    return [
        {"Id": "queue", "Arn": queue},
        *(
            {
                "Id": f"tasks-{at}",
                "Arn": rule.cluster_arn,
                "RoleArn": f"arn:{call.scenario.partition}:iam::{call.account}:role/events",
                "EcsParameters": ecs_parameters(rule, place),
                "Input": _overrides(),
            }
            for at, place in enumerate(rule.places)
        ),
    ]


def _overrides() -> str:
    return msgspec.json.encode(
        {"containerOverrides": [{"name": "app", **planted.container()}]}
    ).decode()


OPERATIONS = (
    Operation("ListEventBuses", _Page, list_event_buses),
    Operation("ListRules", _ListRules, list_rules),
    Operation("ListTargetsByRule", _ListTargets, list_targets_by_rule),
)
