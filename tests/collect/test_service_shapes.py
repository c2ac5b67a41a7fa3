"""Services as AWS was seen to answer them: what is said is kept, what is left out stays out."""

from __future__ import annotations

from typing import Any

import msgspec

from orgscan.collect.ecs_facts import service_facts
from orgscan.collect.ecs_operations import DescribeServicesReply
from orgscan.controls.ecs_service_no_public_ip import EcsServiceNoPublicIp
from orgscan.controls.ecs_taskset_no_public_ip import EcsTaskSetNoPublicIp
from orgscan.model.ecs import AwsvpcConfiguration, EcsFacts, Service, ServiceRevision
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Status
from orgscan.model.organization import Account

ARN = "arn:aws:ecs:eu-west-1:111122223333"
SERVICE = {
    "serviceArn": f"{ARN}:service/prod/api",
    "serviceName": "api",
    "clusterArn": f"{ARN}:cluster/prod",
    "loadBalancers": [],
    "serviceRegistries": [],
    "status": "ACTIVE",
    "desiredCount": 2,
    "runningCount": 2,
    "pendingCount": 0,
    "taskDefinition": f"{ARN}:task-definition/api:7",
    "createdAt": 1777510783.081,
    "events": [{"id": "1", "createdAt": 1777510783.081, "message": "steady state"}],
    "schedulingStrategy": "REPLICA",
    "enableECSManagedTags": False,
    "propagateTags": "NONE",
    "availabilityZoneRebalancing": "ENABLED",
}


def network(assign_public_ip: str | None) -> dict[str, Any]:
    """`networkConfiguration`, with the setting or without."""
    awsvpc = {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
    stated = {} if assign_public_ip is None else {"assignPublicIp": assign_public_ip}
    return {"networkConfiguration": {"awsvpcConfiguration": {**awsvpc, **stated}}}


def deployment(number: int, status: str, running: int, stated: str) -> dict[str, Any]:
    """One entry of `deployments`."""
    return {
        "id": f"ecs-svc/{number}",
        "status": status,
        "taskDefinition": f"{ARN}:task-definition/api:{number}",
        "desiredCount": running,
        "pendingCount": 0,
        "runningCount": running,
        "failedTasks": 0,
        "createdAt": 1777510783.081,
        "updatedAt": 1777510784.5,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "rolloutState": "IN_PROGRESS",
        **network(stated),
    }


def read(**members: Any) -> Service:  # noqa: ANN401 - members of JSON
    """The facts of one service that DescribeServices answers with these members."""
    body = msgspec.json.encode({"services": [{**SERVICE, **members}], "failures": []})
    (shape,) = msgspec.json.decode(body, type=DescribeServicesReply).services
    return service_facts(shape, f"{ARN}:cluster/prod", "sha256:00")


def verdicts(service: Service) -> dict[str, Status]:
    """What both controls say of it, by resource type."""
    account = Account(id="111122223333", name="payments", state="ACTIVE")
    seen = RegionFacts(ecs=EcsFacts(services=(service,)))
    return {
        finding.resource.type: finding.status
        for control in (EcsTaskSetNoPublicIp(), EcsServiceNoPublicIp())
        for finding in control.evaluate(account, "eu-west-1", seen)
    }


def test_an_old_deployment_that_is_still_enabled_fails_a_service_that_says_disabled() -> None:
    """The service's own fields show its newest deployment only."""
    service = read(
        launchType="FARGATE",
        deployments=[
            deployment(2, "PRIMARY", 0, "DISABLED"),
            deployment(1, "ACTIVE", 2, "ENABLED"),
        ],
        **network("DISABLED"),
    )

    assert [(one.status, one.running_count) for one in service.deployments] == [
        ("PRIMARY", 0),
        ("ACTIVE", 2),
    ]
    assert verdicts(service) == {"AWS::ECS::Service": Status.FAILED}


def test_a_service_on_capacity_providers_has_no_launch_type() -> None:
    """It is Fargate by its strategy, and its setting counts all the same."""
    strategy = [
        {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
        {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
    ]
    service = read(capacityProviderStrategy=strategy, deployments=[], **network("ENABLED"))

    assert service.launch_type is None
    assert service.capacity_providers == ("FARGATE_SPOT", "FARGATE")
    assert service.is_fargate
    assert verdicts(service) == {"AWS::ECS::Service": Status.FAILED}


def test_an_external_service_without_task_sets_gives_no_finding() -> None:
    """Launch type EC2 and no network are what AWS shows there before there is a primary set."""
    service = read(
        deploymentController={"type": "EXTERNAL"}, launchType="EC2", deployments=[], taskSets=[]
    )

    assert (service.task_sets, service.deployments) == ((), ())
    assert verdicts(service) == {}


def test_a_codedeploy_set_without_arns_and_network_is_judged_by_what_is_left() -> None:
    """Its ARNs follow from its service, and Fargate without a network is undecided."""
    service = read(
        deploymentController={"type": "CODE_DEPLOY"},
        deployments=[],
        taskSets=[{"id": "ecs-svc/3", "status": "PRIMARY", "launchType": "FARGATE"}],
        **network("ENABLED"),
    )

    assert service.task_sets[0].arn == f"{ARN}:task-set/prod/api/ecs-svc/3"
    assert verdicts(service) == {"AWS::ECS::TaskSet": Status.WARNING}


def test_a_draining_set_that_is_enabled_fails_as_what_it_is() -> None:
    """Its own network configuration counts, whatever the service shows."""
    draining = {
        "id": "ecs-svc/3",
        "status": "DRAINING",
        "launchType": "FARGATE",
        "scale": {"value": 0.0, "unit": "PERCENT"},
        **network("ENABLED"),
    }
    service = read(
        deploymentController={"type": "EXTERNAL"}, taskSets=[draining], **network("DISABLED")
    )

    assert verdicts(service) == {"AWS::ECS::TaskSet": Status.FAILED}


def test_the_controller_ecs_may_be_named_or_left_out() -> None:
    """The reference says that it is left out; answers that name it have been seen."""
    named = read(deploymentController={"type": "ECS"}, launchType="FARGATE", **network("DISABLED"))
    left_out = read(launchType="FARGATE", **network("DISABLED"))

    assert named == left_out


def test_a_blue_green_service_names_its_revisions_with_their_tasks() -> None:
    """The strategy says that there may be more than the deployments show."""
    arn = f"{ARN}:service-revision/prod/api/6216346761948112104"
    service = read(
        launchType="FARGATE",
        deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5},
        currentServiceRevisions=[
            {"arn": arn, "requestedTaskCount": 2, "runningTaskCount": 1, "pendingTaskCount": 1}
        ],
        resourceManagementType="CUSTOMER",
        deployments=[],
        **network("DISABLED"),
    )

    assert service.strategy == "BLUE_GREEN"
    assert service.runs_by_revisions
    assert service.revisions == (
        ServiceRevision(arn=arn, desired_count=2, running_count=1, pending_count=1),
    )


def test_what_forwards_to_a_service_and_to_its_sets_is_named() -> None:
    """A target group by its ARN, a Classic Load Balancer by its name; a finding names them too."""
    group = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/</script>/0123"
    in_front = [
        {"targetGroupArn": group, "containerName": "app", "containerPort": 8080},
        {"loadBalancerName": "classic", "containerName": "app", "containerPort": 8080},
    ]
    service = read(
        deploymentController={"type": "EXTERNAL"},
        loadBalancers=in_front,
        taskSets=[{"id": "ecs-svc/1", "status": "PRIMARY", "loadBalancers": in_front[:1]}],
    )
    account = Account(id="111122223333", name="payments", state="ACTIVE")
    facts = RegionFacts(ecs=EcsFacts(services=(service,)))
    (finding,) = EcsTaskSetNoPublicIp().evaluate(account, "eu-west-1", facts)

    assert service.load_balancers == (group, "classic")
    assert finding.observed.load_balancers == (group,)


def test_what_is_left_out_is_not_filled_in() -> None:
    """A service of which AWS says nothing but its ARN."""
    shape = msgspec.json.decode(
        msgspec.json.encode({"services": [{"serviceArn": f"{ARN}:service/prod/api"}]}),
        type=DescribeServicesReply,
    ).services[0]

    assert service_facts(shape, f"{ARN}:cluster/prod", "sha256:00") == Service(
        arn=f"{ARN}:service/prod/api",
        name="api",
        cluster_arn=f"{ARN}:cluster/prod",
        deployment_controller="ECS",
        status="",
        evidence=("sha256:00",),
    )


def test_a_whole_service_is_read_as_it_is() -> None:
    """Counts, times in UTC and tags among it."""
    service = read(
        launchType="FARGATE",
        platformVersion="LATEST",
        deployments=[],
        tags=[{"key": "team", "value": "</script>"}, {"key": "app", "value": "\x1b[2J"}],
        **network(None),
    )

    assert service == Service(
        arn=f"{ARN}:service/prod/api",
        name="api",
        cluster_arn=f"{ARN}:cluster/prod",
        deployment_controller="ECS",
        status="ACTIVE",
        awsvpc=AwsvpcConfiguration(subnets=("subnet-1",), security_groups=("sg-1",)),
        launch_type="FARGATE",
        platform_version="LATEST",
        task_definition=f"{ARN}:task-definition/api:7",
        desired_count=2,
        running_count=2,
        pending_count=0,
        created_at="2026-04-30T00:59:43Z",
        tags={"app": "\x1b[2J", "team": "</script>"},
        evidence=("sha256:00",),
    )
