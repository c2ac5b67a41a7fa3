"""The table of optional collectors, their calls and their permissions."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin

import botocore.session
import msgspec
import pytest

from orgscan.aws.caller import READ_ONLY_ACTIONS
from orgscan.aws.operation import Operation
from orgscan.collect.launchers.registry import COLLECTORS, collectors_named

OPERATIONS = [operation for collector in COLLECTORS for operation in collector.operations]


@pytest.fixture(scope="module")
def boto() -> Any:  # noqa: ANN401 - botocore has no types
    """Reads service models."""
    return botocore.session.get_session()


def test_each_collector_lists_the_permissions_of_its_calls() -> None:
    """The one table that policies and pages are made from."""
    assert {collector.name: collector.permissions for collector in COLLECTORS} == {
        "launchers.events": (
            "events:ListEventBuses",
            "events:ListRules",
            "events:ListTargetsByRule",
        ),
        "launchers.scheduler": ("scheduler:ListSchedules", "scheduler:GetSchedule"),
        "launchers.pipes": ("pipes:ListPipes", "pipes:DescribePipe"),
        "launchers.states": ("states:ListStateMachines", "states:DescribeStateMachine"),
        "launchers.batch": ("batch:DescribeJobDefinitions",),
    }


def test_the_session_policy_leaves_every_call_of_theirs() -> None:
    """What the policy does not name is denied whatever the role allows."""
    needed = {action for collector in COLLECTORS for action in collector.permissions}

    assert needed <= set(READ_ONLY_ACTIONS)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ((), []),
        (("launchers",), ["events", "scheduler", "pipes", "states", "batch"]),
        (("launchers.batch", "launchers.events"), ["events", "batch"]),
        (("launchers", "launchers.events"), ["events", "scheduler", "pipes", "states", "batch"]),
        (("launchers.event",), []),
        (("launch",), []),
    ],
)
def test_a_name_stands_for_itself_and_for_what_begins_with_it(
    names: tuple[str, ...], chosen: list[str]
) -> None:
    """`launchers` is all of them, in the order of the registry."""
    found = [collector.name for collector in collectors_named(names)]

    assert found == [f"launchers.{name}" for name in chosen]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.api)
def test_every_member_that_is_read_is_in_the_services_model(
    boto: Any,  # noqa: ANN401 - botocore has no types
    operation: Operation[Any],
) -> None:
    """A misspelt member would always be absent, and absence is judged."""
    model = boto.get_service_model(operation.service)

    assert model.signing_name == operation.api.partition(":")[0]
    compare(operation.reply, model.operation_model(operation.name).output_shape)


def compare(struct: Any, shape: Any) -> None:  # noqa: ANN401 - botocore has no types
    """Hold a struct's members against a shape's, all the way down."""
    hints = msgspec.structs.fields(struct)
    assert {field.encode_name for field in hints} <= set(shape.members)
    for field in hints:
        member = shape.members[field.encode_name]
        inner = innermost(field.type)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            compare(inner, member.member if member.type_name == "list" else member)


def innermost(hint: Any) -> Any:  # noqa: ANN401 - any type
    """The struct in `list[Struct] | None`."""
    if get_origin(hint) in {Union, types.UnionType}:
        return innermost(next(kind for kind in get_args(hint) if kind is not types.NoneType))
    return innermost(get_args(hint)[0]) if get_origin(hint) is list else hint
