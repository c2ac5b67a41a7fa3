"""The EventBridge reads, with the members that are used, by AWS's own names."""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.collect.launchers.run_task import EcsParametersShape

# Not documented: starts low and finds out.
_READ = Bucket("events read", burst=20, rate=10, ceiling=50)


class EventBusShape(msgspec.Struct, rename="pascal"):
    """`EventBus`."""

    name: str = ""


class ListEventBusesReply(msgspec.Struct, rename="pascal"):
    """events:ListEventBuses."""

    event_buses: list[EventBusShape] = []
    next_token: str | None = None


class RuleShape(msgspec.Struct, rename="pascal"):
    """`Rule`; the model requires none of its members."""

    name: str = ""
    arn: str | None = None
    state: str | None = None


class ListRulesReply(msgspec.Struct, rename="pascal"):
    """events:ListRules."""

    rules: list[RuleShape] = []
    next_token: str | None = None


class TargetShape(msgspec.Struct, rename="pascal"):
    """`Target`."""

    id: str = ""
    arn: str | None = None
    ecs_parameters: EcsParametersShape | None = None


class ListTargetsByRuleReply(msgspec.Struct, rename="pascal"):
    """events:ListTargetsByRule."""

    targets: list[TargetShape] = []
    next_token: str | None = None


LIST_EVENT_BUSES = Operation(
    service="events", name="ListEventBuses", reply=ListEventBusesReply, bucket=_READ
)
LIST_RULES = Operation(service="events", name="ListRules", reply=ListRulesReply, bucket=_READ)
LIST_TARGETS_BY_RULE = Operation(
    service="events", name="ListTargetsByRule", reply=ListTargetsByRuleReply, bucket=_READ
)
