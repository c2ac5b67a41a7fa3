"""Task sets, tasks and task definitions are described as AWS does, traps included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.simulator import Endpoint, Scenario, Simulator
from orgscan.simulator.world.workload import Rollout, Service

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]
Find = Callable[[Simulator, str, Callable[[Service], bool]], Service]
Exhibit = Callable[[Simulator], list[Service]]

REGION = "eu-west-1"
NOT_EXTERNAL = (
    "InvalidParameterException",
    (
        "Amazon ECS only supports task set management on services configured to use external "
        "deployment controllers."
    ),
)


def described(client: Any, service: Service) -> dict[str, Any]:  # noqa: ANN401 - botocore has no types
    """As DescribeServices shows it."""
    answer = client.describe_services(cluster=service.cluster_arn, services=[service.arn])
    (shown,) = answer["services"]
    assert answer["failures"] == []
    found: dict[str, Any] = shown
    return found


def statuses(service: Service) -> dict[str, str | None]:
    """Status and setting of each rollout."""
    return {r.setting.status: r.setting.assign for r in service.rollouts}


def test_task_sets_are_described_by_id_only(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, find: Find
) -> None:
    """Without ids the call fails on AWS, whatever its model says."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    service = find(simulator, "EXTERNAL", lambda s: bool(s.rollouts))
    where = {"cluster": service.cluster_arn, "service": service.arn}
    assert refusal(client.describe_task_sets, **where) == (
        "InvalidParameterException",
        "TaskSets cannot be empty.",
    )
    task = service.rollouts[0].tasks[0].arn
    assert refusal(client.describe_task_sets, **where, taskSets=[task]) == (
        "InvalidParameterException",
        "Task Set Identifier is invalid",
    )


def test_task_sets_of_a_rolling_service_are_refused(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, find: Find
) -> None:
    """Not an empty list."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "ECS", lambda _: True)
    client = connect(endpoint, "ecs", REGION)
    where = {"cluster": service.cluster_arn, "service": service.arn}
    assert refusal(client.describe_task_sets, **where, taskSets=["ecs-svc/1"]) == NOT_EXTERNAL


@pytest.mark.parametrize("answers", [True, False])
def test_codedeploy_services_may_or_may_not_answer_about_task_sets(
    serve: Serve, connect: Make, refusal: Refusal, answers: bool, gallery: Scenario, find: Find
) -> None:
    """It is not documented: a client has to live with both."""
    simulator, endpoint = serve(msgspec.structs.replace(gallery, code_deploy_task_sets=answers))
    service = find(simulator, "CODE_DEPLOY", lambda s: bool(s.rollouts))
    client = connect(endpoint, "ecs", REGION)
    wanted = {
        "cluster": service.cluster_arn,
        "service": service.arn,
        "taskSets": [service.rollouts[0].arn],
    }
    if answers:
        assert len(client.describe_task_sets(**wanted)["taskSets"]) == 1
    else:
        assert refusal(client.describe_task_sets, **wanted) == NOT_EXTERNAL


def test_tags_come_only_when_asked_for(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """And a task set's own only from DescribeTaskSets."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    service = find(simulator, "EXTERNAL", lambda s: len(s.rollouts) == 1)
    where = {"cluster": service.cluster_arn, "service": service.arn}
    assert "tags" not in described(client, service)
    (shown,) = client.describe_services(
        cluster=service.cluster_arn, services=[service.arn], include=["TAGS"]
    )["services"]
    assert {t["key"]: t["value"] for t in shown["tags"]} == service.tags
    assert shown["taskSets"][0]["tags"] == []
    ids = [service.rollouts[0].id]
    (bare,) = client.describe_task_sets(**where, taskSets=ids)["taskSets"]
    (tagged,) = client.describe_task_sets(**where, taskSets=ids, include=["TAGS"])["taskSets"]
    assert bare["tags"] == []
    assert tagged["tags"] == [{"key": "release", "value": "1"}]


def test_a_task_is_joined_to_its_task_set(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, find: Find
) -> None:
    """By `startedBy`, which has to be the only filter."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    service = find(simulator, "EXTERNAL", lambda s: "ACTIVE" in statuses(s))
    for rollout in service.rollouts:
        wanted = {"cluster": service.cluster_arn, "startedBy": rollout.id}
        arns = client.list_tasks(**wanted)["taskArns"]
        assert arns == [task.arn for task in rollout.tasks]
        tasks = client.describe_tasks(cluster=service.cluster_arn, tasks=arns)["tasks"]
        assert {t["startedBy"] for t in tasks} == {rollout.id}
        assert {t["group"] for t in tasks} == {f"service:{service.name}"}
        assert {t["attachments"][0]["type"] for t in tasks} == {"ElasticNetworkInterface"}
        code, _ = refusal(client.list_tasks, **wanted, serviceName=service.name)
        assert code == "InvalidParameterException"
    of_service = client.list_tasks(cluster=service.cluster_arn, serviceName=service.name)
    assert len(of_service["taskArns"]) == sum(r.running for r in service.rollouts)


def test_the_network_mode_is_on_the_task_definition(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, exhibit: Exhibit
) -> None:
    """Bridge where a set has no network configuration, awsvpc wherever it is Fargate."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)

    def mode(rollout: Rollout) -> str:
        shown = client.describe_task_definition(taskDefinition=rollout.task_definition)
        return str(shown["taskDefinition"]["networkMode"])

    assert {
        (r.setting.launch, r.setting.awsvpc): mode(r)
        for s in exhibit(simulator)
        for r in s.rollouts
    } == {
        ("FARGATE", True): "awsvpc",
        ("FARGATE", False): "awsvpc",
        ("FARGATE_SPOT", True): "awsvpc",
        ("asg-workers", True): "awsvpc",
        ("EC2", True): "awsvpc",
        ("EC2", False): "bridge",
    }
    assert refusal(client.describe_task_definition, taskDefinition="none:1") == (
        "ClientException",
        "Unable to describe task definition.",
    )
