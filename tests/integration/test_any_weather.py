"""Whatever AWS does, findings and coverage account for everything, and nothing unseen passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.simulator import (
    AccountMembers,
    Fault,
    FaultKind,
    Scenario,
    account_id,
)

pytestmark = pytest.mark.integration

_REGIONS = ("eu-west-1", "us-east-1")
_DISABLED = ("af-south-1",)
_APIS = (
    "ecs:ListClusters",
    "ecs:ListServices",
    "ecs:DescribeServices",
    "ecs:DescribeTaskSets",
    "ecs:DescribeServiceRevisions",
    "ecs:*",
    "sts:AssumeRole",
    "account:ListRegions",
    "*",
)
# A hang costs a whole timeout for each attempt, so it has a test of its own.
_KINDS = [kind for kind in FaultKind if kind not in {FaultKind.HANG, FaultKind.SLOW}]


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Small organizations with up to four things that go wrong in the members."""
    seed = draw(st.integers(0, 2**32))
    accounts = draw(st.integers(3, 5))
    ids = [account_id(seed, index) for index in range(accounts)]
    # The management account makes the central calls: what strikes those ends a scan before it
    # begins, which other tests show.
    fault = st.builds(
        Fault,
        kind=st.sampled_from(_KINDS),
        account=st.sampled_from(ids[1:]),
        region=st.sampled_from([*_REGIONS, "*"]),
        api=st.sampled_from(_APIS),
        probability=st.sampled_from([0.2, 0.5, 1.0]),
        first=st.sampled_from([None, None, 1, 3]),
    )
    return Scenario(
        accounts=accounts,
        seed=seed,
        regions=_REGIONS,
        disabled_regions=_DISABLED,
        density=0.6,
        hostile=draw(st.booleans()),
        empty_pages=draw(st.booleans()),
        trusted_access=draw(st.booleans()),
        code_deploy_task_sets=draw(st.booleans()),
        account_members=draw(st.sampled_from(list(AccountMembers))),
        suspended=tuple(draw(st.lists(st.sampled_from(ids[1:]), max_size=1))),
        refused=tuple(draw(st.lists(st.sampled_from(ids[1:]), max_size=1))),
        faults=tuple(draw(st.lists(fault, max_size=4))),
    )


@settings(
    max_examples=25,
    deadline=None,
    # The sweep fixture holds no state between examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scenario=scenarios())
def test_findings_and_coverage_account_for_everything_in_scope(
    sweep: Callable[..., Any], scenario: Scenario
) -> None:
    """One entry a target; what passed was seen; what was not seen is a gap."""
    swept = sweep(scenario)
    report = swept.report

    _each_target_once(scenario, report)
    gaps = _gaps(report)
    findings = {
        finding["resource"]["arn"]: finding["status"]
        for finding in report["findings"]
        if finding["resource"]["type"] == "AWS::ECS::TaskSet"
    }
    truth = swept.simulator.truth()
    existing = {one.arn: one for one in truth.task_sets}
    public = {one.task_set_arn for one in truth.tasks if one.public_ip}
    assert findings.keys() <= existing.keys()
    for arn, one in existing.items():
        verdict = findings.get(arn)
        if verdict == ("FAILED" if arn in public else one.stated):
            continue
        # What runs could not be seen, or had stopped: the verdict is on what is stated alone.
        assert verdict in {None, one.stated}
        assert _stop(scenario) or (
            {(one.account, one.region), (one.account, None)} & _uncovered(report)
        )
    _services_are_accounted_for(report, truth.services)
    assert bool(gaps) == (swept.exit_status in {4, 5})
    failed = any(finding["status"] == "FAILED" for finding in report["findings"])
    assert failed == (swept.exit_status in {1, 5})
    _no_secret_is_written(swept)


def _stop(scenario: Scenario) -> bool:
    """Whether tasks stop, or lose their interfaces, while they are looked at."""
    gone = {FaultKind.STOP_TASKS, FaultKind.DETACH}
    return any(fault.kind in gone for fault in scenario.faults)


def _services_are_accounted_for(report: dict[str, Any], truth: Any) -> None:  # noqa: ANN401 - the simulator's own type, read by name
    """Every service has its true verdict, or one that admits what was not seen beside a gap."""
    findings = {
        finding["resource"]["arn"]: finding["status"]
        for finding in report["findings"]
        if finding["control_id"] == "ecs-service-no-public-ip"
    }
    for one in truth:
        if findings.get(one.arn) == one.expected:
            continue
        assert findings.get(one.arn, "NOT_EVALUATED") in {"NOT_EVALUATED", "WARNING"}
        assert {(one.account, one.region), (one.account, None)} & _uncovered(report)


def _each_target_once(scenario: Scenario, report: dict[str, Any]) -> None:
    places = Counter((entry["account_id"], entry["region"]) for entry in report["coverage"])
    assert set(places.values()) == {1}
    for index in range(scenario.accounts):
        account = scenario.account_id(index)
        regions = {region for owner, region in places if owner == account}
        assert regions == {None} or set(_REGIONS) <= regions


def _uncovered(report: dict[str, Any]) -> set[tuple[str, str | None]]:
    return {
        (entry["account_id"], entry["region"])
        for entry in report["coverage"]
        if entry["status"] != "COVERED"
    }


def _gaps(report: dict[str, Any]) -> set[tuple[str, str | None]]:
    return {
        (entry["account_id"], entry["region"])
        for entry in report["coverage"]
        if entry["status"] not in {"COVERED", "ACCOUNT_NOT_ACTIVE"}
        and not (entry["status"] == "REGION_NOT_ENABLED" and not entry["error_code"])
    }


def _no_secret_is_written(swept: Any) -> None:  # noqa: ANN401 - the fixture's own type
    for secret in swept.simulator.record.secrets():
        for content in swept.written.values():
            assert secret.encode() not in content
