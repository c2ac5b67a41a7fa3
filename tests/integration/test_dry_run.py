"""`orgscan scan --dry-run` as a user runs it, held to the run that follows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orgscan.simulator import Fault, FaultKind, Scenario, Simulator, account_id

pytestmark = pytest.mark.integration

Run = Callable[..., Any]
_JSON = {"ORGSCAN_LOG_FORMAT": "json"}
_SCENARIO = Scenario(
    accounts=12,
    seed=3,
    regions=("eu-west-1", "us-east-1"),
    disabled_regions=("af-south-1",),
    suspended=(account_id(3, 2),),
    density=0.3,
)
_BEFORE_A_SWEEP = {
    "sts:GetCallerIdentity",
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "account:ListRegions",
}


def test_a_dry_run_enters_no_account_and_writes_nothing(
    orgscan: Run, environ_of: Run, tmp_path: Path
) -> None:
    """Of all calls only those that a scan makes before it assumes a role."""
    simulator = Simulator(_SCENARIO)
    with simulator.serve_in_thread() as endpoint:
        done = orgscan("scan", "--dry-run", environ=environ_of(endpoint))

    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Dry run: no role was assumed, nothing was swept")
    assert set(simulator.record.calls_by_api()) == _BEFORE_A_SWEEP
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_tells_what_the_scan_then_does(orgscan: Run, environ_of: Run) -> None:
    """Accounts and account-regions to the one; calls, once a run was measured, nearly so."""
    simulator = Simulator(_SCENARIO)
    with simulator.serve_in_thread() as endpoint:
        environ = {**environ_of(endpoint), **_JSON}
        before = json.loads(orgscan("scan", "--dry-run", environ=environ).out)
        report = orgscan("scan", environ=environ).report
        after = json.loads(orgscan("scan", "--dry-run", environ=environ).out)

    totals = report["totals"]
    assert before["found"]["listed"] == totals["accounts"]["listed"]
    assert before["found"]["in_scope"] == totals["accounts"]["in_scope"]
    assert before["found"]["not_active"] == {"SUSPENDED": totals["accounts"]["not_active"]}
    assert before["found"]["regions"]["targets"] == totals["targets"]["in_scope"]
    assert before["found"]["regions"]["not_enabled"] == totals["targets"]["not_enabled"]
    assert before["basis"]["run_id"] is None
    assert after["basis"]["run_id"] == report["run"]["id"]
    assert after["estimate"]["calls"] == totals["api_calls"]


def test_filters_are_told_as_what_they_leave_out(orgscan: Run, environ_of: Run) -> None:
    """Accounts and regions apart."""
    simulator = Simulator(_SCENARIO)
    with simulator.serve_in_thread() as endpoint:
        environ = {**environ_of(endpoint), **_JSON}
        whole = json.loads(orgscan("scan", "--dry-run", environ=environ).out)["found"]
        chosen = ["--region", "eu-*", "--exclude-account", account_id(3, 3)]
        part = json.loads(orgscan("scan", "--dry-run", *chosen, environ=environ).out)["found"]

    assert part["filtered"] == 1
    assert part["in_scope"] == whole["in_scope"] - 1
    assert part["regions"]["filtered"] == part["regions"]["targets"] == part["in_scope"]


def test_a_shard_is_told_by_itself(orgscan: Run, environ_of: Run) -> None:
    """Three of them have every account once between them."""
    simulator = Simulator(_SCENARIO)
    with simulator.serve_in_thread() as endpoint:
        environ = {**environ_of(endpoint), **_JSON, "ORGSCAN_SHARD_GROUP": "nightly"}
        told = [
            json.loads(orgscan("scan", "--dry-run", "--shard", f"{n}/3", environ=environ).out)
            for n in (1, 2, 3)
        ]

    found = [each["found"] for each in told]
    assert sum(each["in_scope"] for each in found) == 11
    assert {
        each["in_scope"] + sum(each["not_active"].values()) + each["other_shards"] for each in found
    } == {12}


def test_regions_that_nobody_tells_are_a_doubt_and_not_left_out(
    orgscan: Run, environ_of: Run
) -> None:
    """Every region that botocore knows counts, and the reason is said."""
    denied = Fault(FaultKind.DENY_IAM, "*", "*", "account:ListRegions")
    told = {name: getattr(_SCENARIO, name) for name in _SCENARIO.__struct_fields__}
    simulator = Simulator(Scenario(**{**told, "faults": (denied,)}))
    with simulator.serve_in_thread() as endpoint:
        done = orgscan("scan", "--dry-run", environ=environ_of(endpoint))

    assert done.status == 0
    assert "The regions of 11 accounts were not told centrally (account:ListRegions: " in done.out
    assert "they count with every region there is" in done.out


def test_a_dry_run_ends_for_the_reason_that_the_scan_would(orgscan: Run, environ_of: Run) -> None:
    """No organization, no forecast; and a dry run goes on with no broken-off one."""
    denied = Fault(FaultKind.DENY_IAM, "*", "*", "organizations:ListAccounts")
    simulator = Simulator(Scenario(accounts=3, faults=(denied,)))
    with simulator.serve_in_thread() as endpoint:
        refused = orgscan("scan", "--dry-run", environ=environ_of(endpoint))
        resumed = orgscan("scan", "--dry-run", "--resume", environ=environ_of(endpoint))

    assert (refused.status, refused.out) == (2, "")
    assert "organizations:ListAccounts" in refused.err
    assert resumed.status == 2
    assert resumed.err == (
        "orgscan: --dry-run: a dry run tells of a whole scan, not of what is left of one. "
        "Leave out --resume\n"
    )
