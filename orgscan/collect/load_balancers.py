"""Elastic Load Balancing: which load balancers forward to the services of an account-region.

Two lists for a whole region rather than by ARN: one that is gone would fail the whole call. A
Classic Load Balancer is named by its service and is not asked about.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.aws.session import RegionSession
from orgscan.collect.listing import list_all
from orgscan.model.ecs import Service
from orgscan.model.load_balancer import LoadBalancer, LoadBalancers

NAME = "load_balancers"
"""As the setting `collect` names it."""

_PAGE = 400  # the most that the API gives

# Not documented: starts low and finds out.
_READ = Bucket("elbv2 read", burst=10, rate=5, ceiling=20)


class TargetGroupShape(msgspec.Struct, rename="pascal"):
    """`TargetGroup`; one load balancer, or none yet."""

    target_group_arn: str = ""
    load_balancer_arns: list[str] | None = None


class DescribeTargetGroupsReply(msgspec.Struct, rename="pascal"):
    """elasticloadbalancing:DescribeTargetGroups."""

    target_groups: list[TargetGroupShape] = []
    next_marker: str | None = None


class LoadBalancerShape(msgspec.Struct, rename="pascal"):
    """`LoadBalancer`."""

    load_balancer_arn: str = ""
    load_balancer_name: str = ""
    scheme: str | None = None


class DescribeLoadBalancersReply(msgspec.Struct, rename="pascal"):
    """elasticloadbalancing:DescribeLoadBalancers."""

    load_balancers: list[LoadBalancerShape] = []
    next_marker: str | None = None


DESCRIBE_TARGET_GROUPS = Operation(
    service="elbv2",
    name="DescribeTargetGroups",
    reply=DescribeTargetGroupsReply,
    bucket=_READ,
    prefix="elasticloadbalancing",
)
DESCRIBE_LOAD_BALANCERS = Operation(
    service="elbv2",
    name="DescribeLoadBalancers",
    reply=DescribeLoadBalancersReply,
    bucket=_READ,
    prefix="elasticloadbalancing",
)
OPERATIONS = (DESCRIBE_TARGET_GROUPS, DESCRIBE_LOAD_BALANCERS)
"""Every call that is made here."""


async def collect_load_balancers(
    session: RegionSession, services: Iterable[Service]
) -> LoadBalancers:
    """What forwards to the services, and to their task sets.

    Args:
        session: the account-region.
        services: none with a target group costs no call.

    A list that was refused or broke off leaves what it gave, with the reason.
    """
    if not any(map(_has_target_group, services)):
        return LoadBalancers()
    groups = await list_all(
        session,
        DESCRIBE_TARGET_GROUPS,
        {"PageSize": _PAGE},
        cursor_member="Marker",
        page=lambda page: (page.target_groups, page.next_marker),
    )
    balancers = await list_all(
        session,
        DESCRIBE_LOAD_BALANCERS,
        {"PageSize": _PAGE},
        cursor_member="Marker",
        page=lambda page: (page.load_balancers, page.next_marker),
    )
    known = {shape.load_balancer_arn: _load_balancer(shape) for shape, _ in balancers.items}
    return LoadBalancers(
        by_target_group={
            # One made between the two calls is known by its ARN alone.
            shape.target_group_arn: tuple(
                known.get(arn) or LoadBalancer(arn=arn) for arn in shape.load_balancer_arns or ()
            )
            for shape, _ in groups.items
        },
        unseen=groups.cut_short or balancers.cut_short,
        evidence=tuple(dict.fromkeys(digest for _, digest in (*groups.items, *balancers.items))),
    )


def _load_balancer(shape: LoadBalancerShape) -> LoadBalancer:
    return LoadBalancer(
        arn=shape.load_balancer_arn, name=shape.load_balancer_name, scheme=shape.scheme
    )


def _has_target_group(service: Service) -> bool:
    targets = [*service.load_balancers]
    for task_set in service.task_sets:
        targets += task_set.load_balancers
    return any(target.startswith("arn:") for target in targets)
