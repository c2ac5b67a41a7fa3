"""What users of other scanners live with, and do not meet here: one test for each defect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import AccountMembers, Fault, FaultKind, Scenario, account_id

pytestmark = pytest.mark.integration

_REGION = "us-east-1"
_MEMBER = account_id(11, 2)
Sweep = Callable[..., Any]


def _scenario(**told: Any) -> Scenario:  # noqa: ANN401 - any member of a scenario
    """Three accounts in one region; the last has one service of every kind."""
    given: dict[str, Any] = {
        "accounts": 3,
        "seed": 11,
        "regions": (_REGION,),
        "disabled_regions": (),
        "density": 0.0,
        "gallery": ((_MEMBER, _REGION),),
    }
    return Scenario(**{**given, **told})


def _findings(swept: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - the fixture's own type
    return {
        finding["resource"]["arn"]: finding
        for finding in swept.report["findings"]
        if finding["control_id"] == "ecs-taskset-no-public-ip"
    }


def _coverage(swept: Any) -> dict[tuple[str, str | None], dict[str, Any]]:  # noqa: ANN401 - as above
    return {(entry["account_id"], entry["region"]): entry for entry in swept.report["coverage"]}


def test_a_service_that_vanished_costs_no_other_service_of_its_cluster(sweep: Sweep) -> None:
    """Half of the services are gone when described: each is named, and the rest is judged."""
    swept = sweep(_scenario(faults=(Fault(FaultKind.VANISH, account=_MEMBER, probability=0.5),)))
    truth = swept.simulator.truth()
    findings = _findings(swept)

    assert truth.unseen
    assert truth.visible()
    assert {arn for arn, one in findings.items() if one["status"] == "NOT_EVALUATED"} == {
        one.arn for one in truth.unseen
    }
    assert {arn for arn, one in findings.items() if one["status"] != "NOT_EVALUATED"} == {
        one.arn for one in truth.visible()
    }
    assert _coverage(swept)[_MEMBER, _REGION]["status"] == "PARTLY_COVERED"
    assert _coverage(swept)[_MEMBER, _REGION]["error_code"] == "MISSING"


def test_one_cluster_that_is_denied_costs_no_other_cluster(sweep: Sweep) -> None:
    """The denied cluster is a finding NOT_EVALUATED; the others are judged."""
    whole = sweep(_scenario())
    judged = _findings(whole).values()
    clusters = Counter(finding["resource"]["cluster_arn"] for finding in judged)
    denied = next(iter(clusters))
    fault = Fault(
        FaultKind.DENY_IAM,
        account=_MEMBER,
        api="ecs:ListServices",
        cluster=denied.rsplit("/", 1)[-1],
    )
    swept = sweep(_scenario(faults=(fault,)))
    findings = _findings(swept)

    assert findings[denied]["status"] == "NOT_EVALUATED"
    assert findings[denied]["resource"]["type"] == "AWS::ECS::Cluster"
    others = [one for one in findings.values() if one["resource"]["cluster_arn"] != denied]
    assert len(others) == len(judged) - clusters[denied]


def test_a_denied_account_region_is_no_empty_one(sweep: Sweep) -> None:
    """A region without clusters is COVERED; a denied one says who denies it, and exits with 4."""
    swept = sweep(_scenario(faults=(Fault(FaultKind.DENY_SCP, account=_MEMBER, api="ecs:*"),)))
    entry = _coverage(swept)[_MEMBER, _REGION]

    assert entry["status"] == "DENIED_BY_SCP"
    assert entry["api"] == "ecs:ListClusters"
    assert entry["error_code"] == "AccessDeniedException"
    assert "service control policy" in entry["message"]
    assert swept.exit_status == 4
    assert _coverage(swept)[account_id(11, 1), _REGION]["status"] == "COVERED"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.DENY_SCP, "DENIED_BY_SCP"),
        (FaultKind.DENY_SCP_IMPLICIT, "DENIED_BY_SCP"),
        (FaultKind.DENY_IAM, "DENIED"),
        (FaultKind.DENY_BOUNDARY, "DENIED"),
        (FaultKind.DENY_SESSION_POLICY, "DENIED"),
        (FaultKind.DENY_PLAIN, "DENIED"),
        (FaultKind.REGION_NOT_ENABLED, "REGION_NOT_ENABLED"),
        (FaultKind.THROTTLE, "THROTTLED"),
        (FaultKind.SERVER_ERROR, "ERROR"),
        (FaultKind.RESET, "ERROR"),
        (FaultKind.TRUNCATE, "ERROR"),
        (FaultKind.GARBAGE, "ERROR"),
        (FaultKind.EXPIRE_TOKEN, "ERROR"),
        (FaultKind.HANG, "TIMED_OUT"),
    ],
)
def test_each_way_of_not_seeing_has_its_own_status_and_is_a_gap(
    sweep: Sweep, kind: FaultKind, status: str
) -> None:
    """Nothing that goes wrong for good becomes an empty list."""
    fault = Fault(kind, account=_MEMBER, api="ecs:ListClusters")
    # Only what hangs is waited for, twice.
    seconds = 2.0 if kind is FaultKind.HANG else 30.0
    swept = sweep(_scenario(faults=(fault,)), call_timeout=seconds)

    assert _coverage(swept)[_MEMBER, _REGION]["status"] == status
    assert swept.exit_status == 4
    assert swept.report["findings"] == []


def test_a_denial_is_never_tried_again(sweep: Sweep) -> None:
    """AccessDenied answers once for each call that is denied."""
    fault = Fault(FaultKind.DENY_IAM, account=_MEMBER, api="ecs:ListClusters")
    swept = sweep(_scenario(faults=(fault,)))

    assert swept.simulator.record.calls[_MEMBER, _REGION, "ecs:ListClusters"] == 1


def test_an_account_whose_role_is_refused_does_not_vanish(sweep: Sweep) -> None:
    """It has its line in the ledger, the run exits with 4, and the other accounts are swept."""
    swept = sweep(_scenario(refused=(_MEMBER,)))
    entry = _coverage(swept)[_MEMBER, None]

    assert entry["status"] == "ROLE_NOT_ASSUMABLE"
    assert entry["api"] == "sts:AssumeRole"
    assert swept.exit_status == 4
    assert swept.report["totals"]["accounts"] == {
        "listed": 3,
        "in_scope": 3,
        "covered": 2,
        "partly_covered": 0,
        "not_covered": 1,
        "not_active": 0,
    }


@pytest.mark.parametrize("members", [AccountMembers.STATE, AccountMembers.STATUS])
def test_the_retired_status_serves_where_there_is_no_state(
    sweep: Sweep, members: AccountMembers
) -> None:
    """A suspended account is told by either member."""
    swept = sweep(_scenario(account_members=members, suspended=(_MEMBER,)))

    assert _coverage(swept)[_MEMBER, None]["status"] == "ACCOUNT_NOT_ACTIVE"
    assert swept.exit_status == 0


def test_an_account_without_any_state_is_an_error_and_not_skipped(sweep: Sweep) -> None:
    """Neither State nor Status: every account is said to be unknown, loudly."""
    swept = sweep(_scenario(account_members=AccountMembers.NEITHER))

    assert {entry["status"] for entry in swept.report["coverage"]} == {"ERROR"}
    assert swept.exit_status == 4


def test_the_corroborations_refusal_loses_no_finding(sweep: Sweep) -> None:
    """DescribeTaskSets denied: the same verdicts, full coverage, and the refusal beside them."""
    calm = sweep(_scenario())
    fault = Fault(FaultKind.DENY_IAM, account=_MEMBER, api="ecs:DescribeTaskSets")
    swept = sweep(_scenario(faults=(fault,)))

    assert {arn: one["status"] for arn, one in _findings(swept).items()} == {
        arn: one["status"] for arn, one in _findings(calm).items()
    }
    assert {one["observed"]["corroboration"] for one in _findings(swept).values()} == {"refused"}
    assert {entry["status"] for entry in swept.report["coverage"]} == {"COVERED"}


def test_the_corroboration_can_be_switched_off(sweep: Sweep) -> None:
    """No DescribeTaskSets call, and the run says so."""
    swept = sweep(_scenario(), corroborate_task_sets=False)

    assert swept.simulator.record.calls_by_api()["ecs:DescribeTaskSets"] == 0
    assert swept.notes == ["Task sets were not asked for by id (corroborate_task_sets: false)"]


def test_an_account_region_without_clusters_costs_exactly_one_call(sweep: Sweep) -> None:
    """Nothing is asked where there is nothing."""
    swept = sweep(_scenario(gallery=()))

    regional = {
        key: count
        for key, count in swept.simulator.record.calls.items()
        if key[2].startswith(("ecs:", "ec2:"))
    }
    assert regional == {
        (account_id(11, index), _REGION, "ecs:ListClusters"): 1 for index in range(3)
    }
    assert {entry["api_calls"] for entry in swept.report["coverage"]} == {1}


def test_each_account_is_entered_once_for_all_its_regions(sweep: Sweep) -> None:
    """One AssumeRole an account, none for the caller's own, and no signature of another account."""
    regions = ("eu-west-1", "us-east-1", "us-west-2")
    swept = sweep(_scenario(regions=regions, density=1.0, gallery=()))
    record = swept.simulator.record
    entered = {key[0]: n for key, n in record.calls.items() if key[2] == "sts:AssumeRole"}

    assert entered == {account_id(11, 1): 1, account_id(11, 2): 1}
    assert list(record.rejected_signatures) == []


def test_a_sweep_changes_nothing_and_could_not(sweep: Sweep) -> None:
    """No call that is not a read is ever made."""
    swept = sweep(_scenario(density=1.0))

    assert swept.simulator.record.mutations == []


def test_regions_are_read_in_the_account_where_the_organization_does_not_tell(
    sweep: Sweep,
) -> None:
    """account:ListRegions denied once is not asked again; the same regions come from EC2."""
    scenario = _scenario(trusted_access=False, disabled_regions=("af-south-1",))
    swept = sweep(scenario)
    entries = _coverage(swept)

    assert swept.simulator.record.calls_by_api()["account:ListRegions"] <= 3
    assert entries[_MEMBER, _REGION]["status"] == "COVERED"
    assert entries[_MEMBER, "af-south-1"]["status"] == "REGION_NOT_ENABLED"
    assert entries[_MEMBER, "af-south-1"]["api"] == "ec2:DescribeRegions"
    assert swept.exit_status == 1


def test_a_token_that_expires_early_is_replaced_once_and_nothing_is_lost(sweep: Sweep) -> None:
    """The first call of the member is answered ExpiredToken; the sweep is complete all the same."""
    fault = Fault(FaultKind.EXPIRE_TOKEN, account=_MEMBER, api="ecs:*", first=1)
    swept = sweep(_scenario(faults=(fault,)))

    assert swept.simulator.record.calls[_MEMBER, _REGION, "sts:AssumeRole"] == 2
    assert {entry["status"] for entry in swept.report["coverage"]} == {"COVERED"}
