"""ECS lists running tasks and describes them, without their public addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.simulator import Endpoint, Fault, FaultKind, Scenario, Simulator
from orgscan.simulator.world.workload import Service

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]
Find = Callable[[Simulator, str, Callable[[Service], bool]], Service]
Exhibit = Callable[[Simulator], list[Service]]

REGION = "eu-west-1"


def listed(client: Any, cluster: str, **wanted: str) -> list[str]:  # noqa: ANN401 - botocore has no types
    """The ARNs of ListTasks, all pages."""
    pages = client.get_paginator("list_tasks").paginate(cluster=cluster, **wanted)
    return [arn for page in pages for arn in page["taskArns"]]


def described(client: Any, cluster: str) -> list[dict[str, Any]]:  # noqa: ANN401 - botocore has no types
    """Every task of a cluster, as DescribeTasks shows it."""
    arns = listed(client, cluster)
    found: list[dict[str, Any]] = []
    for start in range(0, len(arns), 100):
        batch = arns[start : start + 100]
        answer = client.describe_tasks(cluster=cluster, tasks=batch, include=["TAGS"])
        found += answer["tasks"]
    return found


def test_counts_agree_with_the_tasks_that_are_listed(
    serve: Serve, connect: Make, gallery: Scenario, exhibit: Exhibit
) -> None:
    """Of services, task sets and deployments by who started them, and of whole clusters."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    for service in exhibit(simulator):
        answer = client.describe_services(cluster=service.cluster_arn, services=[service.arn])
        (shown,) = answer["services"]
        tasks = listed(client, service.cluster_arn, serviceName=service.name)
        assert shown["runningCount"] == len(tasks)
        for each in (*shown.get("taskSets", ()), *shown["deployments"]):
            started = listed(client, service.cluster_arn, startedBy=each["id"])
            # A deployment may leave its count out.
            assert each.get("runningCount", len(started)) == len(started)
            assert set(started) <= set(tasks)
    for cluster in client.describe_clusters(clusters=["prod", "prod-api"])["clusters"]:
        assert cluster["runningTasksCount"] == len(listed(client, cluster["clusterName"]))


def test_a_task_says_who_started_it_and_what_it_belongs_to(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """Services' tasks name a rollout and the service; the others a rule, a schedule, or nobody."""
    _, endpoint = serve(gallery)
    tasks = described(connect(endpoint, "ecs", REGION), "prod")
    ways = Counter(
        (str(task.get("startedBy")).partition("/")[0], task["group"].partition(":")[0])
        for task in tasks
    )
    assert ways.pop(("ecs-svc", "service")) > 0
    assert ways == {
        ("None", "family"): 2,
        ("None", "probes"): 1,
        ("ci", "family"): 1,
        ("events-rule", "family"): 2,
        ("chronos-schedule", "family"): 1,
        ("AWS Step Functions", "family"): 1,
    }


def test_tasks_are_found_by_family_and_launch_type(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """Stopped ones are not kept, and no container instance has any."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    tasks = described(client, "prod")
    (debug,) = listed(client, "prod", family="prod-debug")
    by_arn = {task["taskArn"]: task for task in tasks}
    assert by_arn[debug]["taskDefinitionArn"].endswith(":task-definition/prod-debug:1")
    by_launch = {kind: listed(client, "prod", launchType=kind) for kind in ("FARGATE", "EC2")}
    assert by_launch == {
        kind: [arn for arn in by_arn if by_arn[arn]["launchType"] == kind] for kind in by_launch
    }
    assert all(by_launch.values())
    assert listed(client, "prod", desiredStatus="STOPPED") == []
    assert listed(client, "prod", containerInstance="1") == []


def test_who_started_a_task_has_to_be_the_only_filter(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario
) -> None:
    """Beside the cluster; a service that is not there is refused too."""
    _, endpoint = serve(gallery)
    call = connect(endpoint, "ecs", REGION).list_tasks
    both = {"startedBy": "ecs-svc/1", "family": "prod-debug"}
    assert refusal(call, cluster="prod", **both)[0] == "InvalidParameterException"
    code, _ = refusal(call, cluster="prod", serviceName="nobody")
    assert code == "ServiceNotFoundException"


def test_an_attachment_names_the_interface_and_no_public_address(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """With its subnet, MAC and private addresses; bridge and host tasks have none."""
    _, endpoint = serve(gallery)
    tasks = described(connect(endpoint, "ecs", REGION), "prod")
    enis = connect(endpoint, "ec2", REGION).describe_network_interfaces()["NetworkInterfaces"]
    by_id = {eni["NetworkInterfaceId"]: eni for eni in enis}
    without = 0
    for task in tasks:
        for attachment in task["attachments"]:
            assert (attachment["type"], attachment["status"]) == (
                "ElasticNetworkInterface",
                "ATTACHED",
            )
            details = {each["name"]: each["value"] for each in attachment["details"]}
            eni = by_id[details["networkInterfaceId"]]
            assert eni["Description"].endswith(f":attachment/{attachment['id']}")
            ipv6 = [each["Ipv6Address"] for each in eni["Ipv6Addresses"]]
            assert details == {
                "subnetId": eni["SubnetId"],
                "networkInterfaceId": eni["NetworkInterfaceId"],
                "macAddress": eni["MacAddress"],
                "privateDnsName": eni["PrivateDnsName"],
                "privateIPv4Address": eni["PrivateIpAddress"],
                **({"ipv6Address": ipv6[0]} if ipv6 else {}),
            }
            (interface,) = task["containers"][0]["networkInterfaces"]
            assert interface["attachmentId"] == attachment["id"]
        if not task["attachments"]:
            without += 1
            assert task["launchType"] == "EC2"
            assert task["containers"][0]["networkInterfaces"] == []
    assert 0 < without < len(tasks)


def test_a_task_on_a_capacity_provider_shows_both_it_and_the_launch_type(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """Unlike its task set, which shows only one of them."""
    _, endpoint = serve(gallery)
    tasks = described(connect(endpoint, "ecs", REGION), "prod")
    assert {
        (task["capacityProviderName"], task["launchType"])
        for task in tasks
        if "capacityProviderName" in task
    } == {("FARGATE_SPOT", "FARGATE"), ("FARGATE", "FARGATE"), ("asg-workers", "EC2")}


def test_tags_come_when_they_are_asked_for(serve: Serve, connect: Make, gallery: Scenario) -> None:
    """And are an empty list otherwise."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    (arn,) = listed(client, "prod", family="prod-debug")
    (plain,) = client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]
    (tagged,) = client.describe_tasks(cluster="prod", tasks=[arn], include=["TAGS"])["tasks"]
    assert (plain["tags"], tagged["tags"]) == ([], [{"key": "errand", "value": "debug"}])


def test_a_task_may_stop_between_list_and_describe(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """Every second one is still described, as STOPPED; the others are failures in a 200."""
    fault = Fault(FaultKind.STOP_TASKS, probability=0.5)
    _, endpoint = serve(msgspec.structs.replace(gallery, faults=(fault,)))
    client = connect(endpoint, "ecs", REGION)
    arns = listed(client, "prod")[:100]
    answer = client.describe_tasks(cluster="prod", tasks=arns)
    states = Counter(task["lastStatus"] for task in answer["tasks"])
    assert {failure["reason"] for failure in answer["failures"]} == {"MISSING"}
    assert states["RUNNING"] + states["STOPPED"] + len(answer["failures"]) == len(arns)
    assert min(states["RUNNING"], states["STOPPED"], len(answer["failures"])) > 0
    stopped = [task for task in answer["tasks"] if task["lastStatus"] == "STOPPED"]
    assert {a["status"] for task in stopped for a in task["attachments"]} == {"DELETED"}


@pytest.mark.parametrize(
    ("family", "mode"), [("prod-debug", "awsvpc"), ("prod-agent", "host"), ("prod-api", "awsvpc")]
)
def test_the_definition_of_every_running_task_tells_its_network_mode(
    serve: Serve, connect: Make, gallery: Scenario, family: str, mode: str
) -> None:
    """Standalone tasks' too."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    answer = client.describe_task_definition(taskDefinition=f"{family}:1")
    assert answer["taskDefinition"]["networkMode"] == mode
