"""Finding what an ECS call names, and refusing what it may not name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from orgscan.simulator.services.call import Call
from orgscan.simulator.wire.paging import BadPageToken
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.workload import Cluster, Rollout, Service

T = TypeVar("T")

NOT_EXTERNAL = (
    "Amazon ECS only supports task set management on services configured to use external "
    "deployment controllers."
)


class InCluster(msgspec.Struct, rename="camel"):
    """Parameters of a call about one cluster; none named is the cluster `default`."""

    cluster: str = "default"


def invalid(message: str) -> Refusal:
    """ECS's word for parameters it does not take."""
    return Refusal("InvalidParameterException", message)


def clusters(call: Call) -> tuple[Cluster, ...]:
    """Of the caller's account in the call's region."""
    workload = call.world.workload(call.account, call.region)
    return workload.clusters if workload else ()


def cluster_name(cluster: str) -> str:
    """The name in an ARN, or the name itself."""
    return cluster.rpartition("/")[2]


def find_cluster(call: Call, named: str) -> Cluster:
    """By its name or its whole ARN, never by a part of either.

    Raises:
        Refusal: there is no such cluster.
    """
    for cluster in clusters(call):
        if named in {cluster.name, cluster.arn}:
            return cluster
    raise Refusal("ClusterNotFoundException", "Cluster not found.")


def find_service(cluster: Cluster, named: str) -> Service | None:
    """By its name or its whole ARN."""
    return next((s for s in cluster.services if named in {s.name, s.arn}), None)


def known_service(call: Call, cluster: str, named: str) -> Service:
    """The service.

    Raises:
        Refusal: there is no such cluster or service.
    """
    service = find_service(find_cluster(call, cluster), named)
    if service is None:
        raise Refusal("ServiceNotFoundException", "Service not found.")
    return service


def resource_arn(call: Call, kind: str, cluster: str, service: str, end: str = "") -> str:
    """What an authorization message names: `…:task-set/CLUSTER/SERVICE/…` or `…:service/…`."""
    head = f"arn:{call.scenario.partition}:ecs:{call.region}:{call.account}:{kind}"
    return f"{head}/{cluster_name(cluster)}/{cluster_name(service)}{end}"


def find_task_set(service: Service, named: str) -> Rollout | None:
    """By its id or its whole ARN.

    Raises:
        Refusal: it is the ARN of something else.
    """
    if named.startswith("arn:") and ":task-set/" not in named:
        raise invalid("Task Set Identifier is invalid")
    return next((r for r in service.rollouts if named in {r.id, r.arn}), None)


def described(
    named: Sequence[str], limit: int, what: str, find: Callable[[str], T | None]
) -> tuple[list[T], list[dict[str, str]]]:
    """What was found, and `failures[]` for what was not; both in a 200.

    Raises:
        Refusal: too many are named, or none.
    """
    if not named:
        raise invalid(f"{what} cannot be empty.")
    if len(named) > limit:
        raise invalid(f"{what} cannot have more than {limit} elements.")
    found = [(name, find(name)) for name in named]
    failures = [{"arn": name, "reason": "MISSING"} for name, thing in found if thing is None]
    return [thing for _, thing in found if thing is not None], failures


def arns_page(
    call: Call, arns: Iterable[str], token: str | None, size: int, listing: str
) -> tuple[list[str], str | None]:
    """One page of a list.

    Raises:
        Refusal: the page size is not from 1 to 100, or the token is not this list's.
    """
    if not 1 <= size <= 100:
        raise invalid("maxResults must be between 1 and 100.")
    place = f"{call.account} {call.region} {listing}"
    try:
        page, following = call.pager.page(list(arns), token, size, place)
    except BadPageToken:
        raise invalid("Invalid token.") from None
    return list(page), following
