"""The whole truth at once: five controls, every grade, launchers and load balancers collected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator import Fault, FaultKind, Scenario, Truth, account_id

pytestmark = pytest.mark.integration

Sweep = Callable[..., Any]
Told = tuple[str, str | None, list[str], list[str]]
"""Status, grade, public IPv4 addresses, load balancers in front."""

_REGIONS = ("eu-west-1", "us-east-1")
_COLLECT = ("launchers", "load_balancers")
_APIS = (
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeNetworkAcls",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecs:ListServices",
    "ecs:DescribeServices",
    "ecs:DescribeServiceRevisions",
    "events:ListRules",
    "scheduler:GetSchedule",
    "states:DescribeStateMachine",
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Three accounts, one region with every kind of everything, and up to three refusals."""
    seed = draw(st.integers(0, 2**32))
    ids = [account_id(seed, index) for index in range(3)]
    refusal = st.builds(
        Fault,
        kind=st.sampled_from([FaultKind.DENY_IAM, FaultKind.DENY_SCP]),
        account=st.sampled_from([*ids[1:], "*"]),
        region=st.sampled_from([*_REGIONS, "*"]),
        api=st.sampled_from(_APIS),
    )
    gone = st.builds(
        Fault,
        kind=st.sampled_from([FaultKind.STOP_TASKS, FaultKind.DETACH, FaultKind.VANISH]),
        account=st.sampled_from([*ids[1:], "*"]),
        probability=st.sampled_from([0.2, 0.5]),
    )
    return Scenario(
        accounts=3,
        seed=seed,
        regions=_REGIONS,
        disabled_regions=(),
        density=draw(st.sampled_from([0.0, 0.7])),
        gallery=((ids[2], "eu-west-1"),),
        hostile=draw(st.booleans()),
        oddities=draw(st.booleans()),
        empty_pages=draw(st.booleans()),
        faults=tuple(draw(st.lists(st.one_of(refusal, gone), max_size=3))),
    )


def _true(truth: Truth) -> dict[tuple[str, str], Told]:
    """Every finding that there has to be, by control and ARN; gaps in clusters and services too."""
    found: dict[tuple[str, str], Told] = {}
    for control, held in (
        ("ecs-taskset-no-public-ip", truth.visible()),
        ("ecs-service-no-public-ip", [one for one in truth.services if not one.hidden]),
    ):
        for one in held:
            in_front = [one.in_front] if one.in_front and one.grade else []
            told = (one.expected, one.grade, list(one.public_ips), in_front)
            found[control, one.arn] = told
        for gap in truth.unseen:
            found[control, gap.arn] = (Status.NOT_EVALUATED, None, [], [])
    addresses = {one.arn: one for one in (*truth.visible_tasks(), *truth.interfaces)}
    for control, each in (
        ("ecs-task-no-public-ip", truth.on_tasks()),
        ("ecs-task-ipv6-exposure", truth.on_ipv6()),
    ):
        for arn, (status, grade) in each.items():
            held_by = addresses.get(arn)
            public = [held_by.public_ip] if held_by and held_by.public_ip else []
            found[control, arn] = (status, grade, public, [])
    for launcher in truth.launchers:
        if not launcher.hidden:
            told = (launcher.expected, launcher.grade, [], [])
            found["ecs-launcher-no-public-ip", launcher.arn] = told
    return found


def _said(report: dict[str, Any]) -> dict[tuple[str, str], Told]:
    """What the report says, in the same words."""
    found: dict[tuple[str, str], Told] = {}
    for one in report["findings"]:
        exposure = one["exposure"] or {}
        key = (one["control_id"], one["resource"]["arn"])
        assert key not in found
        found[key] = (
            one["status"],
            exposure.get("grade"),
            one["observed"]["public_ips"],
            exposure.get("in_front", []),
        )
    return found


@settings(
    max_examples=20,
    deadline=None,
    # The sweep fixture holds no state between examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scenario=scenarios())
def test_the_report_is_the_truth_of_every_control_and_every_grade(
    sweep: Sweep, scenario: Scenario
) -> None:
    """No finding more and none less, whatever is refused, and each gap in the ledger."""
    swept = sweep(scenario, collect=_COLLECT)
    truth = swept.simulator.truth()

    assert _said(swept.report) == _true(truth)
    gaps = {
        (entry["account_id"], entry["region"]): entry["status"]
        for entry in swept.report["coverage"]
        if entry["status"] != "COVERED"
    }
    assert gaps == {
        (gap.account, gap.region): gap.status for gap in (*truth.gaps, *truth.launcher_gaps)
    }


def test_one_region_shows_every_control_with_every_status_and_grade_that_it_can_have(
    sweep: Sweep,
) -> None:
    """What is compared above is there to be compared."""
    seed = 5
    member = account_id(seed, 2)
    scenario = Scenario(
        accounts=3,
        seed=seed,
        regions=_REGIONS,
        disabled_regions=(),
        density=1.0,
        gallery=((member, _REGIONS[0]), (member, _REGIONS[1])),
        oddities=True,
        faults=(
            Fault(FaultKind.DENY_IAM, api="ec2:DescribeNetworkAcls", region=_REGIONS[1]),
            Fault(FaultKind.VANISH, probability=0.1),
        ),
    )
    said = _said(sweep(scenario, collect=_COLLECT).report)

    grades: dict[str, set[str | None]] = {}
    for (control, _), (_, grade, _, _) in said.items():
        grades.setdefault(control, set()).add(grade)
    every = set(Grade)
    assert grades == {
        "ecs-taskset-no-public-ip": every | {None},
        "ecs-service-no-public-ip": every | {None},
        "ecs-task-no-public-ip": {Grade.REACHABLE, Grade.ADDRESSABLE, Grade.UNKNOWN, Grade.NONE},
        "ecs-task-ipv6-exposure": {Grade.REACHABLE, Grade.ADDRESSABLE, Grade.UNKNOWN, Grade.NONE},
        "ecs-launcher-no-public-ip": {Grade.CONFIGURED, Grade.NONE, Grade.UNKNOWN, None},
    }
