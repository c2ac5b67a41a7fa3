"""`redeploy-codedeploy`: what is planned, and what is decided from each state of a deployment."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orgscan.model.remediation import Code, Direction, Permit, Place, PlannedAction, Shape
from orgscan.remediation.actions.interface import (
    Done,
    Memory,
    Note,
    Observe,
    Step,
    Stop,
    Wait,
    Write,
)
from orgscan.remediation.actions.redeploy_codedeploy import RedeployCodeDeploy
from orgscan.remediation.allowed import Refused
from orgscan.remediation.appspec import parse_appspec
from orgscan.remediation.live import Live, Releases, SetState

HEAD = "arn:aws:ecs:eu-west-1:111122223333"
BLUE, GREEN = "ecs-svc/1", "ecs-svc/2"
PLACE = Place(
    account_id="111122223333",
    account_name="payments",
    ou_path="",
    region="eu-west-1",
    cluster_arn=f"{HEAD}:cluster/prod",
    service_arn=f"{HEAD}:service/prod/api",
    service_name="api",
    resource_arn=BLUE,
    controller="CODE_DEPLOY",
)
PERMIT = Permit(
    entry="deploys", owner="o@example.org", ticket="T-1", expires="2027-01-31", max_changes=1
)
FORWARD, BACK = Direction.FORWARD, Direction.BACK
TOKENS = {FORWARD: "orgscan-forward", BACK: "orgscan-back"}
NETWORK = {"subnets": ["s-1"], "securityGroups": ["sg-1"]}
PUBLIC, PRIVATE = "ENABLED", "DISABLED"


def task_set(name: str, deployment: str, public: str, **changes: Any) -> SetState:  # noqa: ANN401 - members of a task set
    """A set that runs whole."""
    shape: Shape = {
        "id": name,
        "taskSetArn": name,
        "externalId": deployment,
        "status": "PRIMARY",
        "taskDefinition": f"{HEAD}:task-definition/api:7",
        "platformVersion": "1.4.0",
        "launchType": "FARGATE",
        "createdAt": 1764000000.0,
        "computedDesiredCount": 3,
        "runningCount": 3,
        "pendingCount": 0,
        "stabilityStatus": "STEADY_STATE",
        "scale": {"value": 100.0, "unit": "PERCENT"},
        "networkConfiguration": {"awsvpcConfiguration": {**NETWORK, "assignPublicIp": public}},
    }
    return SetState({**shape, **changes})


def deployment(name: str, status: str, token: str = "") -> Shape:
    """`DeploymentInfo`."""
    return {"deploymentId": name, "status": status, "description": f"{token}: public addresses"}


APPSPEC = parse_appspec(
    "Resources: [{TargetService: {Type: AWS::ECS::Service, Properties: {TaskDefinition: x}}}]\n"
    "Hooks: [{BeforeAllowTraffic: smoke}]"
)
RELEASES = Releases(
    application="AppECS",
    group="DgpECS",
    group_info={
        "autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_STOP_ON_ALARM"]},
        "blueGreenDeploymentConfiguration": {
            "terminateBlueInstancesOnDeploymentSuccess": {"terminationWaitTimeInMinutes": 60}
        },
    },
    appspec=APPSPEC,
    source="the AppSpec of deployment d-1",
)
OLD = task_set(BLUE, "d-1", PUBLIC)
NEW = task_set(GREEN, "d-2", PRIVATE)
TEST = msgspec.structs.replace(NEW, shape={**NEW.shape, "status": "ACTIVE"})
STARTING = msgspec.structs.replace(TEST, shape={**TEST.shape, "runningCount": 1})


def live(*sets: SetState, deployments: tuple[Shape, ...] = (), **changes: Any) -> Live:  # noqa: ANN401 - members of `Releases`
    """The service with its deployments."""
    return Live(
        service={
            "status": "ACTIVE",
            "desiredCount": 3,
            "deploymentController": {"type": "CODE_DEPLOY"},
        },
        sets=sets or (OLD,),
        releases=msgspec.structs.replace(RELEASES, deployments=deployments, **changes),
    )


def planned() -> PlannedAction:
    """The plan for the public set."""
    made = RedeployCodeDeploy().plan(live(), PLACE, PERMIT)
    assert isinstance(made, PlannedAction)
    return made


def test_the_same_release_is_deployed_with_its_hooks_and_another_network() -> None:
    """The group's own rollback events are kept, and failure is one of them."""
    request = planned().after["request"]

    assert (request["applicationName"], request["deploymentGroupName"]) == ("AppECS", "DgpECS")
    assert request["autoRollbackConfiguration"] == {
        "enabled": True,
        "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"],
    }
    appspec = parse_appspec(request["revision"]["appSpecContent"]["content"])
    assert appspec["Hooks"] == [{"BeforeAllowTraffic": "smoke"}]
    assert appspec["Resources"][0]["TargetService"]["Properties"] == {
        "TaskDefinition": f"{HEAD}:task-definition/api:7",
        "PlatformVersion": "1.4.0",
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {
                "Subnets": ["s-1"],
                "SecurityGroups": ["sg-1"],
                "AssignPublicIp": "DISABLED",
            }
        },
    }
    assert planned().minutes == 71


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (live(task_set("x", "d-1", PUBLIC)), Code.GONE),
        (live(NEW, task_set(BLUE, "d-1", PUBLIC, status="ACTIVE")), Code.DRAINING),
        (live(task_set(BLUE, "d-1", PRIVATE)), Code.ALREADY_DISABLED),
        (live(task_set(BLUE, "d-1", "")), Code.UNCOPYABLE),
        (live(task_set(BLUE, "d-1", PUBLIC, computedDesiredCount=0)), Code.SCALED_TO_ZERO),
        (live(unreadable="it is an archive"), Code.UNCOPYABLE),
        (live(deployments=(deployment("d-9", "Baking"),)), Code.RELEASE_UNDER_WAY),
        (msgspec.structs.replace(live(), releases=None), Code.UNSUPPORTED),
        (Live(service=None), Code.NOT_ACTIVE),
    ],
)
def test_what_is_left_says_why(of: Live, code: Code) -> None:
    """One state a code."""
    made = RedeployCodeDeploy().plan(of, PLACE, PERMIT)

    assert isinstance(made, Refused)
    assert made.code is code


def ours(status: str) -> tuple[Shape, ...]:
    """The deployment that the change made."""
    return (deployment("d-2", status, TOKENS[FORWARD]),)


def again(status: str) -> tuple[Shape, ...]:
    """The one that takes it back, after it."""
    return (*ours("Succeeded"), deployment("d-3", status, TOKENS[BACK]))


STRANGE = (deployment("d-9", "InProgress"),)
RELEASED = task_set("ecs-svc/9", "d-9", PRIVATE, taskDefinition=f"{HEAD}:task-definition/api:8")
ROWS: list[tuple[str, Direction, Live, type[Step], str]] = [
    ("to be begun", FORWARD, live(), Write, "codedeploy:CreateDeployment"),
    ("somebody else deploys", FORWARD, live(deployments=STRANGE), Stop, ""),
    ("somebody else has deployed", FORWARD, live(NEW), Stop, ""),
    ("created", FORWARD, live(deployments=ours("Created")), Wait, ""),
    ("baking", FORWARD, live(NEW, deployments=ours("Baking")), Wait, ""),
    ("at the gate, not whole", FORWARD, live(OLD, STARTING, deployments=ours("Ready")), Wait, ""),
    ("at the gate, whole", FORWARD, live(OLD, TEST, deployments=ours("Ready")), Write,
     "codedeploy:ContinueDeployment"),
    ("succeeded", FORWARD, live(NEW, deployments=ours("Succeeded")), Observe, ""),
    ("succeeded, another serves", FORWARD, live(RELEASED, deployments=ours("Succeeded")), Stop, ""),
    ("failed", FORWARD, live(deployments=ours("Failed")), Stop, "unhealthy"),
    ("stopped by somebody", FORWARD, live(deployments=ours("Stopped")), Stop, "unhealthy"),
    ("to be stopped", BACK, live(deployments=ours("InProgress")), Write,
     "codedeploy:StopDeployment"),
    ("stopped", BACK, live(deployments=ours("Stopped")), Done, ""),
    ("to be deployed back", BACK, live(NEW, deployments=ours("Succeeded")), Write,
     "codedeploy:CreateDeployment"),
    ("being deployed back", BACK, live(NEW, deployments=again("InProgress")), Wait, ""),
    ("deployed back", BACK, live(OLD, deployments=again("Succeeded")), Done, ""),
    ("not deployed back", BACK, live(NEW, deployments=again("Failed")), Stop, ""),
    ("another release serves", BACK, live(RELEASED, deployments=ours("Succeeded")), Stop, ""),
    ("rolling back by itself", BACK, live(deployments=(*ours("Failed"), *STRANGE)), Wait, ""),
    ("never begun", BACK, live(), Done, ""),
    ("gone", FORWARD, Live(service=None), Stop, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "of", "step", "detail"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_next_step_follows_from_what_is_there(
    way: Direction, of: Live, step: type[Step], detail: str
) -> None:
    """One row a state; the detail is the call, or that it is to be taken back."""
    found = RedeployCodeDeploy().decide(of, planned(), way, Memory(tokens=TOKENS))

    assert isinstance(found, step)
    if isinstance(found, Write):
        assert found.request.api == detail
    if isinstance(found, Stop):
        assert found.unhealthy is (detail == "unhealthy")


@pytest.mark.parametrize("way", list(Direction))
def test_an_unanswered_call_is_looked_for_before_it_is_made_again(way: Direction) -> None:
    """CreateDeployment is not idempotent: a minute passes, then it is taken for lost."""
    unanswered = Memory(tokens=TOKENS, unanswered=True, now=1_000.0)
    looked = msgspec.structs.replace(unanswered, marks={"looked": 1_000.0})
    decide = RedeployCodeDeploy().decide

    assert isinstance(decide(live(), planned(), way, unanswered), Note)
    assert isinstance(decide(live(), planned(), way, looked), Wait)
    later = msgspec.structs.replace(looked, now=1_060.0)
    assert isinstance(decide(live(), planned(), way, later), Write if way is FORWARD else Done)


def test_the_deployment_carries_its_token() -> None:
    """So that it is found again by its description."""
    found = RedeployCodeDeploy().decide(live(), planned(), FORWARD, Memory(tokens=TOKENS))

    assert isinstance(found, Write)
    assert found.request.parameters["description"] == "orgscan-forward: public addresses"
