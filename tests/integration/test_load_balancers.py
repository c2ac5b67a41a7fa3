"""What stands in front of services, where it is asked for: the report says what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from orgscan.simulator import Fault, FaultKind, Scenario, account_id

pytestmark = pytest.mark.integration

Sweep = Callable[..., Any]

_SEED = 7
_REGION = "eu-west-1"
_KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "not a secret"}
_CONTROLS = {"ecs-taskset-no-public-ip", "ecs-service-no-public-ip"}
_APIS = ("elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeLoadBalancers")


def _scenario(*faults: Fault) -> Scenario:
    """Three accounts, one with every kind of service, one region without clusters."""
    return Scenario(
        accounts=3,
        seed=_SEED,
        regions=(_REGION, "us-east-1"),
        disabled_regions=(),
        density=0.0,
        gallery=((account_id(_SEED, 2), _REGION),),
        empty_pages=True,
        faults=faults,
    )


def _graded(swept: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - the fixture's own type
    return {
        finding["resource"]["arn"]: finding["exposure"]
        for finding in swept.report["findings"]
        if finding["control_id"] in _CONTROLS and finding["exposure"]
    }


def test_each_workload_names_the_internet_facing_load_balancer_in_front_of_it(
    sweep: Sweep,
) -> None:
    """Exactly those that are there, and at the price of two calls where there is ECS."""
    swept = sweep(_scenario(), collect=("load_balancers",))
    truth = swept.simulator.truth()

    there = {one.arn: one.in_front for one in (*truth.visible(), *truth.services) if one.grade}
    told = _graded(swept)
    assert {arn: one["in_front"] for arn, one in told.items()} == {
        arn: [in_front] if in_front else [] for arn, in_front in there.items()
    }
    assert any(there.values())
    assert all(
        "internet-facing load balancer forwards to it." in one["reason"]
        for one in told.values()
        if one["in_front"]
    )
    assert {api: swept.report["totals"]["api_calls"].get(api) for api in _APIS} == {
        api: swept.simulator.record.calls[account_id(_SEED, 2), _REGION, api] for api in _APIS
    }


def test_nothing_is_asked_of_load_balancing_unless_it_is_wanted(sweep: Sweep) -> None:
    """Whoever does not ask needs no permission for it."""
    swept = sweep(_scenario())

    assert not set(_APIS) & set(swept.report["totals"]["api_calls"])
    assert not any(one["in_front"] for one in _graded(swept).values())


@pytest.mark.parametrize("api", _APIS)
def test_a_refusal_is_a_gap_and_is_said_on_the_findings_concerned(sweep: Sweep, api: str) -> None:
    """The verdicts stay; no finding reads as if nothing were in front of it."""
    denied = Fault(kind=FaultKind.DENY_IAM, api=api)
    calm, refused = (
        sweep(_scenario(*faults), collect=("load_balancers",)) for faults in ((), (denied,))
    )

    (entry,) = (one for one in refused.report["coverage"] if one["status"] != "COVERED")
    assert (entry["status"], entry["api"]) == ("PARTLY_COVERED", api)
    before, after = _graded(calm), _graded(refused)
    assert {arn: one["grade"] for arn, one in after.items()} == {
        arn: one["grade"] for arn, one in before.items()
    }
    words = "Not all load balancers in front of it could be seen"
    silent = [arn for arn, one in before.items() if one["in_front"] and words not in
              after[arn]["reason"]]  # fmt: skip
    assert silent == []


@pytest.fixture
def moto_url() -> Iterator[str]:
    """Moto's server on loopback, empty: all servers of a process share what they hold."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    reset = Request(f"http://{host}:{port}/moto-api/reset", method="POST")
    urlopen(reset, timeout=10).close()  # noqa: S310 - loopback
    yield f"http://{host}:{port}"
    urlopen(reset, timeout=10).close()  # noqa: S310 - loopback
    server.stop()


def _client(url: str, service: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    make: Any = boto3.client
    return make(service, region_name=_REGION, endpoint_url=url, **_KEYS)


def _network(url: str) -> tuple[str, list[str], str]:
    """A VPC, two subnets and the default security group, by their ids."""
    ec2 = _client(url, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{at}.0/24", AvailabilityZone=_REGION + zone)
        for at, zone in enumerate("ab")
    ]
    of_vpc = {"Name": "vpc-id", "Values": [vpc]}
    (group,) = ec2.describe_security_groups(Filters=[of_vpc])["SecurityGroups"]
    return vpc, [one["Subnet"]["SubnetId"] for one in made], group["GroupId"]


def _balanced_service(url: str) -> tuple[str, str]:
    """A service behind an internet-facing load balancer: the ARNs of target group and balancer."""
    vpc, subnets, guard = _network(url)
    elb, ecs = _client(url, "elbv2"), _client(url, "ecs")
    made = elb.create_load_balancer(Name="web", Subnets=subnets, Scheme="internet-facing")
    balancer: str = made["LoadBalancers"][0]["LoadBalancerArn"]
    made = elb.create_target_group(Name="api", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    group: str = made["TargetGroups"][0]["TargetGroupArn"]
    forward = {"Type": "forward", "TargetGroupArn": group}
    elb.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[forward]
    )
    container = {"name": "app", "image": "app:1", "memory": 64}
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(family="app", containerDefinitions=[container])
    awsvpc = {"subnets": subnets, "securityGroups": [guard], "assignPublicIp": "DISABLED"}
    ecs.create_service(
        cluster="prod",
        serviceName="api",
        taskDefinition="app",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": awsvpc},
        loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": 80}],
    )
    return group, balancer


def test_a_load_balancer_that_boto3_made_in_moto_is_found_there(
    orgscan: Callable[..., Any], moto_url: str
) -> None:
    """Moto's answers are written by others than ours."""
    _client(moto_url, "organizations").create_organization(FeatureSet="ALL")
    group, balancer = _balanced_service(moto_url)
    surroundings = {
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_REGION": _REGION,
        **{name.upper(): value for name, value in _KEYS.items()},
    }

    asked = ("scan", "--region", _REGION, "--collect", "load_balancers", "--no-progress")
    done = orgscan(*asked, environ=surroundings)

    (finding,) = (
        one for one in done.report["findings"] if one["control_id"] == "ecs-service-no-public-ip"
    )
    assert finding["observed"]["load_balancers"] == [group]
    assert finding["exposure"]["in_front"] == [balancer]
