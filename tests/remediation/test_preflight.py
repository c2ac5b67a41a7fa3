"""What the pre-flight says of a network: one row is one situation."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from orgscan.remediation.preflight.facts import (
    Container,
    Definition,
    Endpoint,
    NatGateway,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Seen,
    Subnet,
)
from orgscan.remediation.preflight.interface import Check, Preflight, PreflightRequest
from orgscan.remediation.preflight.judge import judge

ACCOUNT, OWNER, REGION, VPC = "111122223333", "999911112222", "eu-west-1", "vpc-1"
ECR = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/api:1"
DUAL = f"{ACCOUNT}.dkr-ecr.{REGION}.on.aws/api:1"
OUT = Rule(protocol="-1", cidrs=("0.0.0.0/0",))
TASKS = SecurityGroup(id="sg-tasks", vpc_id=VPC, outbound=(OUT,))
GUARD = SecurityGroup(
    id="sg-endpoints",
    vpc_id=VPC,
    inbound=(Rule(protocol="tcp", from_port=443, to_port=443, groups=("sg-tasks",)),),
)
LOCAL = Route(destination="10.1.0.0/16", target="local")
INTERNET = Route(destination="0.0.0.0/0", target="igw-1")
TO_NAT = Route(destination="0.0.0.0/0", target="nat-1")
PRIVATE = Subnet(id="subnet-1", vpc_id=VPC, owner_id=ACCOUNT, cidr="10.1.1.0/24", free=200)
PUBLIC_TABLE = RouteTable(id="rtb-public", vpc_id=VPC, subnets=("subnet-nat",), routes=(INTERNET,))
REQUEST = PreflightRequest(
    account_id=ACCOUNT,
    task_definition="arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7",
    subnets=("subnet-1",),
    security_groups=("sg-tasks",),
    tasks=3,
)
APP = Container(image=ECR, log_driver="awslogs")


def table(*routes: Route, main: bool = True, **changes: Any) -> RouteTable:  # noqa: ANN401 - any member
    """The VPC's main table, or the subnet's own."""
    made = RouteTable(
        id="rtb-1",
        vpc_id=VPC,
        is_main=main,
        subnets=() if main else ("subnet-1",),
        routes=(LOCAL, *routes),
    )
    return replace(made, **changes)


def to(target: str, destination: str = "0.0.0.0/0", *, active: bool = True) -> Route:
    """A route."""
    return Route(destination=destination, target=target, is_active=active)


def interface(service: str, **changes: Any) -> Endpoint:  # noqa: ANN401 - any member
    """An interface endpoint that serves."""
    made = Endpoint(
        id=f"vpce-{service}",
        vpc_id=VPC,
        service=f"com.amazonaws.{REGION}.{service}",
        kind="Interface",
        private_dns=True,
        groups=("sg-endpoints",),
    )
    return replace(made, **changes)


S3 = Endpoint(
    id="vpce-s3",
    vpc_id=VPC,
    service=f"com.amazonaws.{REGION}.s3",
    kind="Gateway",
    route_tables=("rtb-1",),
)
ALL = (interface("ecr.api"), interface("ecr.dkr"), S3, interface("logs"))


def seen(*routes: Route, **changes: Any) -> Seen:  # noqa: ANN401 - any member
    """A private subnet that follows the main table, and a public NAT gateway in another subnet."""
    made = Seen(
        region=REGION,
        subnets=(PRIVATE,),
        tables=(table(*routes), PUBLIC_TABLE),
        nats=(NatGateway(id="nat-1", subnet_id="subnet-nat"),),
        groups=(TASKS, GUARD),
        definition=Definition(containers=(APP,)),
    )
    return replace(made, **changes)


def container(**changes: Any) -> Definition:  # noqa: ANN401 - any member
    """A task definition of one container."""
    return Definition(containers=(replace(APP, **changes),))


def check(found: Preflight, name: str) -> Check:
    """The check of that name."""
    return next(each for each in found.checks if each.name == name)


WITH_NAT, WITHOUT = seen(TO_NAT), seen()
ISOLATED = seen(endpoints=ALL)

WAYS = [
    ("a public NAT gateway", WITH_NAT, "PASS"),
    ("no route at all", WITHOUT, "FAIL"),
    ("an internet gateway", seen(INTERNET), "FAIL"),
    ("an internet gateway beside every endpoint", seen(INTERNET, endpoints=ALL), "FAIL"),
    ("endpoints for all it needs", ISOLATED, "UNPROVEN"),
    ("a blackhole", seen(to("nat-1", active=False)), "FAIL"),
    ("two halves of the internet", seen(to("nat-1", "0.0.0.0/1"), to("nat-1", "128.0.0.0/1")),
     "PASS"),
    ("one half of the internet", seen(to("nat-1", "0.0.0.0/1")), "FAIL"),
    ("a half that leads elsewhere", seen(TO_NAT, to("tgw-1", "128.0.0.0/1")), "UNPROVEN"),
    ("a range of a partner that leads elsewhere", seen(TO_NAT, to("tgw-1", "203.0.113.0/24")),
     "PASS"),
    ("a transit gateway", seen(to("tgw-1")), "UNPROVEN"),
    ("a virtual private gateway", seen(to("vgw-1")), "UNPROVEN"),
    ("a peering connection", seen(to("pcx-1")), "UNPROVEN"),
    ("a core network", seen(to("arn:aws:networkmanager::1:core-network/c")), "UNPROVEN"),
    ("a NAT instance", seen(to("i-1")), "UNPROVEN"),
    ("an appliance's interface", seen(to("eni-1")), "UNPROVEN"),
    ("a Gateway Load Balancer", seen(to("vpce-1")), "UNPROVEN"),
    ("a target of a kind that is new", seen(to("odb-1")), "UNPROVEN"),
    ("a prefix list", seen(to("nat-1", "pl-1")), "UNPROVEN"),
    ("the prefix list of a gateway endpoint", seen(to("vpce-s3", "pl-1")), "FAIL"),
    ("a NAT gateway that is being made",
     seen(TO_NAT, nats=(NatGateway(id="nat-1", state="pending", subnet_id="subnet-nat"),)), "FAIL"),
    ("a private NAT gateway",
     seen(TO_NAT, nats=(NatGateway(id="nat-1", connectivity="private", subnet_id="subnet-nat"),)),
     "FAIL"),
    ("a private NAT gateway before a transit gateway",
     seen(TO_NAT, nats=(NatGateway(id="nat-1", connectivity="private", subnet_id="subnet-nat"),),
          tables=(table(TO_NAT), replace(PUBLIC_TABLE, routes=(to("tgw-1"),)))), "UNPROVEN"),
    ("a NAT gateway in a subnet that leads nowhere",
     seen(TO_NAT, tables=(table(TO_NAT), replace(PUBLIC_TABLE, routes=()))), "FAIL"),
    ("a NAT gateway in the very subnet",
     seen(TO_NAT, nats=(NatGateway(id="nat-1", subnet_id="subnet-1"),)), "FAIL"),
    ("a NAT gateway behind a firewall",
     seen(TO_NAT, tables=(table(TO_NAT), replace(PUBLIC_TABLE, routes=(to("vpce-fw"),)))),
     "UNPROVEN"),
    ("a regional NAT gateway",
     seen(TO_NAT, nats=(NatGateway(id="nat-1", route_table_id="rtb-aws"),)), "PASS"),
    ("a NAT gateway that is not listed", seen(TO_NAT, nats=()), "UNPROVEN"),
    ("a NAT gateway of the subnet's owner",
     seen(TO_NAT, nats=(), subnets=(replace(PRIVATE, owner_id=OWNER),)), "UNPROVEN"),
    ("an internet gateway of the subnet's owner",
     seen(INTERNET, subnets=(replace(PRIVATE, owner_id=OWNER),)), "FAIL"),
    ("an own table instead of the main one",
     seen(tables=(table(TO_NAT), table(INTERNET, main=False, id="rtb-2"))), "FAIL"),
    ("a main table of another VPC", seen(tables=(table(TO_NAT, vpc_id="vpc-2"),)), "UNPROVEN"),
    ("a block of public access", seen(TO_NAT, subnets=(
        replace(PRIVATE, block_mode="block-bidirectional"),)), "UNPROVEN"),
    ("a block of what comes in", seen(TO_NAT, subnets=(
        replace(PRIVATE, block_mode="block-ingress"),)), "PASS"),
    ("IPv6 only, without NAT64",
     seen(to("eigw-1", "::/0"), subnets=(replace(PRIVATE, ipv6_only=True, free=None),)), "FAIL"),
    ("IPv6 only, with a route and without DNS64",
     seen(to("nat-1", "64:ff9b::/96"), subnets=(replace(PRIVATE, ipv6_only=True),)), "FAIL"),
    ("IPv6 only, with DNS64 and NAT64",
     seen(to("nat-1", "64:ff9b::/96"), subnets=(replace(PRIVATE, ipv6_only=True, dns64=True),)),
     "PASS"),
    ("route tables that may not be read",
     seen(tables=(), refused={"ec2:DescribeRouteTables": "denied"}), "UNPROVEN"),
    ("NAT gateways that may not be read",
     seen(TO_NAT, nats=(), refused={"ec2:DescribeNatGateways": "denied"}), "UNPROVEN"),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "facts", "verdict"), WAYS, ids=[row[0] for row in WAYS])
def test_the_way_out_of_a_subnet(situation: str, facts: Seen, verdict: str) -> None:
    """By its route table, and by what the route leads to."""
    assert situation
    assert check(judge(facts, REQUEST), "way-out").verdict == verdict


CLOSED = replace(GUARD, inbound=())
BY_RANGE = replace(GUARD, inbound=(Rule(protocol="6", cidrs=("10.1.0.0/16",)),))
BY_HALF = replace(GUARD, inbound=(Rule(protocol="tcp", cidrs=("10.1.1.0/25",)),))
OTHER_PORT = replace(GUARD, inbound=(replace(GUARD.inbound[0], from_port=80, to_port=80),))
MUTE = replace(TASKS, outbound=())
NARROW = replace(TASKS, outbound=(Rule(protocol="tcp", cidrs=("10.0.0.0/8",)),))
TO_GUARD = replace(
    TASKS, outbound=(Rule(protocol="tcp", from_port=443, to_port=443, groups=("sg-endpoints",)),)
)


def without(service: str) -> tuple[Endpoint, ...]:
    """All endpoints but one."""
    return tuple(each for each in ALL if not each.service.endswith(f".{service}"))


def but(service: str, **changes: Any) -> tuple[Endpoint, ...]:  # noqa: ANN401 - any member
    """All endpoints, one of them changed."""
    return tuple(
        replace(each, **changes) if each.service.endswith(f".{service}") else each for each in ALL
    )


IMAGES, LOGS = "reach:images of ECR", "reach:CloudWatch Logs"
REACHES = [
    ("ECR by endpoints", ISOLATED, IMAGES, "PASS"),
    ("ECR by NAT", WITH_NAT, IMAGES, "PASS"),
    ("ECR by nothing", WITHOUT, IMAGES, "FAIL"),
    ("no endpoint for logins", seen(endpoints=without("ecr.api")), IMAGES, "FAIL"),
    ("no endpoint for layers", seen(endpoints=without("s3")), IMAGES, "FAIL"),
    ("a gateway endpoint in another table",
     seen(endpoints=but("s3", route_tables=("rtb-2",))), IMAGES, "FAIL"),
    ("an endpoint that is pending", seen(endpoints=but("ecr.dkr", state="pending")), IMAGES,
     "FAIL"),
    ("an endpoint without private DNS", seen(endpoints=but("ecr.dkr", private_dns=False)), IMAGES,
     "FAIL"),
    ("an endpoint without private DNS beside NAT",
     seen(TO_NAT, endpoints=but("ecr.dkr", private_dns=False)), IMAGES, "PASS"),
    ("an endpoint of another VPC", seen(endpoints=but("ecr.dkr", vpc_id="vpc-2")), IMAGES, "FAIL"),
    ("an endpoint that lets nobody in", seen(endpoints=ALL, groups=(TASKS, CLOSED)), IMAGES,
     "FAIL"),
    ("an endpoint that lets nobody in, beside NAT",
     seen(TO_NAT, endpoints=ALL, groups=(TASKS, CLOSED)), IMAGES, "FAIL"),
    ("an endpoint that lets the VPC in", seen(endpoints=ALL, groups=(TASKS, BY_RANGE)), IMAGES,
     "PASS"),
    ("an endpoint that lets half of the subnet in",
     seen(endpoints=ALL, groups=(TASKS, BY_HALF)), IMAGES, "UNPROVEN"),
    ("an endpoint that takes another port",
     seen(endpoints=ALL, groups=(TASKS, OTHER_PORT)), IMAGES, "FAIL"),
    ("an endpoint whose groups are not seen", seen(endpoints=ALL, groups=(TASKS,)), IMAGES,
     "UNPROVEN"),
    ("an endpoint with a policy of its own", seen(endpoints=but("ecr.dkr", open_policy=False)),
     IMAGES, "UNPROVEN"),
    ("endpoints of the subnet's owner",
     seen(subnets=(replace(PRIVATE, owner_id=OWNER),)), IMAGES, "UNPROVEN"),
    ("endpoints of a network beyond",
     seen(to("tgw-1", "10.0.0.0/8")), IMAGES, "UNPROVEN"),
    ("endpoints that may not be read",
     seen(refused={"ec2:DescribeVpcEndpoints": "denied"}), IMAGES, "UNPROVEN"),
    ("tasks that may send nothing", seen(TO_NAT, groups=(MUTE, GUARD)), IMAGES, "FAIL"),
    ("tasks that may call their own network only", seen(TO_NAT, groups=(NARROW, GUARD)), IMAGES,
     "UNPROVEN"),
    ("tasks that may call the endpoints only", seen(endpoints=ALL, groups=(TO_GUARD, GUARD)), LOGS,
     "PASS"),
    ("tasks that may call the endpoints and not S3",
     seen(endpoints=ALL, groups=(TO_GUARD, GUARD)), IMAGES, "FAIL"),
    ("groups that may not be read",
     seen(TO_NAT, groups=(), refused={"ec2:DescribeSecurityGroups": "denied"}), IMAGES,
     "UNPROVEN"),
    ("logs by an endpoint", ISOLATED, LOGS, "PASS"),
    ("logs by nothing", seen(endpoints=without("logs")), LOGS, "FAIL"),
    ("logs of another region",
     seen(endpoints=ALL, definition=container(log_region="us-east-1")),
     "reach:CloudWatch Logs in us-east-1", "FAIL"),
    ("logs by a router", seen(definition=container(log_driver="awsfirelens")),
     "reach:logs by awsfirelens", "UNPROVEN"),
    ("an image of Docker Hub in an isolated subnet",
     seen(endpoints=ALL, definition=container(image="library/nginx:1")),
     "reach:images of docker.io", "FAIL"),
    ("an image of Docker Hub by NAT", seen(TO_NAT, definition=container(image="nginx")),
     "reach:images of docker.io", "PASS"),
    ("an image of the public ECR in an isolated subnet",
     seen(endpoints=ALL, definition=container(image="public.ecr.aws/nginx/nginx:1")),
     "reach:images of public.ecr.aws", "FAIL"),
    ("an image of another region",
     seen(endpoints=ALL, definition=container(image=ECR.replace(REGION, "us-east-1"))),
     "reach:images of ECR in us-east-1", "FAIL"),
    ("a dual-stack image over IPv6",
     seen(to("eigw-1", "::/0"), definition=container(image=DUAL),
          subnets=(replace(PRIVATE, ipv6_only=True, ipv6_cidrs=("2001:db8::/64",)),),
          groups=(replace(TASKS, outbound=(Rule(protocol="-1", cidrs=("::/0",)),)),)),
     "reach:images of ECR (dual-stack)", "PASS"),
    ("an IPv4-only image over IPv6",
     seen(to("eigw-1", "::/0"),
          subnets=(replace(PRIVATE, ipv6_only=True, ipv6_cidrs=("2001:db8::/64",)),)),
     IMAGES, "FAIL"),
    ("a secret without an endpoint",
     seen(endpoints=ALL,
          definition=container(secrets=("arn:aws:secretsmanager:eu-west-1:1:secret:x",))),
     "reach:Secrets Manager", "FAIL"),
    ("a secret with an endpoint, and none for keys",
     seen(endpoints=(*ALL, interface("secretsmanager")),
          definition=container(secrets=("arn:aws:secretsmanager:eu-west-1:1:secret:x",))),
     "reach:Secrets Manager", "UNPROVEN"),
    ("a parameter by its name, with endpoints",
     seen(endpoints=(*ALL, interface("ssm"), interface("kms")),
          definition=container(secrets=("/api/token",))),
     "reach:Parameter Store", "PASS"),
    ("files of a bucket",
     seen(definition=container(environment_files=True)), "reach:S3 for environment files", "FAIL"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("situation", "facts", "name", "verdict"), REACHES, ids=[row[0] for row in REACHES]
)
def test_what_a_task_needs_is_reached_or_not(
    situation: str, facts: Seen, name: str, verdict: str
) -> None:
    """By an endpoint that serves, or by the way out; by an endpoint alone where it takes all."""
    assert situation
    assert check(judge(facts, REQUEST), name).verdict == verdict


def test_ecs_exec_has_to_reach_the_session_manager() -> None:
    """Only where it is on for the service."""
    request = replace(REQUEST, execute_command=True)
    assert check(judge(ISOLATED, request), "reach:ECS Exec").verdict == "FAIL"
    served = seen(endpoints=(*ALL, interface("ssmmessages")))
    assert check(judge(served, request), "reach:ECS Exec").verdict == "PASS"
    names = {each.name for each in judge(ISOLATED, REQUEST).checks}
    assert "reach:ECS Exec" not in names


@pytest.mark.parametrize(
    ("version", "system", "verdict"),
    [
        ("1.3.0", None, "PASS"),
        ("1.4.0", None, "FAIL"),
        (None, None, "FAIL"),
        ("LATEST", None, "FAIL"),
        ("1.0.0", "WINDOWS_SERVER_2022_CORE", "FAIL"),
    ],
)
def test_before_platform_1_4_0_logins_went_another_way(
    version: str | None, system: str | None, verdict: str
) -> None:
    """A set that is made again at the newest platform needs more endpoints than it did."""
    definition = Definition(containers=(APP,), operating_system=system)
    facts = seen(endpoints=without("ecr.api"), definition=definition)
    request = replace(REQUEST, platform_version=version)
    assert check(judge(facts, request), IMAGES).verdict == verdict


SECOND = replace(PRIVATE, id="subnet-2", cidr="10.1.2.0/24", free=1)
PLACES = [
    ("a subnet that is not there", seen(TO_NAT, subnets=()), REQUEST, "subnets", "FAIL"),
    ("no subnet at all", seen(TO_NAT, subnets=()), replace(REQUEST, subnets=()), "subnets", "FAIL"),
    ("seventeen subnets", WITH_NAT, replace(REQUEST, subnets=("subnet-1",) * 17), "subnets",
     "FAIL"),
    ("subnets of two VPCs", seen(TO_NAT, subnets=(PRIVATE, replace(SECOND, vpc_id="vpc-2"))),
     replace(REQUEST, subnets=("subnet-1", "subnet-2")), "subnets", "FAIL"),
    ("a subnet that is not available", seen(TO_NAT, subnets=(replace(PRIVATE, state="pending"),)),
     REQUEST, "subnets", "FAIL"),
    ("subnets that may not be read", seen(subnets=(), refused={"ec2:DescribeSubnets": "denied"}),
     REQUEST, "subnets", "UNPROVEN"),
    ("no security group", WITH_NAT, replace(REQUEST, security_groups=()), "security-groups",
     "FAIL"),
    ("six security groups", WITH_NAT, replace(REQUEST, security_groups=("sg-tasks",) * 6),
     "security-groups", "FAIL"),
    ("a group that is not there", WITH_NAT, replace(REQUEST, security_groups=("sg-9",)),
     "security-groups", "FAIL"),
    ("a group of another VPC", seen(TO_NAT, groups=(replace(TASKS, vpc_id="vpc-2"),)), REQUEST,
     "security-groups", "FAIL"),
    ("a group that lets nothing out", seen(TO_NAT, groups=(MUTE,)), REQUEST, "security-groups",
     "FAIL"),
    ("too few addresses", seen(TO_NAT, subnets=(replace(PRIVATE, free=2),)), REQUEST,
     "free-addresses", "FAIL"),
    ("just enough addresses", seen(TO_NAT, subnets=(replace(PRIVATE, free=3),)), REQUEST,
     "free-addresses", "PASS"),
    ("a subnet with fewer than its share", seen(TO_NAT, subnets=(PRIVATE, SECOND)),
     replace(REQUEST, subnets=("subnet-1", "subnet-2")), "free-addresses", "UNPROVEN"),
    ("a task definition that may not be read",
     seen(TO_NAT, definition=None, refused={"ecs:DescribeTaskDefinition": "denied"}), REQUEST,
     "task-definition", "UNPROVEN"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("situation", "facts", "request_", "name", "verdict"), PLACES, ids=[row[0] for row in PLACES]
)
def test_where_tasks_are_to_run(
    situation: str, facts: Seen, request_: PreflightRequest, name: str, verdict: str
) -> None:
    """Subnets, groups, addresses, and the task definition."""
    assert situation
    assert check(judge(facts, request_), name).verdict == verdict


def test_everything_that_passes_is_told_too() -> None:
    """Each check with what was seen; nothing is to be mended."""
    found = judge(WITH_NAT, REQUEST)
    assert (found.verdict, found.lines) == ("PASS", ())
    assert [(each.name, each.seen) for each in found.checks] == [
        ("subnets", "subnet-1 in vpc-1."),
        ("security-groups", "sg-tasks."),
        ("free-addresses", "200 free, 3 to start."),
        ("task-definition", "1 container."),
        ("platform", "LATEST: everything goes through the task's own interface."),
        ("way-out", "subnet-1: nat-1, a public NAT gateway."),
        (
            "reach:images of ECR",
            (
                "subnet-1: ecr.api by nat-1, a public NAT gateway; "
                "ecr.dkr by nat-1, a public NAT gateway; "
                "s3 by nat-1, a public NAT gateway."
            ),
        ),
        ("reach:CloudWatch Logs", "subnet-1: logs by nat-1, a public NAT gateway."),
    ]


def test_a_failure_says_what_mends_it() -> None:
    """In one line for each check."""
    assert judge(seen(INTERNET), REQUEST).lines[0] == (
        "way-out: subnet-1: its route leads to igw-1, which only carries what has a public "
        "address. Name private subnets with a NAT gateway in the allowlist's `subnets`."
    )


def test_the_worst_subnet_decides() -> None:
    """ECS starts tasks in all of them."""
    other = replace(SECOND, free=200)
    own = RouteTable(id="rtb-2", vpc_id=VPC, subnets=("subnet-2",), routes=(INTERNET,))
    facts = seen(subnets=(PRIVATE, other), tables=(table(TO_NAT), own, PUBLIC_TABLE))
    request = replace(REQUEST, subnets=("subnet-1", "subnet-2"))
    found = judge(facts, request)
    assert found.verdict == "FAIL"
    assert check(found, IMAGES).seen.startswith("subnet-2: no endpoint of ecr.api")
