"""Calls are throttled by AWS's documented token buckets, where the scenario says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import Scenario, Simulator
from orgscan.simulator.buckets import Buckets

Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]


@pytest.mark.parametrize(
    ("api", "unfiltered", "burst", "rate"),
    [
        ("ecs:ListClusters", False, 50, 20),
        ("ecs:DescribeServices", False, 100, 20),
        ("ecs:ListTasks", False, 100, 20),
        ("ecs:DescribeTaskSets", False, 5, 5),
        ("ecs:UpdateService", False, 50, 5),
        ("sts:AssumeRole", False, 600, 600),
        ("ec2:DescribeSubnets", True, 100, 20),
        ("ec2:DescribeNetworkInterfaces", False, 100, 20),
        ("ec2:DescribeNetworkInterfaces", True, 50, 10),
    ],
)
def test_a_burst_empties_a_bucket_and_time_fills_it(
    api: str, unfiltered: bool, burst: int, rate: int
) -> None:
    """The burst at once, then the sustained rate."""
    buckets = Buckets()

    def taken(now: float, tries: int) -> int:
        return sum(
            buckets.take("1", "eu-west-1", api, now, unfiltered=unfiltered) for _ in range(tries)
        )

    assert taken(1_000.0, burst + 10) == burst
    assert taken(1_001.0, rate + 10) == rate
    assert taken(2_000.0, burst + 10) == burst


def test_a_bucket_is_of_one_account_and_region() -> None:
    """Calls spread over many never fill one; calls that share a bucket do."""
    buckets = Buckets()
    for _ in range(100):
        assert buckets.take("1", "eu-west-1", "ecs:ListServices", 0.0)
    assert not buckets.take("1", "eu-west-1", "ecs:DescribeServices", 0.0)
    assert buckets.take("1", "eu-west-1", "ecs:ListClusters", 0.0)
    assert buckets.take("1", "eu-west-2", "ecs:ListServices", 0.0)
    assert buckets.take("2", "eu-west-1", "ecs:ListServices", 0.0)


def test_what_has_no_documented_bucket_is_not_throttled() -> None:
    """Organizations publishes no rates."""
    buckets = Buckets()
    assert all(buckets.take("1", "x", "organizations:ListAccounts", 0.0) for _ in range(1_000))


def test_a_throttled_call_is_refused_and_counted(connect: Make, refusal: Refusal) -> None:
    """By the service's own error, once its tokens are used up."""
    # The clock stands still, so that no bucket fills meanwhile.
    now = time.time()
    simulator = Simulator(Scenario(density=1.0, services=1, buckets=True), clock=lambda: now)
    with simulator.serve_in_thread() as endpoint:
        client = connect(endpoint, "ecs", "eu-west-1")
        for _ in range(50):
            client.list_clusters()
        assert refusal(client.list_clusters) == ("ThrottlingException", "Rate exceeded")
        assert connect(endpoint, "ecs", "eu-west-2").list_clusters()["clusterArns"]
    account = simulator.scenario.account_id(0)
    assert simulator.record.throttled == {(account, "eu-west-1", "ecs:ListClusters"): 1}
