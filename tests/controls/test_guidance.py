"""The guidance: commands that the AWS CLI takes, plans that AWS permits."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from orgscan.controls.catalogue import Guidance, load_guidance, parse_entry, with_guidance
from orgscan.model.control import Command, Plan

GUIDANCE = load_guidance()
ENTRY = """\
id: a-control
title: t
severity: LOW
description: d
rationale: r
impact: i
remediation: m
"""


def _options(command: Command) -> dict[str, list[str]]:
    """The command's options with their values, without the dashes."""
    options: dict[str, list[str]] = {}
    for word in command.words[3:]:
        if word.startswith("--"):
            options[word[2:]] = []
        else:
            options[list(options)[-1]].append(word)
    return options


def _member(option: str) -> str:
    first, *rest = option.split("-")
    return first + "".join(part.capitalize() for part in rest)


@pytest.mark.parametrize(
    "command", GUIDANCE.commands, ids=lambda one: f"{one.resource_type} {one.words[2]}"
)
def test_every_command_is_one_that_aws_has_and_only_reads(command: Command) -> None:
    """Operation, options and required members are those of AWS's own model."""
    program, service, operation = command.words[:3]
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    name = "".join(part.capitalize() for part in operation.split("-"))
    shape = model.operation_model(name).input_shape
    assert shape is not None
    members = {member[0].lower() + member[1:]: member for member in shape.members}
    options = _options(command)
    given = {_member(option) for option in options.keys() - {"region", "query"}}

    assert program == "aws"
    assert operation.startswith(("describe-", "list-", "get-"))
    assert given <= members.keys()
    assert {member[0].lower() + member[1:] for member in shape.required_members} <= given
    assert all(options.values())
    assert options["region"] == ["{region}"]
    for query in options.get("query", ()):
        jmespath.compile(query.replace("{id}", "ecs-svc/1"))


def test_the_query_picks_one_task_set_out_of_its_service() -> None:
    """Other sets of the service are left out."""
    (query,) = _options(GUIDANCE.commands[0])["query"]
    answer = {"services": [{"taskSets": [{"id": "ecs-svc/1"}, {"id": "ecs-svc/2"}]}]}

    assert jmespath.search(query.replace("{id}", "ecs-svc/2"), answer) == [{"id": "ecs-svc/2"}]


def test_task_sets_are_never_described_without_their_ids() -> None:
    """AWS answers "TaskSets cannot be empty" to the command of the control document."""
    commands = [one for one in GUIDANCE.commands if one.words[2] == "describe-task-sets"]

    assert [_options(command)["task-sets"] for command in commands] == [["{id}"]]


def _plans(**members: str) -> list[Plan]:
    return [
        plan
        for plan in GUIDANCE.plans
        if all(getattr(plan, name) == value for name, value in members.items())
    ]


@pytest.mark.parametrize(
    ("members", "calls"),
    [
        (
            {"resource_type": "AWS::ECS::TaskSet", "deployment_controller": "EXTERNAL"},
            ["CreateTaskSet", "UpdateTaskSet", "UpdateServicePrimaryTaskSet", "DeleteTaskSet"],
        ),
        (
            {"resource_type": "AWS::ECS::TaskSet", "deployment_controller": "CODE_DEPLOY"},
            ["AppSpec", "CreateDeployment", "StopDeployment"],
        ),
        ({"deployment_controller": "ECS"}, ["UpdateService ", "StopServiceDeployment"]),
    ],
)
def test_each_controller_has_the_calls_that_work_in_their_order(
    members: dict[str, str], calls: list[str]
) -> None:
    """And every plan ends with a look at what the new tasks really have."""
    (plan,) = _plans(**members)
    text = "\n".join(plan.steps)

    places = [text.index(call) for call in calls]
    assert places == sorted(places)
    assert "private way out" in text
    assert "network interfaces" in plan.steps[-1]


def test_the_documents_impossible_command_is_named_in_the_plan_of_each_task_set() -> None:
    """A reader who knows the document must not try it."""
    named = {plan.deployment_controller for plan in GUIDANCE.plans if plan.impossible}

    assert named == {"EXTERNAL", "CODE_DEPLOY"}
    assert all(
        "update-task-set --network-configuration" in plan.impossible
        for plan in GUIDANCE.plans
        if plan.impossible
    )


def test_no_step_tells_to_use_it() -> None:
    """UpdateTaskSet only ever scales."""
    steps = [step for plan in GUIDANCE.plans for step in plan.steps if "UpdateTaskSet" in step]

    assert steps
    assert all(step.startswith("UpdateTaskSet scales") for step in steps)


@pytest.mark.parametrize(
    ("line", "types"),
    [
        ("resource_types: [AWS::ECS::Cluster]", {"AWS::ECS::Cluster"}),
        ("resource_types: [AWS::None]", set()),
        ("", {one.resource_type for one in GUIDANCE.commands}),
    ],
)
def test_an_entry_gets_what_there_is_for_its_resource_types(line: str, types: set[str]) -> None:
    """One that names none gets all of it."""
    entry = with_guidance(parse_entry(ENTRY + line, source="a.yaml"), GUIDANCE)

    assert {command.resource_type for command in entry.commands} == types
    assert {page.resource_type for page in entry.pages} <= types
    assert {plan.resource_type for plan in entry.plans} <= types | {""}


def test_texts_are_single_lines() -> None:
    """They go into tables and terminals."""

    def texts(value: Any) -> list[str]:  # noqa: ANN401 - walks structs of any kind
        if isinstance(value, str):
            return [value]
        if isinstance(value, tuple):
            return [text for item in value for text in texts(item)]
        return [text for name in value.__struct_fields__ for text in texts(getattr(value, name))]

    assert isinstance(GUIDANCE, Guidance)
    assert [text for text in texts(GUIDANCE) if text != " ".join(text.split())] == []
