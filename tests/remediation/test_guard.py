"""The second lock: what no write may do, whoever decided it."""

from __future__ import annotations

from typing import Any

import pytest

from orgscan.model.remediation import Place, Request
from orgscan.remediation.actions.guard import against
from orgscan.remediation.live import MARKER, Live, Releases, SetState

HEAD = "arn:aws:ecs:eu-west-1:111122223333"
PLACE = Place(
    account_id="111122223333",
    account_name="payments",
    ou_path="",
    region="eu-west-1",
    cluster_arn=f"{HEAD}:cluster/prod",
    service_arn=f"{HEAD}:service/prod/api",
    service_name="api",
    resource_arn=f"{HEAD}:task-set/prod/api/old",
    controller="EXTERNAL",
)


def one(name: str, status: str, scale: float, running: int, token: str = "") -> SetState:
    """A task set."""
    return SetState(
        {
            "id": name,
            "taskSetArn": name,
            "status": status,
            "scale": {"value": scale},
            "runningCount": running,
            "tags": [{"key": MARKER, "value": token}],
        }
    )


def scale(name: str, value: float) -> dict[str, Any]:
    """Members of UpdateTaskSet."""
    return {"taskSet": name, "scale": {"value": value, "unit": "PERCENT"}}


SERVING = one("old", "PRIMARY", 100.0, 3)
NEW = one("new", "ACTIVE", 100.0, 3, "orgscan-1")
IDLE = one("new", "ACTIVE", 0.0, 0, "orgscan-1")
ROWS: list[tuple[str, str, dict[str, Any], list[SetState], str]] = [
    ("a second creation", "ecs:CreateTaskSet", {"clientToken": "orgscan-1"}, [SERVING, NEW],
     "the task set has been made already"),
    ("a first creation", "ecs:CreateTaskSet", {"clientToken": "orgscan-1"}, [SERVING], ""),
    ("the primary down", "ecs:UpdateTaskSet", scale("old", 0.0), [SERVING, NEW],
     "the primary task set must not be scaled down"),
    ("the primary up", "ecs:UpdateTaskSet", scale("old", 100.0), [SERVING, NEW], ""),
    ("the last one running", "ecs:UpdateTaskSet", scale("new", 0.0), [NEW],
     "no other task set would be left running"),
    ("one of two", "ecs:UpdateTaskSet", scale("new", 0.0), [SERVING, NEW], ""),
    ("an unknown one", "ecs:UpdateTaskSet", scale("x", 0.0), [SERVING],
     "there is no such task set"),
    ("an idle one to serve", "ecs:UpdateServicePrimaryTaskSet", {"primaryTaskSet": "new"},
     [SERVING, IDLE], "a task set that runs nothing must not be made primary"),
    ("a running one to serve", "ecs:UpdateServicePrimaryTaskSet", {"primaryTaskSet": "new"},
     [SERVING, NEW], ""),
    ("the primary away", "ecs:DeleteTaskSet", {"taskSet": "old"}, [SERVING, NEW],
     "the primary task set must not be deleted"),
    ("a running one away", "ecs:DeleteTaskSet", {"taskSet": "new"}, [SERVING, NEW],
     "only a task set at 0 % is deleted, and never by force"),
    ("by force", "ecs:DeleteTaskSet", {"taskSet": "new", "force": True}, [SERVING, IDLE],
     "only a task set at 0 % is deleted, and never by force"),
    ("an idle one away", "ecs:DeleteTaskSet", {"taskSet": "new"}, [SERVING, IDLE], ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("api", "members", "sets", "why"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_what_is_against_a_call_on_task_sets(
    api: str, members: dict[str, Any], sets: list[SetState], why: str
) -> None:
    """One row a rule."""
    live = Live(service={"status": "ACTIVE", "desiredCount": 3}, sets=tuple(sets))

    assert against(Request(api=api, parameters=members, why=""), live, PLACE) == why


def test_another_service_is_never_written_to() -> None:
    """Whatever the call."""
    request = Request(
        api="ecs:UpdateService",
        parameters={"cluster": PLACE.cluster_arn, "service": f"{PLACE.service_arn}-2"},
        why="",
    )

    assert against(request, Live(service={}), PLACE) == (
        "it is about another service than the one that was permitted"
    )


@pytest.mark.parametrize(
    ("group", "status", "why"),
    [
        ("Dgp", "Succeeded", ""),
        ("Other", "Succeeded", "it is about another deployment group than the service's"),
        ("Dgp", "Ready", "a deployment is under way"),
    ],
)
def test_a_deployment_is_made_in_the_services_group_alone_and_one_at_a_time(
    group: str, status: str, why: str
) -> None:
    """As CodeDeploy itself refuses it."""
    releases = Releases(
        application="App", group="Dgp", group_info={}, deployments=({"status": status},)
    )
    members = {"applicationName": "App", "deploymentGroupName": group}
    request = Request(api="codedeploy:CreateDeployment", parameters=members, why="")

    assert against(request, Live(service={}, releases=releases), PLACE) == why
