"""What the simulator is told to get wrong goes wrong, as it does on AWS, and nothing else does."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from orgscan.simulator import Endpoint, Fault, FaultKind, Scenario, Simulator

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]
Sign = Callable[..., dict[str, str]]
Send = Callable[..., tuple[int, dict[str, str], bytes]]

REGION = "eu-west-1"
ACCOUNT = Scenario().account_id(2)
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/orgscan-audit/orgscan"
ECS = f"User: {ARN} is not authorized to perform: ecs:ListClusters on resource: *"
EC2 = (
    "You are not authorized to perform this operation. "
    f"User: {ARN} is not authorized to perform: ec2:DescribeVpcs"
)
SCP = (
    " with an explicit deny in a service control policy: "
    f"arn:aws:organizations::{Scenario().account_id(0)}:policy/"
)
LIST = {
    "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters",
    "Content-Type": "application/x-amz-json-1.1",
}


def struck(*faults: Fault, density: float = 0.0) -> Scenario:
    """An organization with these faults, and no ECS unless wanted."""
    return Scenario(faults=faults, density=density)


@pytest.mark.parametrize(
    ("kind", "ecs", "ec2"),
    [
        (FaultKind.DENY_SCP, SCP, SCP),
        (
            FaultKind.DENY_SCP_IMPLICIT,
            " because no service control policy allows the {} action",
            " because no service control policy allows the {} action",
        ),
        (
            FaultKind.DENY_IAM,
            " because no identity-based policy allows the {} action",
            " because no identity-based policy allows the {} action",
        ),
        (
            FaultKind.DENY_BOUNDARY,
            " with an explicit deny in a permissions boundary",
            " with an explicit deny in a permissions boundary",
        ),
        (
            FaultKind.DENY_SESSION_POLICY,
            " because no session policy allows the {} action",
            " because no session policy allows the {} action",
        ),
        (FaultKind.DENY_PLAIN, "", ""),
    ],
)
def test_a_denial_gives_awss_reason_and_names_the_caller(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal, kind: FaultKind, ecs: str, ec2: str
) -> None:
    """Each kind in the words of ECS and of EC2, with the session's real ARN."""
    simulator, endpoint = serve(struck(Fault(kind, api="ec?:*")))
    session = assume(endpoint, ACCOUNT)
    code, message = refusal(connect(endpoint, "ecs", REGION, session).list_clusters)
    assert code == "AccessDeniedException"
    assert message.startswith(ECS + ecs.format("ecs:ListClusters"))
    code, message = refusal(connect(endpoint, "ec2", REGION, session).describe_vpcs)
    assert code == "UnauthorizedOperation"
    assert message.startswith(EC2 + ec2.format("ec2:DescribeVpcs"))
    if not ecs:
        assert message == EC2
    assert simulator.record.faults == {kind: 2}


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (
            FaultKind.THROTTLE,
            ["ThrottlingException", "RequestLimitExceeded", "Throttling"]
            + ["TooManyRequestsException"] * 2,
        ),
        (
            FaultKind.SERVER_ERROR,
            [
                "ServerException",
                "InternalError",
                "InternalFailure",
                "ServiceException",
                "InternalServerException",
            ],
        ),
        (
            FaultKind.EXPIRE_TOKEN,
            ["ExpiredTokenException", "RequestExpired", "ExpiredToken"]
            + ["ExpiredTokenException"] * 2,
        ),
        (
            FaultKind.REGION_NOT_ENABLED,
            ["UnrecognizedClientException", "AuthFailure", "InvalidClientTokenId"]
            + ["UnrecognizedClientException"] * 2,
        ),
    ],
)
def test_each_service_has_its_own_name_for_an_error(
    serve: Serve, connect: Make, refusal: Refusal, kind: FaultKind, codes: list[str]
) -> None:
    """ECS, EC2, STS, Organizations and Account, in this order."""
    _, endpoint = serve(struck(Fault(kind)))
    calls = [
        connect(endpoint, "ecs").list_clusters,
        connect(endpoint, "ec2").describe_regions,
        connect(endpoint, "sts").get_caller_identity,
        connect(endpoint, "organizations").list_accounts,
        connect(endpoint, "account").list_regions,
    ]
    assert [refusal(call)[0] for call in calls] == codes


def test_a_cut_line_gives_no_answer(serve: Serve, connect: Make) -> None:
    """RESET closes the connection where the answer should be."""
    _, endpoint = serve(struck(Fault(FaultKind.RESET, first=1)))
    client = connect(endpoint, "ecs")
    with pytest.raises(ConnectionClosedError):
        client.list_clusters()
    assert client.list_clusters()["clusterArns"] == []


def test_a_truncated_body_is_shorter_than_it_says(serve: Serve, sign: Sign, send: Send) -> None:
    """TRUNCATE sends half of the body and closes."""
    _, endpoint = serve(struck(Fault(FaultKind.TRUNCATE)))
    headers = sign(endpoint, "ecs", REGION, endpoint, LIST, b"{}")
    with pytest.raises(http.client.IncompleteRead) as caught:
        send(endpoint, headers, b"{}")
    assert caught.value.partial == b'{"cluster'


def test_garbage_comes_with_a_200(serve: Serve, sign: Sign, send: Send) -> None:
    """GARBAGE is neither JSON nor XML, nor UTF-8."""
    _, endpoint = serve(struck(Fault(FaultKind.GARBAGE)))
    headers = sign(endpoint, "ecs", REGION, endpoint, LIST, b"{}")
    status, _, body = send(endpoint, headers, b"{}")
    assert (status, body) == (200, b"\xff\xfe<html>neither JSON nor XML\x00")


def test_a_call_that_hangs_is_let_go_when_the_server_stops(serve: Serve, connect: Make) -> None:
    """HANG never answers, and does not hold up the end of the simulation."""
    _, endpoint = serve(struck(Fault(FaultKind.HANG)))
    with pytest.raises(ReadTimeoutError):
        connect(endpoint, "ecs").list_clusters()


def test_a_hanging_call_is_cut_after_its_time(serve: Serve, connect: Make) -> None:
    """HANG with seconds cuts the line at the end of them."""
    _, endpoint = serve(struck(Fault(FaultKind.HANG, seconds=0.01)))
    with pytest.raises(ConnectionClosedError):
        connect(endpoint, "ecs").list_clusters()


def test_a_slow_call_is_answered_in_the_end(serve: Serve, connect: Make) -> None:
    """SLOW answers rightly."""
    simulator, endpoint = serve(struck(Fault(FaultKind.SLOW, seconds=0.01)))
    assert connect(endpoint, "ecs").list_clusters()["clusterArns"] == []
    assert simulator.record.faults == {FaultKind.SLOW: 1}


def test_a_fault_strikes_only_what_it_names(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """Account, region and API are globs, and all have to match."""
    fault = Fault(FaultKind.DENY_IAM, ACCOUNT, "eu-west-*", "ecs:List*")
    simulator, endpoint = serve(struck(fault, density=1.0))
    other = assume(endpoint, simulator.scenario.account_id(1))
    session = assume(endpoint, ACCOUNT)
    for region, who, denied in (
        ("eu-west-1", session, True),
        ("eu-west-2", session, True),
        ("eu-north-1", session, False),
        ("eu-west-1", other, False),
    ):
        client = connect(endpoint, "ecs", region, who)
        if denied:
            assert refusal(client.list_clusters)[0] == "AccessDeniedException"
        else:
            assert client.list_clusters()["clusterArns"]
        assert client.describe_clusters(clusters=["x"])["clusters"] == []


def test_a_fault_may_strike_one_cluster_only(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """The others of the region are answered."""
    fault = Fault(FaultKind.DENY_IAM, api="ecs:ListServices", cluster="prod")
    home = Scenario().account_id(0)
    _, endpoint = serve(Scenario(density=0.0, gallery=((home, REGION),), faults=(fault,)))
    client = connect(endpoint, "ecs", REGION)
    prod, prod_api = client.list_clusters()["clusterArns"]
    assert refusal(client.list_services, cluster=prod)[0] == "AccessDeniedException"
    assert client.list_services(cluster=prod_api)["serviceArns"]


def test_first_strikes_so_many_calls_of_each_account_region(
    serve: Serve, connect: Make, refusal: Refusal
) -> None:
    """Then the calls go through, and another region has its own count."""
    _, endpoint = serve(struck(Fault(FaultKind.THROTTLE, api="ecs:*", first=2)))
    for region in ("eu-west-1", "eu-west-2"):
        client = connect(endpoint, "ecs", region)
        assert refusal(client.list_clusters)[0] == "ThrottlingException"
        assert refusal(client.list_clusters)[0] == "ThrottlingException"
        assert client.list_clusters()["clusterArns"] == []


def test_chance_depends_on_the_call_and_not_on_the_order(serve: Serve, connect: Make) -> None:
    """The same calls are struck whatever else is called in between."""

    def outcomes(regions: list[str]) -> dict[str, list[bool]]:
        fault = Fault(FaultKind.SLOW, api="ecs:ListClusters", probability=0.5, seconds=0.0)
        simulator, endpoint = serve(struck(fault))
        seen: dict[str, list[bool]] = {}
        for region in regions:
            before = simulator.record.faults.total()
            client = connect(endpoint, "ecs", region)
            client.list_clusters()
            seen.setdefault(region, []).append(simulator.record.faults.total() > before)
        return seen

    blocks = ["eu-west-1"] * 12 + ["us-east-1"] * 12
    mixed = ["eu-west-1", "us-east-1"] * 12
    first = outcomes(blocks)
    assert first == outcomes(mixed)
    assert {True, False} == set(first["eu-west-1"])


def test_vanished_services_are_listed_and_missing(serve: Serve, connect: Make) -> None:
    """The same ones each time, and their task sets with them."""
    home = Scenario().account_id(0)
    simulator, endpoint = serve(
        Scenario(
            density=0.0,
            gallery=((home, REGION),),
            faults=(Fault(FaultKind.VANISH, probability=0.5),),
        )
    )
    client = connect(endpoint, "ecs", REGION)
    gone: list[set[str]] = []
    arns: list[str] = []
    for _ in range(2):
        arns = client.list_services(cluster="prod", maxResults=100)["serviceArns"]
        missing = set()
        for start in range(0, len(arns), 10):
            batch = arns[start : start + 10]
            answer = client.describe_services(cluster="prod", services=batch)
            assert {f["reason"] for f in answer["failures"]} <= {"MISSING"}
            found = {s["serviceArn"] for s in answer["services"]}
            missing |= {f["arn"] for f in answer["failures"]}
            assert found | missing >= set(batch)
        gone.append(missing)
    assert gone[0] == gone[1]
    assert 0 < len(gone[0]) < len(arns)
    assert gone[0] == {
        unseen.arn
        for unseen in simulator.truth().unseen
        if unseen.cluster_arn[-12:] == "cluster/prod"
    }


def test_latency_is_waited_out(serve: Serve, connect: Make) -> None:
    """Every answer, and it is right."""
    _, endpoint = serve(Scenario(density=0.0, latency_ms=1.0))
    assert connect(endpoint, "ecs").list_clusters()["clusterArns"] == []
