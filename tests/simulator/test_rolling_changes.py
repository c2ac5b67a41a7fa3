"""A rolling service is updated: one deployment replaces another, or does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.simulator import Endpoint, Scenario, Simulator, Trouble, TroubleKind
from orgscan.simulator.world.workload import Service

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Find = Callable[[Simulator, str, Callable[[Service], bool]], Service]
Shape = dict[str, Any]

REGION = "eu-west-1"
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def is_public(service: Service) -> bool:
    """One public deployment, of a service that a customer manages and that is not deleted."""
    kind, sets = service.kind, service.rollouts
    ordinary = (kind.strategy, kind.status, kind.managed_by) == ("ROLLING", "ACTIVE", "CUSTOMER")
    public = len(sets) == 1 and sets[0].setting.assign == "ENABLED" and not sets[0].setting.provider
    return ordinary and public


@pytest.fixture
def stage(serve: Serve, connect: Make, gallery: Scenario, find: Find) -> Callable[..., Any]:
    """A public rolling service: `stage(**changes of the scenario)` gives service and client."""

    def make(**changes: object) -> tuple[Service, Any]:
        simulator, endpoint = serve(msgspec.structs.replace(gallery, **changes))
        return find(simulator, "ECS", is_public), connect(endpoint, "ecs", REGION)

    return make


def private(service: Service) -> Shape:
    """The whole network block, without public addresses."""
    rollout = service.rollouts[0]
    return {
        "awsvpcConfiguration": {
            "subnets": list(rollout.subnets),
            "securityGroups": list(rollout.groups),
            "assignPublicIp": "DISABLED",
        }
    }


def update(client: Any, service: Service, **given: object) -> Shape:  # noqa: ANN401 - botocore has no types
    """UpdateService."""
    found: Shape = client.update_service(cluster=service.cluster_arn, service=service.arn, **given)[
        "service"
    ]
    return found


def reads(client: Any, service: Service, count: int) -> list[list[tuple[str, str, int]]]:  # noqa: ANN401 - botocore has no types
    """Status, setting and running count of each deployment, in so many reads."""
    seen = []
    for _ in range(count):
        answer = client.describe_services(cluster=service.cluster_arn, services=[service.arn])
        seen.append(
            [
                (
                    d["status"],
                    d["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"],
                    d["runningCount"],
                )
                for d in answer["services"][0]["deployments"]
            ]
        )
    return seen


def test_a_new_deployment_replaces_the_old_one(stage: Make) -> None:
    """The old one stays ACTIVE with its tasks until the new one is steady, and then goes."""
    service, client = stage()
    shown = update(client, service, networkConfiguration=private(service))
    count = service.desired
    assert [d["rolloutState"] for d in shown["deployments"]] == ["IN_PROGRESS", "COMPLETED"]
    assert reads(client, service, 6) == [
        [("PRIMARY", "DISABLED", 0), ("ACTIVE", "ENABLED", count)],
        [("PRIMARY", "DISABLED", count), ("ACTIVE", "ENABLED", count)],
        [("PRIMARY", "DISABLED", count), ("ACTIVE", "ENABLED", count)],
        [("PRIMARY", "DISABLED", count), ("ACTIVE", "ENABLED", 0)],
        [("PRIMARY", "DISABLED", count)],
        [("PRIMARY", "DISABLED", count)],
    ]


def test_the_circuit_breaker_rolls_back(stage: Make) -> None:
    """Where no task of the new deployment starts, the old configuration is deployed again."""
    service, client = stage(troubles=(Trouble(kind=TroubleKind.NO_CAPACITY),))
    update(client, service, networkConfiguration=private(service), deploymentConfiguration=BREAKER)
    seen = reads(client, service, 10)
    assert ("PRIMARY", "DISABLED", 0) in seen[0]
    assert seen[-1] == [("PRIMARY", "ENABLED", service.desired)]


@pytest.mark.parametrize(
    "kind", [TroubleKind.NO_CAPACITY, TroubleKind.NEVER_STABLE, TroubleKind.UNHEALTHY]
)
def test_without_a_breaker_a_deployment_that_fails_goes_on_for_ever(
    stage: Make, kind: TroubleKind
) -> None:
    """The old deployment keeps its tasks, and failed ones are counted."""
    service, client = stage(troubles=(Trouble(kind=kind),))
    update(client, service, networkConfiguration=private(service))
    reads(client, service, 20)
    answer = client.describe_services(cluster=service.cluster_arn, services=[service.arn])
    new, old = answer["services"][0]["deployments"]
    assert (new["rolloutState"], new["failedTasks"]) == ("IN_PROGRESS", 21)
    assert (old["status"], old["runningCount"]) == ("ACTIVE", service.desired)


def test_the_desired_count_of_an_external_service_is_its_own(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """Each set follows by its scale; the count is all that may be changed of it."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", is_scaled_wholly)
    client = connect(endpoint, "ecs", REGION)
    update(client, service, desiredCount=service.desired + 3)
    reads(client, service, 4)
    answer = client.describe_services(cluster=service.cluster_arn, services=[service.arn])
    (shown,) = answer["services"][0]["taskSets"]
    assert (shown["computedDesiredCount"], shown["runningCount"]) == (service.desired + 3,) * 2


def is_scaled_wholly(service: Service) -> bool:
    """One set, at 100 %."""
    return [rollout.setting.scale for rollout in service.rollouts] == [100.0]
