"""Elastic Load Balancing shows what stands in front of services."""

from __future__ import annotations

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


def is_balanced(service: Service) -> bool:
    """Whether it has a load balancer."""
    return any(rollout.balancer for rollout in service.rollouts)


@pytest.mark.parametrize("controller", ["ECS", "CODE_DEPLOY"])
def test_a_service_leads_to_its_load_balancer(
    serve: Serve, connect: Make, gallery: Scenario, find: Find, controller: str
) -> None:
    """By the ARN of the target group, on the service and on its task sets."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, controller, is_balanced)
    ecs = connect(endpoint, "ecs", REGION)
    answer = ecs.describe_services(cluster=service.cluster_arn, services=[service.arn])
    (shown,) = answer["services"]
    (named,) = shown["loadBalancers"]
    for task_set in shown.get("taskSets", ()):
        assert task_set["loadBalancers"] == [named]
    elb = connect(endpoint, "elbv2", REGION)
    arns = [named["targetGroupArn"]]
    (group,) = elb.describe_target_groups(TargetGroupArns=arns)["TargetGroups"]
    assert group["TargetType"] == "ip"
    answer = elb.describe_load_balancers(LoadBalancerArns=group["LoadBalancerArns"])
    (balancer,) = answer["LoadBalancers"]
    assert balancer["Scheme"] == {"ECS": "internal", "CODE_DEPLOY": "internet-facing"}[controller]
    ec2 = connect(endpoint, "ec2", REGION)
    subnets = [zone["SubnetId"] for zone in balancer["AvailabilityZones"]]
    found = ec2.describe_subnets(SubnetIds=subnets)["Subnets"]
    assert {subnet["VpcId"] for subnet in found} == {balancer["VpcId"]} == {group["VpcId"]}
    assert ec2.describe_security_groups(GroupIds=balancer["SecurityGroups"])["SecurityGroups"]


def test_load_balancers_are_listed_page_by_page_and_found_by_name(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario
) -> None:
    """A marker leads on; a page has from 1 to 400."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "elbv2", REGION)
    whole = [each["LoadBalancerArn"] for each in client.describe_load_balancers()["LoadBalancers"]]
    pages = list(
        client.get_paginator("describe_load_balancers").paginate(PaginationConfig={"PageSize": 2})
    )
    assert [b["LoadBalancerArn"] for page in pages for b in page["LoadBalancers"]] == whole
    assert len(pages) == (len(whole) + 1) // 2 > 1
    name = whole[0].split("/")[2]
    (found,) = client.describe_load_balancers(Names=[name])["LoadBalancers"]
    assert found["LoadBalancerArn"] == whole[0]
    groups = client.describe_target_groups(LoadBalancerArn=whole[0])["TargetGroups"]
    assert [group["LoadBalancerArns"] for group in groups] == [[whole[0]]]
    call = client.describe_load_balancers
    assert refusal(call, PageSize=401)[0] == "ValidationError"
    assert refusal(call, Marker="no such marker")[0] == "ValidationError"


def test_what_is_not_there_is_refused(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario
) -> None:
    """By each kind's own error; where nothing runs there is nothing."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "elbv2", REGION)
    for call, parameters, code in (
        (client.describe_load_balancers, {"LoadBalancerArns": ["arn:1"]}, "LoadBalancerNotFound"),
        (client.describe_load_balancers, {"Names": ["one"]}, "LoadBalancerNotFound"),
        (client.describe_target_groups, {"TargetGroupArns": ["arn:1"]}, "TargetGroupNotFound"),
        (client.describe_target_groups, {"LoadBalancerArn": "arn:1"}, "LoadBalancerNotFound"),
    ):
        assert refusal(call, **parameters)[0] == code
    elsewhere = connect(endpoint, "elbv2", "us-west-2")
    assert elsewhere.describe_load_balancers()["LoadBalancers"] == []
    assert simulator.world.built == 1
