"""What starts tasks, as botocore's own clients and models read it from the simulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.validate import ParamValidator

from orgscan.simulator import Endpoint, Fault, FaultKind, Scenario, Simulator
from orgscan.simulator.world.launcher_recipes import Kind
from orgscan.simulator.world.launchers import Launcher

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]

REGION = "eu-west-1"


@pytest.fixture
def served(
    serve: Serve, connect: Make, gallery: Scenario
) -> tuple[Simulator, Callable[[str], Any]]:
    """The gallery, and clients for it."""
    simulator, endpoint = serve(gallery)
    return simulator, lambda service: connect(endpoint, service, REGION)


def existing(simulator: Simulator, kind: Kind) -> list[Launcher]:
    """Those of a kind in the gallery, from the simulator itself."""
    account = simulator.scenario.account_id(0)
    return [one for one in simulator.world.launchers(account, REGION) if one.kind is kind]


def check(client: Any, operation: str, answer: dict[str, Any]) -> None:  # noqa: ANN401 - botocore has no types
    """Hold an answer against the service's own model: types, lengths, required members."""
    shape = client.meta.service_model.operation_model(operation).output_shape
    plain = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    report = ParamValidator().validate(plain, shape)
    assert not report.has_errors(), report.generate_report()


def test_rules_are_listed_bus_by_bus_and_targets_rule_by_rule(
    served: tuple[Simulator, Callable[[str], Any]],
) -> None:
    """Every answer fits the model, and every target that starts tasks names cluster and network."""
    simulator, client_of = served
    events = client_of("events")
    buses = events.list_event_buses()
    check(events, "ListEventBuses", buses)
    found = {}
    for bus in buses["EventBuses"]:
        rules = events.list_rules(EventBusName=bus["Name"])
        check(events, "ListRules", rules)
        assert rules == events.list_rules(EventBusName=bus["Arn"]) | {
            "ResponseMetadata": rules["ResponseMetadata"]
        }
        for rule in rules["Rules"]:
            targets = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus["Name"])
            check(events, "ListTargetsByRule", targets)
            found[rule["Arn"]] = [
                target["EcsParameters"].get("LaunchType")
                for target in targets["Targets"]
                if "EcsParameters" in target
            ]

    assert found == {
        rule.arn: [place.start.launch for place in rule.places]
        for rule in existing(simulator, Kind.RULE)
    }


def test_an_unknown_bus_or_rule_is_refused(
    served: tuple[Simulator, Callable[[str], Any]], refusal: Refusal
) -> None:
    """Under EventBridge's own name."""
    events = served[1]("events")

    assert refusal(events.list_rules, EventBusName="none")[0] == "ResourceNotFoundException"
    assert refusal(events.list_targets_by_rule, Rule="none")[0] == "ResourceNotFoundException"
    assert refusal(events.list_rules, Limit=0)[0] == "ValidationException"
    assert refusal(events.list_rules, NextToken="forged")[0] == "ValidationException"


def test_schedules_are_got_by_name_and_group(
    served: tuple[Simulator, Callable[[str], Any]],
) -> None:
    """The list shows where they lead; only the schedule itself shows how it starts tasks."""
    simulator, client_of = served
    scheduler = client_of("scheduler")
    listed = scheduler.list_schedules(MaxResults=100)
    check(scheduler, "ListSchedules", listed)
    found = {}
    for summary in listed["Schedules"]:
        schedule = scheduler.get_schedule(Name=summary["Name"], GroupName=summary["GroupName"])
        check(scheduler, "GetSchedule", schedule)
        target = schedule["Target"]
        assert target["Arn"] == summary["Target"]["Arn"]
        if target["Arn"].endswith(":::aws-sdk:ecs:runTask"):
            request = json.loads(target["Input"])
            found[schedule["Arn"]] = request["NetworkConfiguration"]["AwsvpcConfiguration"]
        elif "EcsParameters" in target:
            network = target["EcsParameters"]["NetworkConfiguration"]
            found[schedule["Arn"]] = network["awsvpcConfiguration"]

    assert {arn: stated.get("AssignPublicIp") for arn, stated in found.items()} == {
        one.arn: one.places[0].start.assign
        for one in existing(simulator, Kind.SCHEDULE)
        if one.places
    }


def test_a_schedule_is_found_in_its_own_group_only(
    served: tuple[Simulator, Callable[[str], Any]], refusal: Refusal
) -> None:
    """Names are unique in their group, and `default` is the group where none is named."""
    simulator, client_of = served
    scheduler = client_of("scheduler")
    nightly = next(one for one in existing(simulator, Kind.SCHEDULE) if one.parent == "nightly")

    assert scheduler.get_schedule(Name=nightly.name, GroupName="nightly")["Arn"] == nightly.arn
    assert refusal(scheduler.get_schedule, Name=nightly.name)[0] == "ResourceNotFoundException"


def test_pipes_show_their_parameters_when_described(
    served: tuple[Simulator, Callable[[str], Any]], refusal: Refusal
) -> None:
    """And are refused by a name that is none of theirs, whatever is in it."""
    simulator, client_of = served
    pipes = client_of("pipes")
    listed = pipes.list_pipes(Limit=100)
    check(pipes, "ListPipes", listed)
    found = {}
    for summary in listed["Pipes"]:
        pipe = pipes.describe_pipe(Name=summary["Name"])
        check(pipes, "DescribePipe", pipe)
        found[pipe["Arn"]] = (pipe["DesiredState"], "EcsTaskParameters" in pipe["TargetParameters"])

    assert found == {
        one.arn: (one.state, bool(one.places)) for one in existing(simulator, Kind.PIPE)
    }
    assert refusal(pipes.describe_pipe, Name="a/b c%2F")[0] == "NotFoundException"


def test_definitions_are_states_language_and_an_encrypted_one_is_kept(
    served: tuple[Simulator, Callable[[str], Any]], refusal: Refusal
) -> None:
    """Without the key there are its metadata and no more."""
    simulator, client_of = served
    states = client_of("stepfunctions")
    listed = states.list_state_machines()
    check(states, "ListStateMachines", listed)
    for machine in existing(simulator, Kind.MACHINE):
        if machine.recipe.form == "encrypted":
            describe = states.describe_state_machine
            assert refusal(describe, stateMachineArn=machine.arn)[0] == "KmsAccessDeniedException"
            bare = describe(stateMachineArn=machine.arn, includedData="METADATA_ONLY")
            assert bare["definition"] == "{}"
        else:
            answer = states.describe_state_machine(stateMachineArn=machine.arn)
            check(states, "DescribeStateMachine", answer)
            definition = json.loads(answer["definition"])
            assert definition["StartAt"] in definition["States"]
            tasks = answer["definition"].count(":states:::")
            assert tasks == len(machine.places)

    assert refusal(states.describe_state_machine, stateMachineArn="none") == (
        "StateMachineDoesNotExist",
        "State Machine Does Not Exist: 'none'",
    )


def test_job_definitions_come_in_every_form(
    served: tuple[Simulator, Callable[[str], Any]],
) -> None:
    """For one container, for several, for several nodes, and for EKS."""
    simulator, client_of = served
    batch = client_of("batch")
    answer = batch.describe_job_definitions(status="ACTIVE")
    check(batch, "DescribeJobDefinitions", answer)

    assert {one["jobDefinitionArn"] for one in answer["jobDefinitions"]} == {
        one.arn for one in existing(simulator, Kind.JOB)
    }
    forms = ("containerProperties", "ecsProperties", "nodeProperties", "eksProperties")
    assert all(any(form in one for one in answer["jobDefinitions"]) for form in forms)
    assert batch.describe_job_definitions(status="INACTIVE")["jobDefinitions"] == []
    named = answer["jobDefinitions"][0]["jobDefinitionArn"]
    (one,) = batch.describe_job_definitions(jobDefinitions=[named])["jobDefinitions"]
    assert one["jobDefinitionArn"] == named


@pytest.mark.parametrize(
    ("service", "operation", "member", "kind"),
    [
        ("scheduler", "list_schedules", "Schedules", Kind.SCHEDULE),
        ("pipes", "list_pipes", "Pipes", Kind.PIPE),
        ("stepfunctions", "list_state_machines", "stateMachines", Kind.MACHINE),
        ("batch", "describe_job_definitions", "jobDefinitions", Kind.JOB),
    ],
)
def test_lists_come_in_pages_that_botocore_follows(
    served: tuple[Simulator, Callable[[str], Any]],
    service: str,
    operation: str,
    member: str,
    kind: Kind,
) -> None:
    """As many on a page as were asked for."""
    simulator, client_of = served
    pages = client_of(service).get_paginator(operation).paginate(PaginationConfig={"PageSize": 2})
    sizes = [len(page[member]) for page in pages]

    assert sum(sizes) == len(existing(simulator, kind))
    assert set(sizes[:-1]) == {2}


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("events", "list_event_buses", "AccessDeniedException"),
        ("scheduler", "list_schedules", "AccessDeniedException"),
        ("pipes", "list_pipes", "AccessDeniedException"),
        ("stepfunctions", "list_state_machines", "AccessDeniedException"),
        ("batch", "describe_job_definitions", "AccessDeniedException"),
    ],
)
def test_a_denial_has_the_services_own_code_and_names_the_action(
    serve: Serve, connect: Make, refusal: Refusal, service: str, operation: str, code: str
) -> None:
    """The prefix in the message is IAM's, which is not always botocore's name of the service."""
    prefix = "states" if service == "stepfunctions" else service
    simulator, endpoint = serve(Scenario(faults=(Fault(FaultKind.DENY_IAM, api=f"{prefix}:*"),)))
    found, message = refusal(getattr(connect(endpoint, service, REGION), operation))

    assert found == code
    assert f"is not authorized to perform: {prefix}:" in message
    assert {api.partition(":")[0] for _, _, api in simulator.record.calls} == {prefix}


def test_a_region_without_clusters_has_no_launchers(serve: Serve, connect: Make) -> None:
    """The buses are there, and nothing on them."""
    _, endpoint = serve(Scenario(density=0.0))

    assert connect(endpoint, "events", REGION).list_rules()["Rules"] == []
    assert connect(endpoint, "scheduler", REGION).list_schedules()["Schedules"] == []
