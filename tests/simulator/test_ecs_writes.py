"""AWS's rules refuse changes that its models would allow, and every attempt is noted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import Endpoint, Scenario, Simulator
from orgscan.simulator.world.workload import Service

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]
Find = Callable[[Simulator, str, Callable[[Service], bool]], Service]

REGION = "eu-west-1"
NOT_EXTERNAL = (
    "InvalidParameterException",
    (
        "Amazon ECS only supports task set management on services configured to use external "
        "deployment controllers."
    ),
)
PUBLIC = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}


@pytest.mark.parametrize("controller", ["ECS", "CODE_DEPLOY"])
def test_task_sets_are_managed_on_external_services_only(
    serve: Serve, connect: Make, refusal: Refusal, controller: str, gallery: Scenario, find: Find
) -> None:
    """Each of the four calls is refused, and noted as a mutation."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, controller, lambda _: True)
    client = connect(endpoint, "ecs", REGION)
    where = {"cluster": service.cluster_arn, "service": service.arn}
    scale = {"value": 0, "unit": "PERCENT"}
    for call, more in (
        (client.create_task_set, {"taskDefinition": "app:1"}),
        (client.update_task_set, {"taskSet": "ecs-svc/1", "scale": scale}),
        (client.delete_task_set, {"taskSet": "ecs-svc/1"}),
        (client.update_service_primary_task_set, {"primaryTaskSet": "ecs-svc/1"}),
    ):
        assert refusal(call, **where, **more) == NOT_EXTERNAL
    assert [(m.api, m.answer) for m in simulator.record.mutations] == [
        ("ecs:CreateTaskSet", "InvalidParameterException"),
        ("ecs:UpdateTaskSet", "InvalidParameterException"),
        ("ecs:DeleteTaskSet", "InvalidParameterException"),
        ("ecs:UpdateServicePrimaryTaskSet", "InvalidParameterException"),
    ]


def test_the_network_of_a_task_set_cannot_be_updated(
    serve: Serve,
    sign: Callable[..., dict[str, str]],
    send: Callable[..., Any],
    gallery: Scenario,
    find: Find,
) -> None:
    """UpdateTaskSet knows the scale and nothing else; botocore itself would not send more."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", lambda s: bool(s.rollouts))
    parameters = {
        "cluster": service.cluster_arn,
        "service": service.arn,
        "taskSet": service.rollouts[0].arn,
        "scale": {"value": 100, "unit": "PERCENT"},
        "networkConfiguration": PUBLIC,
    }
    body = json.dumps(parameters).encode()
    target = "AmazonEC2ContainerServiceV20141113.UpdateTaskSet"
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    status, _, answer = send(endpoint, sign(endpoint, "ecs", REGION, endpoint, headers, body), body)
    assert (status, json.loads(answer)) == (
        400,
        {
            "__type": "InvalidParameterException",
            "message": "Object contains unknown field `networkConfiguration`",
        },
    )
    assert simulator.record.mutations[0].parameters == body


def test_the_scale_of_a_task_set_has_to_be_stated(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, find: Find
) -> None:
    """UpdateTaskSet asks for it."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", lambda s: bool(s.rollouts))
    client = connect(endpoint, "ecs", REGION)
    where = {
        "cluster": service.cluster_arn,
        "service": service.arn,
        "taskSet": service.rollouts[0].arn,
    }
    code, message = refusal(client.update_task_set, **where)
    assert (code, "scale" in message) == ("InvalidParameterException", True)
    assert simulator.record.mutations[0].answer == code


def test_the_primary_task_set_cannot_be_deleted(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, find: Find
) -> None:
    """Another one has to be primary first."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", lambda s: s.primary is not None)
    assert service.primary
    assert refusal(
        connect(endpoint, "ecs", REGION).delete_task_set,
        cluster=service.cluster_arn,
        service=service.arn,
        taskSet=service.primary.arn,
        force=True,
    ) == ("InvalidParameterException", "Primary TaskSet cannot be deleted")


def test_a_public_address_needs_fargate(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, find: Find
) -> None:
    """On EC2 the flag is refused."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", lambda _: True)
    assert refusal(
        connect(endpoint, "ecs", REGION).create_task_set,
        cluster=service.cluster_arn,
        service=service.arn,
        taskDefinition="app:1",
        launchType="EC2",
        networkConfiguration=PUBLIC,
    ) == ("InvalidParameterException", "Assign public IP is not supported for this launch type.")


def test_a_codedeploy_service_is_not_updated_past_codedeploy(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, find: Find
) -> None:
    """Neither its network nor by a forced deployment."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "CODE_DEPLOY", lambda _: True)
    client = connect(endpoint, "ecs", REGION)
    where = {"cluster": service.cluster_arn, "service": service.arn}
    assert refusal(client.update_service, **where, networkConfiguration=PUBLIC) == (
        "InvalidParameterException",
        (
            "Unable to update network parameters on services with a CODE_DEPLOY deployment "
            "controller. Use AWS CodeDeploy to trigger a new deployment."
        ),
    )
    assert refusal(client.update_service, **where, forceNewDeployment=True) == (
        "InvalidParameterException",
        "Cannot force a new deployment on services with a CODE_DEPLOY deployment controller.",
    )
