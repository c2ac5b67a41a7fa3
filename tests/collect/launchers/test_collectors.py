"""Each collector against answers that AWS may give and hardly ever does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.session import RegionSession
from orgscan.collect.launchers import collect
from orgscan.collect.launchers.batch import BATCH
from orgscan.collect.launchers.events import EVENTS
from orgscan.collect.launchers.interface import Collector, Gathered
from orgscan.collect.launchers.pipes import PIPES
from orgscan.collect.launchers.scheduler import SCHEDULER
from orgscan.collect.launchers.states import STATES
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import AwsvpcConfiguration
from orgscan.model.launcher import Launch, Launcher, LauncherKind
from orgscan.model.outcome import NotCollected

CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
TASK_DEFINITION = "arn:aws:ecs:eu-west-1:111122223333:task-definition/app:1"
RULE = "arn:aws:events:eu-west-1:111122223333:rule/nightly"
ON = AwsvpcConfiguration(subnets=("subnet-1",), assign_public_ip="ENABLED")
LAUNCH = Launch(cluster=CLUSTER, task_definition=TASK_DEFINITION, launch_type="FARGATE", awsvpc=ON)

Canned = Callable[[dict[str, list[object]]], Any]
Denied = Callable[[str], CallFailed]


def buses(*names: str) -> dict[str, Any]:
    """ListEventBuses with these."""
    return {"EventBuses": [{"Name": name} for name in names]}


async def test_a_rule_has_the_targets_of_every_page(
    canned: Canned, ecs_parameters: dict[str, Any]
) -> None:
    """Pages of rules and of targets are followed; targets that start no tasks are passed over."""
    target = {"Id": "tasks", "Arn": CLUSTER, "EcsParameters": ecs_parameters}
    session = canned(
        {
            "events:ListEventBuses": [buses("default")],
            "events:ListRules": [
                {"Rules": [], "NextToken": "more"},
                {"Rules": [{"Name": "nightly", "Arn": RULE, "State": "ENABLED"}]},
            ],
            "events:ListTargetsByRule": [
                {"Targets": [{"Id": "queue", "Arn": "arn:aws:sqs:x"}], "NextToken": "more"},
                {"Targets": [target]},
            ],
        }
    )

    gathered = await EVENTS.gather(session)

    assert gathered == Gathered(
        (
            Launcher(
                kind=LauncherKind.RULE,
                arn=RULE,
                name="nightly",
                state="ENABLED",
                launches=(
                    Launch(
                        place="tasks",
                        cluster=CLUSTER,
                        task_definition=TASK_DEFINITION,
                        launch_type="FARGATE",
                        awsvpc=ON,
                    ),
                ),
                evidence=(
                    "sha256:events:ListRules 2",
                    "sha256:events:ListTargetsByRule 1",
                    "sha256:events:ListTargetsByRule 2",
                ),
            ),
        )
    )
    assert session.asked[-1] == (
        "events:ListTargetsByRule",
        {"Rule": "nightly", "EventBusName": "default", "Limit": 100, "NextToken": "more"},
    )


async def test_rules_without_arns_are_told_apart_by_their_bus(
    canned: Canned, ecs_parameters: dict[str, Any]
) -> None:
    """The model requires no member of a rule, and names are unique on a bus only."""
    session = canned(
        {
            "events:ListEventBuses": [buses("default", "orders")],
            "events:ListRules": [{"Rules": [{"Name": "nightly"}]}] * 2,
            "events:ListTargetsByRule": [
                {"Targets": [{"Id": "1", "Arn": CLUSTER, "EcsParameters": ecs_parameters}]}
            ]
            * 2,
        }
    )

    gathered = await EVENTS.gather(session)

    assert [(one.arn, one.state) for one in gathered.launchers] == [
        ("rule/default/nightly", None),
        ("rule/orders/nightly", None),
    ]


async def test_a_bus_that_is_denied_costs_no_other(
    canned: Canned, denied: Denied, ecs_parameters: dict[str, Any]
) -> None:
    """Each cause is told once, and what the other bus holds is found."""
    target = {"Id": "1", "Arn": CLUSTER, "EcsParameters": ecs_parameters}
    session = canned(
        {
            "events:ListEventBuses": [buses("a", "b", "c")],
            "events:ListRules": [
                denied("events:ListRules"),
                denied("events:ListRules"),
                {"Rules": [{"Name": "nightly", "Arn": RULE}]},
            ],
            "events:ListTargetsByRule": [{"Targets": [target]}],
        }
    )

    gathered = await EVENTS.gather(session)

    assert [one.arn for one in gathered.launchers] == [RULE]
    assert gathered.missing == (denied("events:ListRules").why,)


async def test_a_list_that_breaks_off_keeps_what_it_gave(
    canned: Canned, denied: Denied, ecs_parameters: dict[str, Any]
) -> None:
    """The first page is judged; what follows is known to be missing."""
    pipe = {"Name": "in", "Arn": "arn:pipe/in", "Target": CLUSTER, "DesiredState": "RUNNING"}
    session = canned(
        {
            "pipes:ListPipes": [
                {"Pipes": [pipe], "NextToken": "more"},
                denied("pipes:ListPipes"),
            ],
            "pipes:DescribePipe": [
                {"Target": CLUSTER, "TargetParameters": {"EcsTaskParameters": ecs_parameters}}
            ],
        }
    )

    gathered = await PIPES.gather(session)

    assert [(one.arn, one.state, one.launches) for one in gathered.launchers] == [
        ("arn:pipe/in", "RUNNING", (LAUNCH,))
    ]
    assert gathered.missing == (denied("pipes:ListPipes").why,)


NO_TARGET = "shows no target in AWS's answer"
NO_PARAMETERS = "has an ECS cluster as its target, and AWS's answer shows no ECS parameters"


@pytest.mark.parametrize(
    ("target", "unreadable"),
    [
        (None, NO_TARGET),
        ({}, NO_TARGET),
        ({"Arn": CLUSTER}, NO_PARAMETERS),
    ],
)
async def test_a_schedule_whose_answer_is_incomplete_says_so(
    canned: Canned, target: dict[str, Any] | None, unreadable: str
) -> None:
    """It was listed without a target, so it is asked for, and may start anything."""
    session = canned(
        {
            "scheduler:ListSchedules": [{"Schedules": [{"Name": "nightly", "GroupName": "g"}]}],
            "scheduler:GetSchedule": [{"Target": target}],
        }
    )

    (schedule,) = (await SCHEDULER.gather(session)).launchers

    assert (schedule.arn, schedule.unreadable) == ("schedule/g/nightly", unreadable)
    assert session.asked[-1] == (
        "scheduler:GetSchedule",
        {"Name": "nightly", "GroupName": "g"},
    )


async def test_a_schedule_that_was_changed_since_is_judged_as_it_is_now(canned: Canned) -> None:
    """Listed with a cluster, described with a function: it starts no tasks any more."""
    session = canned(
        {
            "scheduler:ListSchedules": [
                {"Schedules": [{"Name": "nightly", "Target": {"Arn": CLUSTER}}]}
            ],
            "scheduler:GetSchedule": [{"Target": {"Arn": "arn:aws:lambda:x:y:function:z"}}],
        }
    )

    assert await SCHEDULER.gather(session) == Gathered()


@pytest.mark.parametrize(
    ("text", "launch"),
    [
        (None, Launch(untold="has an input that is not JSON")),
        ("<aws.scheduler.scheduled-time>", Launch(untold="has an input that is not JSON")),
        ("[]", Launch(untold="gives as input something other than an object")),
        ('{"Cluster": "prod"}', Launch(cluster="prod")),
        (
            '{"networkConfiguration": {"awsvpcConfiguration": {"assignPublicIp": "ENABLED"}}}',
            Launch(awsvpc=AwsvpcConfiguration(assign_public_ip="ENABLED")),
        ),
        (
            '{"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "{% $x %}"}}}',
            Launch(awsvpc=AwsvpcConfiguration(assign_public_ip="{% $x %}")),
        ),
    ],
)
async def test_the_input_of_a_universal_target_is_the_request(
    canned: Canned, text: str | None, launch: Launch
) -> None:
    """All of it literal, in either case; what cannot be read is said to be untold."""
    universal = "arn:aws:scheduler:::aws-sdk:ecs:runTask"
    session = canned(
        {
            "scheduler:ListSchedules": [
                {"Schedules": [{"Name": "nightly", "Target": {"Arn": universal}}]}
            ],
            "scheduler:GetSchedule": [{"Target": {"Arn": universal, "Input": text}}],
        }
    )

    (schedule,) = (await SCHEDULER.gather(session)).launchers

    assert schedule.launches == (launch,)


async def test_targets_that_are_no_ecs_are_not_asked_about(canned: Canned) -> None:
    """One call for the list, none for what the list shows to be something else."""
    other = "arn:aws:scheduler:::aws-sdk:ecs:updateService"
    session = canned(
        {
            "scheduler:ListSchedules": [{"Schedules": [{"Name": "a", "Target": {"Arn": other}}]}],
            "pipes:ListPipes": [{"Pipes": [{"Name": "b", "Target": "arn:aws:sqs:r:a:queue"}]}],
        }
    )

    assert await SCHEDULER.gather(session) == Gathered()
    assert await PIPES.gather(session) == Gathered()
    assert len(session.asked) == 2


@pytest.mark.parametrize(
    ("answer", "unreadable"),
    [
        ({}, NO_TARGET),
        ({"Target": CLUSTER}, NO_PARAMETERS),
        ({"Target": CLUSTER, "TargetParameters": {}}, NO_PARAMETERS),
    ],
)
async def test_a_pipe_whose_answer_is_incomplete_says_so(
    canned: Canned, answer: dict[str, Any], unreadable: str
) -> None:
    """A pipe that is known to start tasks is never dropped."""
    session = canned(
        {
            "pipes:ListPipes": [{"Pipes": [{"Name": "in", "Target": CLUSTER}]}],
            "pipes:DescribePipe": [answer],
        }
    )

    (pipe,) = (await PIPES.gather(session)).launchers

    assert (pipe.arn, pipe.unreadable) == ("pipe/in", unreadable)


@pytest.mark.parametrize("code", ["KmsAccessDeniedException", "KmsInvalidStateException"])
async def test_a_definition_that_is_not_decrypted_is_unreadable_and_no_gap(
    canned: Canned, code: str
) -> None:
    """The read role has no business with the customer's key: the finding says so, and no more."""
    refused = CallFailed(FailureKind.DENIED, api="states:DescribeStateMachine", code=code)
    session = canned(
        {
            "states:ListStateMachines": [
                {"stateMachines": [{"stateMachineArn": "arn:stateMachine:m", "name": "m"}]}
            ],
            "states:DescribeStateMachine": [refused],
        }
    )

    gathered = await STATES.gather(session)

    assert gathered.missing == ()
    (machine,) = gathered.launchers
    assert machine.unreadable == (
        "has a definition that is encrypted with a customer managed key, which AWS did not use for "
        "the read role (kms:Decrypt)"
    )


async def test_a_machine_that_is_gone_when_it_is_described_is_named(canned: Canned) -> None:
    """The others are read; the one that is gone is not evaluated, and the ledger knows."""
    gone = CallFailed(
        FailureKind.REFUSED, api="states:DescribeStateMachine", code="StateMachineDoesNotExist"
    )
    listed = [{"stateMachineArn": f"arn:stateMachine:{name}"} for name in ("a", "b")]
    session = canned(
        {
            "states:ListStateMachines": [{"stateMachines": listed}],
            "states:DescribeStateMachine": [gone, {"definition": None}],
        }
    )

    gathered = await STATES.gather(session)

    assert [(one.name, one.unseen, one.unreadable) for one in gathered.launchers] == [
        ("a", gone.why, ""),
        ("b", None, "has a definition that is not JSON"),
    ]
    assert gathered.missing == (gone.why,)


@pytest.mark.parametrize(
    ("members", "launches"),
    [
        ({"eksProperties": {"podProperties": {}}}, ()),
        ({}, ()),
        ({"containerProperties": {}}, (Launch(),)),
        (
            {
                "platformCapabilities": ["EC2", "FARGATE"],
                "containerProperties": {
                    "networkConfiguration": {"assignPublicIp": "ENABLED"},
                    "fargatePlatformConfiguration": {"platformVersion": "1.4.0"},
                },
            },
            (
                Launch(
                    launch_type="FARGATE",
                    platform_version="1.4.0",
                    awsvpc=AwsvpcConfiguration(assign_public_ip="ENABLED"),
                ),
            ),
        ),
        (
            {
                "platformCapabilities": ["FARGATE"],
                "ecsProperties": {
                    "taskProperties": [
                        {"networkConfiguration": {}, "platformVersion": "LATEST"},
                        {},
                    ]
                },
            },
            (
                Launch(
                    launch_type="FARGATE",
                    platform_version="LATEST",
                    awsvpc=AwsvpcConfiguration(),
                ),
                Launch(launch_type="FARGATE"),
            ),
        ),
        (
            {
                "platformCapabilities": ["MANAGED_INSTANCES"],
                "nodeProperties": {
                    "nodeRangeProperties": [
                        {"targetNodes": "0:0", "container": {}},
                        {"targetNodes": "1:", "ecsProperties": {"taskProperties": [{}]}},
                    ]
                },
            },
            (
                Launch(place="0:0", launch_type="MANAGED_INSTANCES"),
                Launch(place="1:", launch_type="MANAGED_INSTANCES"),
            ),
        ),
    ],
)
async def test_job_definitions_of_every_form_are_read(
    canned: Canned, members: dict[str, Any], launches: tuple[Launch, ...]
) -> None:
    """Jobs on EKS start no ECS tasks, so they are no launchers."""
    arn = "arn:aws:batch:eu-west-1:111122223333:job-definition/resize:7"
    session = canned(
        {
            "batch:DescribeJobDefinitions": [
                {"jobDefinitions": [{"jobDefinitionArn": arn, "status": "ACTIVE", **members}]}
            ]
        }
    )

    gathered = await BATCH.gather(session)

    assert [(one.name, one.launches) for one in gathered.launchers] == (
        [("resize:7", launches)] if launches else []
    )
    assert session.asked == [
        ("batch:DescribeJobDefinitions", {"status": "ACTIVE", "maxResults": 100})
    ]


async def test_a_collector_that_does_not_end_costs_itself_alone(
    canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up in time, and the ledger says so."""

    async def hang(_: RegionSession) -> Gathered:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    hanging = Collector(name="hanging", about="", operations=PIPES.operations, gather=hang)
    session = canned({"batch:DescribeJobDefinitions": [{"jobDefinitions": []}]})
    monkeypatch.setattr(collect, "_SECONDS", 0.01)

    gathered = await collect.collect_launchers(session, (hanging, BATCH))

    assert gathered.missing == (
        NotCollected(
            status=CoverageStatus.TIMED_OUT,
            reason="hanging did not finish within 0.01 s",
            api="pipes:ListPipes",
        ),
    )
