"""`update-service`: what is planned, and what is decided from each state of a rolling service."""

from __future__ import annotations

from typing import Any

import pytest

from orgscan.model.remediation import Code, Direction, Permit, Place, PlannedAction
from orgscan.remediation.actions.interface import Done, Memory, Observe, Step, Stop, Wait, Write
from orgscan.remediation.actions.update_service import UpdateService
from orgscan.remediation.allowed import Refused
from orgscan.remediation.live import Live

HEAD = "arn:aws:ecs:eu-west-1:111122223333"
PLACE = Place(
    account_id="111122223333",
    account_name="payments",
    ou_path="",
    region="eu-west-1",
    cluster_arn=f"{HEAD}:cluster/prod",
    service_arn=f"{HEAD}:service/prod/api",
    service_name="api",
    resource_arn=f"{HEAD}:service/prod/api",
    controller="ECS",
)
PERMIT = Permit(
    entry="rolling", owner="o@example.org", ticket="T-1", expires="2027-01-31", max_changes=1
)
PUBLIC = {
    "subnets": ["subnet-1", "subnet-2"],
    "securityGroups": ["sg-1"],
    "assignPublicIp": "ENABLED",
}
PRIVATE = {**PUBLIC, "assignPublicIp": "DISABLED"}
SHUFFLED = {**PRIVATE, "subnets": ["subnet-2", "subnet-1"]}
ROLLED = {"status": "PRIMARY", "rolloutState": "COMPLETED", "runningCount": 3, "pendingCount": 0}
ROLLING = {**ROLLED, "rolloutState": "IN_PROGRESS", "runningCount": 1}
FAILED = {**ROLLED, "rolloutState": "FAILED"}
OLD = {"status": "ACTIVE", "rolloutState": "COMPLETED", "runningCount": 3, "pendingCount": 0}


def live(network: dict[str, Any], *deployments: dict[str, Any], **changes: Any) -> Live:  # noqa: ANN401 - members of a service
    """The service."""
    service = {
        "serviceArn": PLACE.service_arn,
        "status": "ACTIVE",
        "desiredCount": 3,
        "platformVersion": "1.4.0",
        "taskDefinition": f"{HEAD}:task-definition/api:7",
        "networkConfiguration": {"awsvpcConfiguration": network},
        "deployments": list(deployments) or [ROLLED],
    }
    return Live(service={**service, **changes})


def planned() -> PlannedAction:
    """The plan for the public service."""
    made = UpdateService().plan(live(PUBLIC), PLACE, PERMIT)
    assert isinstance(made, PlannedAction)
    return made


def test_the_whole_network_and_the_platform_version_are_sent() -> None:
    """What is left out would become a default."""
    assert planned().after == {
        "cluster": PLACE.cluster_arn,
        "service": PLACE.service_arn,
        "networkConfiguration": {"awsvpcConfiguration": PRIVATE},
        "platformVersion": "1.4.0",
    }


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (live(PUBLIC, resourceManagementType="ECS"), Code.EXPRESS),
        (live(PUBLIC, status="DRAINING"), Code.NOT_ACTIVE),
        (live(PUBLIC, deploymentConfiguration={"strategy": "CANARY"}), Code.UNSUPPORTED),
        (live(PUBLIC, deploymentController={"type": "EXTERNAL"}), Code.UNSUPPORTED),
        (live(PUBLIC, ROLLING), Code.RELEASE_UNDER_WAY),
        (live(PUBLIC, ROLLED, OLD), Code.RELEASE_UNDER_WAY),
        (live(PRIVATE), Code.ALREADY_DISABLED),
        (live({**PUBLIC, "securityGroups": []}), Code.UNCOPYABLE),
        (live(PUBLIC, desiredCount=0), Code.SCALED_TO_ZERO),
    ],
)
def test_what_is_left_says_why(of: Live, code: Code) -> None:
    """One state a code."""
    made = UpdateService().plan(of, PLACE, PERMIT)

    assert isinstance(made, Refused)
    assert made.code is code


API = frozenset({"ecs:UpdateService"})
FORWARD, BACK = Direction.FORWARD, Direction.BACK
ROWS: list[tuple[str, Direction, Live, dict[Direction, frozenset[str]], type[Step], bool]] = [
    ("to be begun", FORWARD, live(PUBLIC), {}, Write, False),
    ("rolling", FORWARD, live(PRIVATE, ROLLING, OLD), {FORWARD: API}, Wait, False),
    ("the old still there", FORWARD, live(PRIVATE, ROLLED, OLD), {FORWARD: API}, Wait, False),
    ("rolled", FORWARD, live(PRIVATE), {FORWARD: API}, Observe, False),
    ("rolled, in another order", FORWARD, live(SHUFFLED), {FORWARD: API}, Observe, False),
    ("failed", FORWARD, live(PRIVATE, FAILED), {FORWARD: API}, Stop, True),
    ("rolled back by ECS", FORWARD, live(PUBLIC, ROLLED, FAILED), {FORWARD: API}, Stop, True),
    ("somebody else releases", FORWARD, live(PUBLIC, ROLLED, OLD), {}, Stop, False),
    ("another network", FORWARD, live({**PUBLIC, "subnets": ["x"]}), {}, Stop, False),
    ("gone", FORWARD, Live(service=None), {}, Stop, False),
    ("to be taken back", BACK, live(PRIVATE), {FORWARD: API}, Write, False),
    ("back and rolling", BACK, live(PUBLIC, ROLLING), {BACK: API}, Wait, False),
    ("back", BACK, live(PUBLIC), {BACK: API}, Done, False),
]


@pytest.mark.parametrize(
    ("way", "of", "apis", "step", "unhealthy"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_the_next_step_follows_from_what_is_there(
    way: Direction,
    of: Live,
    apis: dict[Direction, frozenset[str]],
    step: type[Step],
    unhealthy: bool,
) -> None:
    """One row a state."""
    memory = Memory(tokens={FORWARD: "f", BACK: "b"}, apis=apis)

    found = UpdateService().decide(of, planned(), way, memory)

    assert isinstance(found, step)
    assert getattr(found, "unhealthy", False) is unhealthy


def test_what_goes_back_is_the_network_of_before() -> None:
    """Whole, with the platform version."""
    memory = Memory(tokens={FORWARD: "f", BACK: "b"}, apis={FORWARD: API})

    found = UpdateService().decide(live(PRIVATE), planned(), BACK, memory)

    assert isinstance(found, Write)
    assert found.request.parameters == {
        "cluster": PLACE.cluster_arn,
        "service": PLACE.service_arn,
        "networkConfiguration": {"awsvpcConfiguration": PUBLIC},
        "platformVersion": "1.4.0",
    }
