"""Amazon ECS: what can be read."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services import ecs_shapes as shapes
from orgscan.simulator.services import ecs_tasks, ecs_writes
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.ecs_find import (
    NOT_EXTERNAL,
    InCluster,
    arns_page,
    cluster_name,
    clusters,
    described,
    find_cluster,
    find_service,
    find_task_set,
    invalid,
    known_service,
)
from orgscan.simulator.weather import Subject
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.workload import Cluster, Rollout, Service

_NO_CLUSTERS = b'{"clusterArns":[]}'


class _ListClusters(msgspec.Struct, rename="camel"):
    max_results: int = 100
    next_token: str | None = None


class _DescribeClusters(msgspec.Struct, rename="camel"):
    clusters: tuple[str, ...] = ("default",)
    include: tuple[str, ...] = ()


class _ListServices(InCluster, rename="camel"):
    max_results: int = 10
    next_token: str | None = None
    launch_type: str | None = None
    scheduling_strategy: str | None = None
    resource_management_type: str | None = None


class _DescribeServices(InCluster, rename="camel"):
    services: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


class _DescribeTaskSets(InCluster, rename="camel", kw_only=True):
    service: str
    task_sets: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


class _DescribeServiceRevisions(msgspec.Struct, rename="camel"):
    service_revision_arns: tuple[str, ...]


class _DescribeTaskDefinition(msgspec.Struct, rename="camel"):
    task_definition: str


def list_clusters(call: Call, request: _ListClusters) -> Tree | bytes:
    """Most account-regions have none, which is answered without building anything."""
    if not call.world.has_clusters(call.account, call.region) and request.next_token is None:
        return _NO_CLUSTERS
    arns = (cluster.arn for cluster in clusters(call))
    page, token = arns_page(call, arns, request.next_token, request.max_results, "clusters")
    return _with_token({"clusterArns": list(page)}, token)


def _with_token(answer: dict[str, Tree], token: str | None) -> dict[str, Tree]:
    return answer if token is None else answer | {"nextToken": token}


def describe_clusters(call: Call, request: _DescribeClusters) -> Tree:
    """At most 100; a missing one is a failure in a 200."""

    def find(named: str) -> Cluster | None:
        return next((c for c in clusters(call) if named in {c.name, c.arn}), None)

    found, failures = described(request.clusters, 100, "Clusters", find)
    tags = "TAGS" in request.include
    return {"clusters": [shapes.cluster(c, tags=tags) for c in found], "failures": failures}


def list_services(call: Call, request: _ListServices) -> Tree:
    """Ten a page unless asked for more."""
    cluster = find_cluster(call, request.cluster)
    filters = (
        request.launch_type,
        request.scheduling_strategy,
        request.resource_management_type,
    )
    arns = (service.arn for service in cluster.services if _listed(service, filters))
    listing = f"services of {cluster.name} {filters}"
    page, token = arns_page(call, arns, request.next_token, request.max_results, listing)
    return _with_token({"serviceArns": list(page)}, token)


def _listed(service: Service, filters: tuple[str | None, ...]) -> bool:
    is_so = (_launch_type(service), service.kind.scheduling, service.kind.managed_by)
    return all(wanted in {None, value} for wanted, value in zip(filters, is_so, strict=True))


def _launch_type(service: Service) -> str | None:
    return service.primary.launch_type if service.primary else "EC2"


def describe_services(call: Call, request: _DescribeServices) -> Tree:
    """At most ten; one that is gone is a failure in a 200."""
    cluster = find_cluster(call, request.cluster)
    subject = Subject(call.account, call.region, "ecs:DescribeServices", cluster.name)

    def find(named: str) -> Service | None:
        service = find_service(cluster, named)
        gone = service is not None and call.weather.vanished(subject, service.arn)
        return None if gone else service

    found, failures = described(request.services, 10, "Services", find)
    tags = "TAGS" in request.include
    return {"services": [shapes.service(s, tags=tags) for s in found], "failures": failures}


def describe_service_revisions(call: Call, request: _DescribeServiceRevisions) -> Tree:
    """At most twenty, of any cluster; one that is too old to be described is a failure."""
    known = {
        service.revision_arn(rollout): (service, rollout)
        for cluster in clusters(call)
        for service in cluster.services
        if service.is_rolling
        for rollout in service.rollouts
        if "serviceRevision" not in rollout.setting.omit
    }
    named = request.service_revision_arns
    found, failures = described(named, 20, "ServiceRevisionArns", known.get)
    return {
        "serviceRevisions": [shapes.service_revision(*one) for one in found],
        "failures": failures,
    }


def describe_task_sets(call: Call, request: _DescribeTaskSets) -> Tree:
    """By id only, and only for services that have task sets."""
    service = known_service(call, request.cluster, request.service)
    answers = service.controller == "EXTERNAL" or call.scenario.code_deploy_task_sets
    if service.is_rolling or not answers:
        raise invalid(NOT_EXTERNAL)
    subject = Subject(
        call.account, call.region, "ecs:DescribeServices", cluster_name(request.cluster)
    )
    if call.weather.vanished(subject, service.arn):
        raise Refusal("ServiceNotFoundException", "Service not found.")

    def find(named: str) -> Rollout | None:
        return find_task_set(service, named)

    found, failures = described(request.task_sets, 100, "TaskSets", find)
    tags = "TAGS" in request.include
    return {
        "taskSets": [shapes.task_set(service, r, tags=tags) for r in found],
        "failures": failures,
    }


def describe_task_definition(call: Call, request: _DescribeTaskDefinition) -> Tree:
    """By `family:revision` or ARN."""
    wanted = request.task_definition.rpartition("/")[2]
    workload, chance = call.world.original(call.account, call.region), call.world.chance
    for cluster in workload.clusters if workload else ():
        for service in cluster.services:
            for rollout in service.rollouts:
                if rollout.task_definition.rpartition("/")[2] == wanted:
                    return {"taskDefinition": shapes.task_definition(chance, rollout), "tags": []}
        for task in cluster.standalone:
            if task.start.task_definition.rpartition("/")[2] == wanted:
                mode = "awsvpc" if task.subnet else "host"
                shown = shapes.definition(
                    chance, task.start.task_definition, task.start.launch, mode
                )
                return {"taskDefinition": shown, "tags": []}
    raise Refusal("ClientException", "Unable to describe task definition.")


def _service_arn(call: Call, cluster: str, service: str) -> str:
    if service.startswith("arn:"):
        return service
    partition = call.scenario.partition
    place = f"arn:{partition}:ecs:{call.region}:{call.account}"
    return f"{place}:service/{cluster_name(cluster)}/{service}"


def _first_revision(_: Call, request: _DescribeServiceRevisions) -> str:
    return next(iter(request.service_revision_arns), "*")


def _first_service(call: Call, request: _DescribeServices) -> str:
    return _service_arn(call, request.cluster, request.services[0]) if request.services else "*"


OPERATIONS = (
    Operation("ListClusters", _ListClusters, list_clusters),
    Operation("DescribeClusters", _DescribeClusters, describe_clusters),
    Operation("ListServices", _ListServices, list_services),
    Operation("DescribeServices", _DescribeServices, describe_services, resource=_first_service),
    Operation(
        "DescribeServiceRevisions",
        _DescribeServiceRevisions,
        describe_service_revisions,
        resource=_first_revision,
    ),
    Operation("DescribeTaskSets", _DescribeTaskSets, describe_task_sets),
    Operation("DescribeTaskDefinition", _DescribeTaskDefinition, describe_task_definition),
    *ecs_tasks.OPERATIONS,
    *ecs_writes.OPERATIONS,
)
