"""Services of the ECS controller, swept whole: what is asked, and what a refusal costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.simulator import Fault, FaultKind, Scenario, account_id

pytestmark = pytest.mark.integration

Sweep = Callable[..., Any]
_REGION = "us-east-1"
_MEMBER = account_id(11, 2)
_API = "ecs:DescribeServiceRevisions"


def _scenario(*faults: Fault) -> Scenario:
    """Three accounts in one region; the last has one service of every kind."""
    return Scenario(
        accounts=3,
        seed=11,
        regions=(_REGION,),
        disabled_regions=(),
        density=0.0,
        gallery=((_MEMBER, _REGION),),
        hostile=True,
        faults=faults,
    )


def _verdicts(swept: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - the fixture's own type
    return {
        finding["resource"]["arn"]: finding
        for finding in swept.report["findings"]
        if finding["control_id"] == "ecs-service-no-public-ip"
    }


def _statuses(swept: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    return {arn: finding["status"] for arn, finding in _verdicts(swept).items()}


def _coverage(swept: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    entries = {entry["account_id"]: entry for entry in swept.report["coverage"]}
    entry: dict[str, Any] = entries[_MEMBER]
    return entry


@settings(
    max_examples=10,
    deadline=None,
    # The sweep fixture holds no state between examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), oddities=st.booleans(), denied=st.booleans())
def test_the_report_says_the_truth_about_every_service(
    sweep: Sweep, seed: int, oddities: bool, denied: bool
) -> None:
    """Whatever the seed makes, and whether or not service revisions may be described."""
    scenario = Scenario(
        accounts=3,
        seed=seed,
        regions=(_REGION, "eu-west-1"),
        disabled_regions=(),
        density=0.5,
        gallery=((account_id(seed, 2), _REGION),),
        oddities=oddities,
        hostile=True,
        faults=(Fault(FaultKind.DENY_IAM, api=_API),) if denied else (),
    )
    swept = sweep(scenario)
    truth = swept.simulator.truth()
    gaps = {
        (entry["account_id"], entry["region"]): entry["status"]
        for entry in swept.report["coverage"]
        if entry["status"] != "COVERED"
    }

    assert _statuses(swept) == {one.arn: one.expected for one in truth.services}
    assert gaps == {(gap.account, gap.region): gap.status for gap in truth.gaps}


def test_all_revisions_of_a_region_are_asked_for_in_one_call(sweep: Sweep) -> None:
    """Of whatever cluster they are, up to twenty, and nowhere else."""
    swept = sweep(_scenario())
    calls = swept.simulator.record.calls

    assert {key: n for key, n in calls.items() if key[2] == _API} == {(_MEMBER, _REGION, _API): 1}
    assert _coverage(swept)["status"] == "COVERED"


def test_a_public_revision_that_no_deployment_shows_fails_its_service(sweep: Sweep) -> None:
    """The reason names the revision, and the evidence holds both answers."""
    found = [
        finding
        for finding in _verdicts(sweep(_scenario())).values()
        if "Its service revision" in finding["reason"] and finding["status"] == "FAILED"
    ]

    assert len(found) == 1
    assert found[0]["reason"].startswith(
        "This service states assignPublicIp DISABLED. Its service revision "
    )
    assert found[0]["observed"]["assign_public_ip"] == "ENABLED"
    assert found[0]["observed"]["corroboration"] == "differs"
    assert len(found[0]["evidence"]) == 2


@pytest.mark.parametrize(
    "kind", [FaultKind.DENY_IAM, FaultKind.DENY_SCP, FaultKind.THROTTLE, FaultKind.TRUNCATE]
)
def test_refused_revisions_cost_only_the_verdicts_that_need_them(
    sweep: Sweep, kind: FaultKind
) -> None:
    """The ledger says what is missing, and so does each finding that it leaves undecided."""
    calm = _statuses(sweep(_scenario()))
    swept = sweep(_scenario(Fault(kind, account=_MEMBER, api=_API)))
    entry = _coverage(swept)
    changed = {arn: status for arn, status in _statuses(swept).items() if status != calm[arn]}

    assert entry["status"] == "PARTLY_COVERED"
    assert entry["api"] == _API
    assert "service revisions could not be described" in entry["reason"]
    assert set(changed.values()) == {"NOT_EVALUATED"}
    assert len(changed) == 3
    assert all(_API in _verdicts(swept)[arn]["reason"] for arn in changed)
    assert swept.exit_status == 5


def test_express_services_say_that_only_subnets_change_them(sweep: Sweep) -> None:
    """They are listed and judged like any other service."""
    express = [
        finding
        for finding in _verdicts(sweep(_scenario())).values()
        if finding["reason"].startswith("This Express service")
    ]

    assert sorted(finding["status"] for finding in express) == ["FAILED", "PASSED", "WARNING"]
    assert all(
        "only other subnets (UpdateExpressGatewayService) can change it" in finding["reason"]
        for finding in express
        if finding["status"] != "PASSED"
    )


def test_a_service_that_vanished_is_known_to_both_controls(sweep: Sweep) -> None:
    """Nobody knows its controller any more, so neither control may pass over it."""
    fault = Fault(FaultKind.VANISH, account=_MEMBER, probability=0.5)
    swept = sweep(_scenario(fault))
    gone = {one.arn for one in swept.simulator.truth().unseen}
    not_evaluated = {
        (finding["control_id"], finding["resource"]["arn"])
        for finding in swept.report["findings"]
        if finding["status"] == "NOT_EVALUATED"
    }

    assert gone
    assert not_evaluated == {
        (control, arn)
        for control in ("ecs-taskset-no-public-ip", "ecs-service-no-public-ip")
        for arn in gone
    }


def test_findings_come_by_account_region_arn_and_control(sweep: Sweep) -> None:
    """However many controls there are."""
    fault = Fault(FaultKind.VANISH, account=_MEMBER, probability=0.5)
    places = [
        (one["account"]["id"], one["region"], one["resource"]["arn"], one["control_id"])
        for one in sweep(_scenario(fault)).report["findings"]
    ]

    assert places == sorted(places)
