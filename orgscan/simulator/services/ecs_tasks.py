"""Amazon ECS: running tasks."""

from __future__ import annotations

from orgscan.simulator.services import planted
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.ecs_find import (
    InCluster,
    arns_page,
    cluster_name,
    described,
    find_cluster,
    find_service,
    invalid,
)
from orgscan.simulator.weather import Subject
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.tasks import Task


class _ListTasks(InCluster, rename="camel"):
    max_results: int = 100
    next_token: str | None = None
    family: str | None = None
    started_by: str | None = None
    service_name: str | None = None
    container_instance: str | None = None
    desired_status: str = "RUNNING"
    launch_type: str | None = None


class _DescribeTasks(InCluster, rename="camel"):
    tasks: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


def list_tasks(call: Call, request: _ListTasks) -> Tree:
    """Running ones; `startedBy` has to be the only filter."""
    cluster = find_cluster(call, request.cluster)
    others = (request.family, request.service_name, request.launch_type)
    if request.started_by is not None and any((*others, request.container_instance)):
        raise invalid("Invalid combination of filters: startedBy must be the only filter.")
    service = find_service(cluster, request.service_name) if request.service_name else None
    if request.service_name is not None and service is None:
        raise Refusal("ServiceNotFoundException", "Service not found.")
    arn = service.arn if service else None
    # No container instance is ever shown, so that nothing runs on the one that is named.
    listed = request.desired_status == "RUNNING" and request.container_instance is None
    arns = (task.arn for task in cluster.tasks() if listed and _wanted(request, task, arn))
    listing = f"tasks of {cluster.name} {request.started_by} {others} {listed}"
    page, token = arns_page(call, arns, request.next_token, request.max_results, listing)
    answer: dict[str, Tree] = {"taskArns": list(page)}
    return answer if token is None else answer | {"nextToken": token}


def _wanted(request: _ListTasks, task: Task, service: str | None) -> bool:
    start = task.start
    family = start.task_definition.rpartition("/")[2].rpartition(":")[0]
    return (
        request.started_by in {None, start.started_by}
        and service in {None, start.service_arn}
        and request.family in {None, family}
        and request.launch_type in {None, start.launch}
    )


def describe_tasks(call: Call, request: _DescribeTasks) -> Tree:
    """At most 100, by id or ARN; one that has stopped meanwhile is STOPPED, or a failure."""
    subject = Subject(call.account, call.region, "ecs:DescribeTasks", cluster_name(request.cluster))
    known: dict[str, Task] = {}
    for task in find_cluster(call, request.cluster).tasks():
        if not call.weather.forgotten(subject, task.arn):
            known[task.id] = known[task.arn] = task
    tasks, failures = described(request.tasks, 100, "Tasks", known.get)
    tags = "TAGS" in request.include
    shown = [
        shape(task, tags=tags, stopped=call.weather.stopped(subject, task.arn)) for task in tasks
    ]
    return {"tasks": shown, "failures": failures}


def shape(task: Task, *, tags: bool, stopped: bool = False) -> dict[str, Tree]:
    """The public address is not in it, only the interface that has it."""
    start = task.start
    state = "STOPPED" if stopped else "RUNNING"
    fargate = start.launch == "FARGATE"
    members: dict[str, Tree] = {
        "attachments": _attachments(task, "DELETED" if stopped else "ATTACHED"),
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": task.subnet.zone if task.subnet else None,
        "capacityProviderName": start.provider,
        "clusterArn": start.cluster_arn,
        "connectivity": "CONNECTED",
        "connectivityAt": task.started - 40,
        "containers": [_container(task, state)],
        "cpu": "256",
        "createdAt": task.started - 60,
        "desiredStatus": state,
        "enableExecuteCommand": False,
        "group": start.group,
        "healthStatus": "UNKNOWN",
        "lastStatus": state,
        "launchType": start.launch,
        "memory": "512",
        "overrides": {"containerOverrides": [{"name": "app", **planted.container()}]},
        "platformFamily": "Linux" if fargate else None,
        "platformVersion": "1.4.0" if fargate else None,
        "startedAt": task.started,
        "startedBy": start.started_by,
        "stopCode": "UserInitiated" if stopped else None,
        "stoppedAt": task.started + 3_600 if stopped else None,
        "tags": [{"key": k, "value": v} for k, v in start.tags.items()] if tags else [],
        "taskArn": task.arn,
        "taskDefinitionArn": start.task_definition,
        "version": 4 if stopped else 3,
    }
    return {name: value for name, value in members.items() if value is not None}


def _attachments(task: Task, status: str) -> list[Tree]:
    if task.subnet is None:
        return []
    details = [
        ("subnetId", task.subnet.id),
        ("networkInterfaceId", task.eni),
        ("macAddress", task.mac),
        ("privateDnsName", f"ip-{task.private_ip.replace('.', '-')}.ec2.internal"),
        ("privateIPv4Address", task.private_ip),
        *(("ipv6Address", address) for address in task.ipv6),
    ]
    return [
        {
            "id": task.attachment,
            "type": "ElasticNetworkInterface",
            "status": status,
            "details": [{"name": name, "value": value} for name, value in details],
        }
    ]


def _container(task: Task, state: str) -> dict[str, Tree]:
    interface: dict[str, Tree] = {
        "attachmentId": task.attachment,
        "privateIpv4Address": task.private_ip,
    }
    if task.ipv6:
        interface["ipv6Address"] = task.ipv6[0]
    family = task.start.task_definition.rpartition("/")[2].rpartition(":")[0]
    place = task.arn.partition(":task/")[0]
    cluster = task.start.cluster_arn.rpartition("/")[2]
    return {
        "containerArn": f"{place}:container/{cluster}/{task.id}/{task.attachment}",
        "taskArn": task.arn,
        "name": "app",
        "image": f"example/{family}:1",
        "lastStatus": state,
        "networkBindings": [],
        "networkInterfaces": [interface] if task.subnet else [],
        "healthStatus": "UNKNOWN",
        "cpu": "0",
    }


OPERATIONS = (
    Operation("ListTasks", _ListTasks, list_tasks),
    Operation("DescribeTasks", _DescribeTasks, describe_tasks),
)
