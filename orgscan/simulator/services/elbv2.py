"""Elastic Load Balancing: the load balancers in front of services."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.paging import BadPageToken
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.balancers import Balancer
from orgscan.simulator.world.organization import EPOCH
from orgscan.simulator.world.tasks import Task
from orgscan.simulator.world.workload import Rollout, Service

_MOST = 400


class _Page(msgspec.Struct, rename="pascal"):
    marker: str | None = None
    page_size: int = _MOST
    names: tuple[str, ...] = ()


class _TargetGroups(_Page, rename="pascal"):
    target_group_arns: tuple[str, ...] = ()
    load_balancer_arn: str | None = None


class _LoadBalancers(_Page, rename="pascal"):
    load_balancer_arns: tuple[str, ...] = ()


def describe_target_groups(call: Call, request: _TargetGroups) -> Tree:
    """By ARN, by name, or those of one load balancer."""
    found = list(_balancers(call))
    if request.load_balancer_arn is not None:
        found = [each for each in found if each.arn == request.load_balancer_arn]
        if not found:
            raise _not_found("LoadBalancer", "Load balancers", [request.load_balancer_arn])
    wanted, read = request.target_group_arns, _target_group_arn
    if request.names:
        wanted, read = request.names, _name
    found = _named(found, wanted, read, "TargetGroup", "Target groups")
    page, marker = _page(call, found, request, "target groups")
    return {"TargetGroups": [_target_group(each) for each in page], "NextMarker": marker}


def describe_load_balancers(call: Call, request: _LoadBalancers) -> Tree:
    """By ARN or by name."""
    wanted, read = request.load_balancer_arns, _arn
    if request.names:
        wanted, read = request.names, _name
    found = _named(list(_balancers(call)), wanted, read, "LoadBalancer", "Load balancers")
    page, marker = _page(call, found, request, "load balancers")
    return {"LoadBalancers": [_load_balancer(each) for each in page], "NextMarker": marker}


class _TargetHealth(msgspec.Struct, rename="pascal"):
    target_group_arn: str


def describe_target_health(call: Call, request: _TargetHealth) -> Tree:
    """The tasks behind a target group, and whether they are healthy."""
    wanted = request.target_group_arn
    if all(each.target_group != wanted for each in _balancers(call)):
        raise _not_found("TargetGroup", "Target groups", [wanted])
    workload = call.world.workload(call.account, call.region)
    entries: list[Tree] = [
        _health(task, _state(call, service, rollout, task))
        for service in (workload.services() if workload else ())
        for rollout in service.rollouts
        if rollout.balancer and rollout.balancer.target_group == wanted
        for task in rollout.tasks
    ]
    return {"TargetHealthDescriptions": entries}


def _state(call: Call, service: Service, rollout: Rollout, task: Task) -> str:
    live = call.world.changes.changed((call.account, call.region), service.arn)
    return live.find(rollout.id).health(task) if live else "healthy"


def _health(task: Task, state: str) -> dict[str, Tree]:
    health: dict[str, Tree] = {"State": state}
    if state != "healthy":
        reason = "Elb.RegistrationInProgress" if state == "initial" else "Target.FailedHealthChecks"
        health |= {"Reason": reason, "Description": "Health checks failed"}
    return {
        "Target": {
            "Id": task.private_ip,
            "Port": 8_080,
            "AvailabilityZone": task.subnet.zone if task.subnet else None,
        },
        "HealthCheckPort": "8080",
        "TargetHealth": health,
    }


def _balancers(call: Call) -> Iterator[Balancer]:
    """Those that were built; no change makes or deletes one."""
    workload = call.world.original(call.account, call.region)
    for service in workload.services() if workload else ():
        yield from {r.balancer.arn: r.balancer for r in service.rollouts if r.balancer}.values()


def _arn(balancer: Balancer) -> str:
    return balancer.arn


def _target_group_arn(balancer: Balancer) -> str:
    return balancer.target_group


def _name(balancer: Balancer) -> str:
    return balancer.name


def _named(
    found: list[Balancer],
    wanted: Sequence[str],
    read: Callable[[Balancer], str],
    kind: str,
    what: str,
) -> list[Balancer]:
    if not wanted:
        return found
    by_name = {read(each): each for each in found}
    if missing := [each for each in wanted if each not in by_name]:
        raise _not_found(kind, what, missing)
    return [by_name[each] for each in wanted]


def _not_found(kind: str, what: str, missing: Iterable[str]) -> Refusal:
    return Refusal(f"{kind}NotFound", f"{what} '[{', '.join(missing)}]' not found")


def _page(
    call: Call, found: list[Balancer], request: _Page, what: str
) -> tuple[Sequence[Balancer], str | None]:
    if not 1 <= request.page_size <= _MOST:
        raise Refusal("ValidationError", f"Page size must be from 1 to {_MOST}")
    listing = f"{call.account} {call.region} {what}"
    try:
        return call.pager.page(found, request.marker, request.page_size, listing)
    except BadPageToken:
        raise Refusal("ValidationError", "Marker is not valid") from None


def _target_group(shown: Balancer) -> dict[str, Tree]:
    return {
        "TargetGroupArn": shown.target_group,
        "TargetGroupName": shown.name,
        "Protocol": "HTTP",
        "Port": 8_080,
        "VpcId": shown.vpc_id,
        "HealthCheckEnabled": True,
        "LoadBalancerArns": [shown.arn],
        "TargetType": "ip",
        "IpAddressType": "ipv4",
    }


def _load_balancer(shown: Balancer) -> dict[str, Tree]:
    region = shown.arn.split(":")[3]
    token = shown.arn.rpartition("/")[2]
    prefix = "internal-" if shown.scheme == "internal" else ""
    return {
        "LoadBalancerArn": shown.arn,
        "DNSName": f"{prefix}{shown.name}-{int(token[:8], 16)}.{region}.elb.amazonaws.com",
        "CreatedTime": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(EPOCH)),
        "LoadBalancerName": shown.name,
        "Scheme": shown.scheme,
        "VpcId": shown.vpc_id,
        "State": {"Code": "active"},
        "Type": "application",
        "AvailabilityZones": [
            {"ZoneName": zone, "SubnetId": subnet} for subnet, zone in shown.subnets
        ],
        "SecurityGroups": [shown.group],
        "IpAddressType": "ipv4",
    }


OPERATIONS = (
    Operation("DescribeTargetGroups", _TargetGroups, describe_target_groups),
    Operation("DescribeLoadBalancers", _LoadBalancers, describe_load_balancers),
    Operation("DescribeTargetHealth", _TargetHealth, describe_target_health),
)
