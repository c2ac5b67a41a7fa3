"""What is read from a state machine's definition, as a table, and from any text at all."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgscan.collect.launchers.asl import read_definition
from orgscan.model.ecs import AwsvpcConfiguration
from orgscan.model.launcher import Launch

RUN_TASK = "arn:aws:states:::ecs:runTask.sync"
TAKES = "takes {} from an expression that is evaluated at each start"
NO_OBJECT = "gives as {} something other than an object"


def network(**awsvpc: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A network configuration as Step Functions writes it."""
    return {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], **awsvpc}}


def task(resource: str = RUN_TASK, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A state that runs a task."""
    return {"Type": "Task", "Resource": resource, **members}


def machine(**states: Any) -> str:  # noqa: ANN401 - any JSON
    """A definition with these states."""
    return json.dumps({"StartAt": next(iter(states), ""), "States": states})


def on(resource: str = RUN_TASK) -> dict[str, Any]:
    """A state that runs a public task, all of it literal, in JSONPath."""
    return task(resource, Parameters={"NetworkConfiguration": network(AssignPublicIp="ENABLED")})


def vpc(assign_public_ip: str | None) -> AwsvpcConfiguration:
    """What is read of it."""
    return AwsvpcConfiguration(subnets=("subnet-1",), assign_public_ip=assign_public_ip)


ON = Launch(place="run", awsvpc=vpc("ENABLED"))


class Row(NamedTuple):
    """One state named `run`, and the launch that is read from it."""

    situation: str
    state: dict[str, Any]
    launch: Launch | None


STATES = [
    Row("runTask and wait", on(), ON),
    Row("runTask and go on", on("arn:aws:states:::ecs:runTask"), ON),
    Row("runTask with a callback", on("arn:aws:states:::ecs:runTask.waitForTaskToken"), ON),
    Row("the AWS SDK integration", on("arn:aws:states:::aws-sdk:ecs:runTask"), ON),
    Row("another partition", on("arn:aws-us-gov:states:::ecs:runTask.sync"), ON),
    Row("another action of ECS", on("arn:aws:states:::aws-sdk:ecs:stopTask"), None),
    Row("an action that only begins alike", on("arn:aws:states:::ecs:runTasks"), None),
    Row("another service", on("arn:aws:states:::lambda:invoke"), None),
    Row("no task at all", {"Type": "Pass", "Result": {"Resource": "ecs:runTask"}}, None),
    Row(
        "every member, literally",
        task(
            Parameters={
                "Cluster": "prod",
                "TaskDefinition": "export:7",
                "LaunchType": "FARGATE",
                "PlatformVersion": "1.4.0",
                "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT"}, "odd", {}],
                "NetworkConfiguration": network(SecurityGroups=["sg-1", 7]),
            }
        ),
        Launch(
            place="run",
            cluster="prod",
            task_definition="export:7",
            launch_type="FARGATE",
            platform_version="1.4.0",
            capacity_providers=("FARGATE_SPOT",),
            awsvpc=AwsvpcConfiguration(subnets=("subnet-1",), security_groups=("sg-1",)),
        ),
    ),
    Row(
        "members in ECS's own case",
        task(Parameters={"networkConfiguration": {"awsvpcConfiguration": {"subnets": []}}}),
        Launch(place="run", awsvpc=AwsvpcConfiguration()),
    ),
    Row("no network configuration", task(Parameters={}), Launch(place="run")),
    Row(
        "null stands for absent",
        task(Parameters={"NetworkConfiguration": network(AssignPublicIp=None)}),
        Launch(place="run", awsvpc=vpc(None)),
    ),
    Row(
        "a path decides the setting",
        task(Parameters={"NetworkConfiguration": network(**{"AssignPublicIp.$": "$.public"})}),
        Launch(place="run", untold=TAKES.format("AssignPublicIp")),
    ),
    Row(
        "a path decides the awsvpc configuration",
        task(Parameters={"NetworkConfiguration": {"AwsvpcConfiguration.$": "$.vpc"}}),
        Launch(place="run", untold=TAKES.format("AwsvpcConfiguration")),
    ),
    Row(
        "a path decides the network configuration, and the rest is literal",
        task(Parameters={"Cluster": "prod", "NetworkConfiguration.$": "$.net"}),
        Launch(place="run", cluster="prod", untold=TAKES.format("NetworkConfiguration")),
    ),
    Row(
        "paths decide what the setting does not depend on",
        task(
            Parameters={
                "Cluster.$": "$.cluster",
                "LaunchType.$": "$.type",
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {"Subnets.$": "$.subnets", "AssignPublicIp": "ENABLED"}
                },
            }
        ),
        Launch(place="run", awsvpc=AwsvpcConfiguration(assign_public_ip="ENABLED")),
    ),
    Row(
        "the state's input is the request",
        task(),
        Launch(place="run", untold="takes the whole request from the input of each start"),
    ),
    Row(
        "literal JSONata arguments",
        task(Arguments={"NetworkConfiguration": network(AssignPublicIp="ENABLED")}),
        ON,
    ),
    Row(
        "JSONata decides the setting",
        task(Arguments={"NetworkConfiguration": network(AssignPublicIp="{% $public %}")}),
        Launch(place="run", untold=TAKES.format("AssignPublicIp")),
    ),
    Row(
        "JSONata decides the network configuration",
        task(Arguments={"NetworkConfiguration": "{% $states.input.net %}"}),
        Launch(place="run", untold=TAKES.format("NetworkConfiguration")),
    ),
    Row(
        "JSONata decides everything",
        task(Arguments="{% $states.input %}"),
        Launch(place="run", untold=TAKES.format("Arguments")),
    ),
    Row(
        "braces mean nothing in JSONPath",
        task(Parameters={"NetworkConfiguration": network(AssignPublicIp="{% $public %}")}),
        Launch(place="run", awsvpc=vpc("{% $public %}")),
    ),
    Row(
        "a key with a dollar means nothing in JSONata",
        task(Arguments={"NetworkConfiguration.$": "$.net"}),
        Launch(place="run"),
    ),
    Row(
        "a value of another type is no documented one",
        task(Parameters={"NetworkConfiguration": network(AssignPublicIp=True)}),
        Launch(place="run", awsvpc=vpc("true")),
    ),
    Row(
        "a network configuration that is none",
        task(Parameters={"NetworkConfiguration": "public"}),
        Launch(place="run", untold=NO_OBJECT.format("NetworkConfiguration")),
    ),
    Row(
        "parameters that are none",
        task(Parameters=[1, 2]),
        Launch(place="run", untold=NO_OBJECT.format("Parameters")),
    ),
]


@pytest.mark.parametrize("row", STATES, ids=lambda row: row.situation)
def test_a_state_is_read_in_either_query_language(row: Row) -> None:
    """What is literal is taken as stated; what an expression decides is said to be untold."""
    definition = read_definition(machine(run=row.state, done={"Type": "Succeed"}))

    assert definition.launches == ((row.launch,) if row.launch else ())
    assert definition.unreadable == ""


def test_states_inside_of_parallels_and_maps_are_found_in_their_order() -> None:
    """Branches, both names of a map's processor, and any mixture of them."""
    definition = json.loads(
        machine(
            first=on(),
            fork={
                "Type": "Parallel",
                "Branches": [
                    json.loads(machine(left=on())),
                    json.loads(
                        machine(
                            each={"Type": "Map", "ItemProcessor": json.loads(machine(deep=on()))},
                            old={"Type": "Map", "Iterator": json.loads(machine(older=on()))},
                        )
                    ),
                ],
            },
            last=on(),
        )
    )

    launches = read_definition(json.dumps(definition)).launches

    assert [launch.place for launch in launches] == ["first", "left", "deep", "older", "last"]
    assert {launch.awsvpc for launch in launches} == {vpc("ENABLED")}


def test_a_definition_that_is_only_data_is_not_walked() -> None:
    """A definition in a state's result or parameters starts nothing."""
    inner = json.loads(machine(hidden=on()))
    text = machine(hold={"Type": "Pass", "Result": inner, "Parameters": inner})

    assert read_definition(text).launches == ()


@pytest.mark.parametrize(
    ("text", "unreadable"),
    [
        ("", "has a definition that is not JSON"),
        ("StartAt: run", "has a definition that is not JSON"),
        ('{"States": {}', "has a definition that is not JSON"),
        ('{"a": "\ud800"}', "has a definition that is not JSON"),
        ("[" * 100_000, "has a definition that is nested too deeply to be read"),
        ("{}", "has a definition without states"),
        ("[]", "has a definition without states"),
        ('"ecs:runTask"', "has a definition without states"),
        ('{"States": []}', "has a definition without states"),
    ],
)
def test_what_is_no_definition_says_why(text: str, unreadable: str) -> None:
    """It may start anything, so it is never taken for one that starts nothing."""
    definition = read_definition(text)

    assert (definition.launches, definition.unreadable) == ((), unreadable)


def test_deep_nesting_is_walked_without_recursion() -> None:
    """As deep as JSON can be read, a public task is found."""
    depth = 150
    text = machine(run=on())
    for level in range(depth):
        text = f'{{"States": {{"p{level}": {{"Type": "Parallel", "Branches": [{text}]}}}}}}'

    assert [launch.place for launch in read_definition(text).launches] == ["run"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([RUN_TASK, "Task", "{% $x %}", "ENABLED"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "States",
                    "Branches",
                    "ItemProcessor",
                    "Iterator",
                    "Resource",
                    "Type",
                    "Parameters",
                    "Arguments",
                    "Arguments.$",
                    "NetworkConfiguration",
                    "NetworkConfiguration.$",
                    "AwsvpcConfiguration",
                    "AssignPublicIp",
                    "Subnets",
                    "Cluster",
                    "CapacityProviderStrategy",
                    "CapacityProvider",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=40,
)


@settings(deadline=None)
@given(JSON)
def test_any_json_is_read_or_said_to_be_unreadable(tree: object) -> None:
    """Nothing raises, and nothing is told of what cannot be told."""
    definition = read_definition(json.dumps(tree))

    assert not (definition.launches and definition.unreadable)
    for launch in definition.launches:
        assert not (launch.untold and launch.awsvpc)


@settings(deadline=None)
@given(st.text() | st.binary(max_size=40).map(lambda data: data.decode("latin-1")))
def test_any_text_is_read_or_said_to_be_unreadable(text: str) -> None:
    """As above, for what is mostly no JSON."""
    definition = read_definition(text)

    assert definition.launches == () or definition.unreadable == ""
