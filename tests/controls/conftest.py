"""One account, one service and the way to judge a task set in it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from orgscan.controls.ecs_taskset_no_public_ip import EcsTaskSetNoPublicIp
from orgscan.model.ecs import AwsvpcConfiguration, EcsFacts, Service, TaskSet
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding
from orgscan.model.organization import Account

ARN = "arn:aws:ecs:eu-west-1:111122223333"
SERVICE_ARN = f"{ARN}:service/prod/api"
CLUSTER_ARN = f"{ARN}:cluster/prod"


@pytest.fixture
def account() -> Account:
    """An ordinary member account."""
    return Account(id="111122223333", name="payments", state="ACTIVE", ou_path="r-ab12/ou-ab12-1")


@pytest.fixture
def task_set() -> TaskSet:
    """A PRIMARY task set on Fargate that states DISABLED, complete in every member."""
    return TaskSet(
        arn=f"{ARN}:task-set/prod/api/ecs-svc/1",
        id="ecs-svc/1",
        cluster_arn=CLUSTER_ARN,
        service_arn=SERVICE_ARN,
        service_name="api",
        deployment_controller="EXTERNAL",
        status="PRIMARY",
        awsvpc=AwsvpcConfiguration(
            subnets=("subnet-1", "subnet-2"), security_groups=("sg-1",), assign_public_ip="DISABLED"
        ),
        launch_type="FARGATE",
        platform_version="1.4.0",
        task_definition=f"{ARN}:task-definition/api:7",
        scale_percent=100.0,
        computed_desired_count=4,
        running_count=3,
        pending_count=1,
        created_at="2026-11-01T09:00:00Z",
        tags={"team": "payments"},
        evidence=("sha256:" + "0" * 64,),
    )


@pytest.fixture
def service(task_set: TaskSet) -> Service:
    """The service that the task set belongs to."""
    return Service(
        arn=SERVICE_ARN,
        name="api",
        cluster_arn=CLUSTER_ARN,
        deployment_controller="EXTERNAL",
        status="ACTIVE",
        task_sets=(task_set,),
    )


@pytest.fixture
def evaluate(account: Account) -> Callable[[EcsFacts], list[Finding]]:
    """The findings of the control on one account-region."""

    def findings(facts: EcsFacts) -> list[Finding]:
        return list(EcsTaskSetNoPublicIp().evaluate(account, "eu-west-1", RegionFacts(ecs=facts)))

    return findings


@pytest.fixture
def finding_on(
    service: Service, task_set: TaskSet, evaluate: Callable[[EcsFacts], list[Finding]]
) -> Callable[..., Finding]:
    """The one finding on the ordinary task set with some members changed."""

    def finding(**changes: object) -> Finding:
        changed = msgspec.structs.replace(task_set, **changes)
        lone = msgspec.structs.replace(service, task_sets=(changed,))
        (found,) = evaluate(EcsFacts(services=(lone,)))
        return found

    return finding
