"""What runs, and how far the internet reaches it: the report says what the simulator knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.simulator import Fault, FaultKind, Scenario, account_id

pytestmark = pytest.mark.integration

Sweep = Callable[..., Any]

_TASK_SETS = "ecs-taskset-no-public-ip"
_TASKS = "ecs-task-no-public-ip"
_IPV6 = "ecs-task-ipv6-exposure"
_RUNNING = {"AWS::ECS::Task", "AWS::EC2::NetworkInterface"}
_REGIONS = ("eu-west-1", "us-east-1")
_APIS = (
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeNetworkAcls",
    "ec2:Describe*",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecs:ListServices",
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Small organizations with one region that holds every kind of service, and some denials."""
    seed = draw(st.integers(0, 2**32))
    ids = [account_id(seed, index) for index in range(3)]
    where = {
        "account": st.sampled_from([*ids[1:], "*"]),
        "region": st.sampled_from([*_REGIONS, "*"]),
    }
    denials = st.builds(
        Fault,
        kind=st.sampled_from([FaultKind.DENY_IAM, FaultKind.DENY_SCP, FaultKind.DENY_PLAIN]),
        api=st.sampled_from(_APIS),
        cluster=st.sampled_from(["*", "prod", "prod-api"]),
        **where,
    )
    gone = st.builds(
        Fault,
        kind=st.sampled_from([FaultKind.STOP_TASKS, FaultKind.DETACH]),
        probability=st.sampled_from([0.2, 1.0]),
        **where,
    )
    return Scenario(
        accounts=3,
        seed=seed,
        regions=_REGIONS,
        disabled_regions=(),
        density=0.7,
        gallery=((ids[2], "eu-west-1"),),
        hostile=draw(st.booleans()),
        old_endpoints=draw(st.booleans()),
        empty_pages=draw(st.booleans()),
        faults=tuple(draw(st.lists(st.one_of(denials, gone), max_size=3))),
    )


@settings(
    max_examples=25,
    deadline=None,
    # The sweep fixture holds no state between examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scenario=scenarios())
def test_report_and_truth_agree_on_every_verdict_and_every_grade(
    sweep: Sweep, scenario: Scenario
) -> None:
    """Task sets, tasks, interfaces, clusters and gaps: the same, and no other."""
    swept = sweep(scenario)
    truth = swept.simulator.truth()

    assert _told(swept, _TASK_SETS, {"AWS::ECS::TaskSet"}) == {
        one.arn: (one.expected, one.grade, list(one.public_ips)) for one in truth.visible()
    }
    running = [*(one for one in truth.tasks if not one.hidden), *truth.interfaces]
    assert _told(swept, _TASKS, _RUNNING) == {
        one.arn: (one.expected, one.grade, [one.public_ip]) for one in running if one.expected
    }
    assert _told(swept, _IPV6, _RUNNING, "ipv6") == {
        one.arn: (one.expected_ipv6, one.ipv6_grade, list(one.ipv6))
        for one in running
        if one.expected_ipv6
    }
    assert _of_clusters(swept, _TASKS) == {
        one.arn: one.expected for one in truth.clusters if one.expected
    }
    assert _of_clusters(swept, _IPV6) == {
        one.arn: one.expected_ipv6 for one in truth.clusters if one.expected_ipv6
    }
    assert _gaps(swept) == {(gap.account, gap.region): gap.status for gap in truth.gaps}


def test_a_region_without_clusters_still_costs_one_call(sweep: Sweep) -> None:
    """Nothing of EC2 is asked where there is no ECS."""
    swept = sweep(Scenario(accounts=3, regions=_REGIONS, disabled_regions=(), density=0.0))

    assert {entry["api_calls"] for entry in swept.report["coverage"]} == {1}


_WHAT_RUNS = ("ec2:DescribeNetworkInterfaces", "ecs:ListTasks", "ecs:DescribeTasks")
_WAYS_IN = (
    "ec2:DescribeSubnets",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeNetworkAcls",
)


@pytest.mark.parametrize(("old_endpoints", "most"), [(False, 3), (True, 4)])
def test_what_runs_in_a_cluster_is_seen_in_four_calls_at_most(
    sweep: Sweep, old_endpoints: bool, most: int
) -> None:
    """One for interfaces, again where an old endpoint refuses, and two for the tasks behind them.

    The ways in to them are four calls more, and only where there is an address to reach.
    """
    scenario = Scenario(
        accounts=6,
        seed=3,
        regions=_REGIONS,
        disabled_regions=(),
        density=0.7,
        clusters=1,
        old_endpoints=old_endpoints,
    )
    swept = sweep(scenario)
    truth, calls = swept.simulator.truth(), swept.simulator.record.calls
    held = (*truth.tasks, *truth.interfaces)
    addressed = {(one.account, one.region) for one in held if one.public_ip or one.ipv6}

    places = {(one.account, one.region) for one in truth.clusters}
    asked = {
        place: tuple(
            sum(calls.get((*place, api), 0) for api in apis) for apis in (_WHAT_RUNS, _WAYS_IN)
        )
        for place in places
    }
    assert asked == {place: (most, 4) if place in addressed else (most - 2, 0) for place in places}
    assert addressed
    assert places - addressed


def _findings(swept: Any, control: str, kinds: set[str]) -> list[dict[str, Any]]:  # noqa: ANN401 - the fixture's own type
    return [
        finding
        for finding in swept.report["findings"]
        if finding["control_id"] == control and finding["resource"]["type"] in kinds
    ]


def _told(
    swept: Any,  # noqa: ANN401 - the fixture's own type
    control: str,
    kinds: set[str],
    addresses: str = "public_ips",
) -> dict[str, tuple[str, str | None, list[str]]]:
    """By ARN: the status, the grade, and the addresses."""
    return {
        finding["resource"]["arn"]: (
            finding["status"],
            finding["exposure"] and finding["exposure"]["grade"],
            finding["observed"][addresses],
        )
        for finding in _findings(swept, control, kinds)
    }


def _of_clusters(swept: Any, control: str) -> dict[str, str]:  # noqa: ANN401 - the fixture's own type
    found = _findings(swept, control, {"AWS::ECS::Cluster"})
    return {finding["resource"]["arn"]: finding["status"] for finding in found}


def _gaps(swept: Any) -> dict[tuple[str, str | None], str]:  # noqa: ANN401 - the fixture's own type
    return {
        (entry["account_id"], entry["region"]): entry["status"]
        for entry in swept.report["coverage"]
        if entry["status"] != "COVERED"
    }
