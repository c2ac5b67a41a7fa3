"""The table of permissions against what runs call; `doctor` and `iam` as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.permissions.capabilities import CAPABILITIES
from orgscan.permissions.policies import EVERYTHING
from orgscan.simulator import (
    AccountMembers,
    Fault,
    FaultKind,
    Scenario,
    Simulator,
    account_id,
)

pytestmark = pytest.mark.integration

_SEED = 5
_REGIONS = ("eu-west-1", "us-east-1")
_MEMBER = account_id(_SEED, 2)
_GALLERY = Scenario(
    accounts=6,
    seed=_SEED,
    regions=_REGIONS,
    disabled_regions=(),
    density=0.2,
    gallery=((_MEMBER, "eu-west-1"),),
    hostile=True,
)
# Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_FREE = "sts:GetCallerIdentity"


def _told(scenario: Scenario, **changes: Any) -> Scenario:  # noqa: ANN401 - any member
    members = {name: getattr(scenario, name) for name in scenario.__struct_fields__}
    return Scenario(**{**members, **changes})


def test_a_full_run_calls_what_the_table_names_and_nothing_else(sweep: Callable[..., Any]) -> None:
    """With everything asked for, and where AWS gives neither paths nor regions centrally."""
    collect = ("launchers", "load_balancers")
    world = Simulator(_GALLERY).world.organization
    key, value = next(pair for account in world.accounts() for pair in dict(account.tags).items())
    runs = (
        sweep(_GALLERY, collect=collect),
        sweep(_GALLERY, tag=(f"{key}={value}",)),
        sweep(_told(_GALLERY, account_members=AccountMembers.STATUS, trusted_access=False)),
    )

    called = {api for run in runs for api in run.simulator.record.calls_by_api()}
    named = {action for capability in CAPABILITIES for action in capability.actions}
    assert called - {_FREE} == named
    assert [run.simulator.record.mutations for run in runs] == [[], [], []]


def _doctor(orgscan: Callable[..., Any], environ_of: Callable[..., Any], scenario: Scenario) -> Any:  # noqa: ANN401 - the fixture's own type
    simulator = Simulator(scenario)
    with simulator.serve_in_thread() as endpoint:
        done = orgscan(
            "doctor", "--sample", "9", "--collect", "launchers", environ=environ_of(endpoint)
        )
    assert simulator.record.mutations == []
    assert not any(secret in done.out + done.err for secret in simulator.record.secrets())
    return done


def test_doctor_finds_nothing_missing_where_nothing_is(
    orgscan: Callable[..., Any], environ_of: Callable[..., Any]
) -> None:
    """Every capability is ok, and the status is 0."""
    done = _doctor(orgscan, environ_of, _GALLERY)

    marks = [
        line for line in done.out.splitlines() if line.startswith(("ok ", "in part", "missing"))
    ]
    assert (done.status, done.err) == (0, "")
    assert all(mark.startswith("ok ") for mark in marks)
    assert done.out.splitlines()[-1] == (
        "Nothing is missing: a scan would see everything in the accounts that were tried."
    )


def test_doctor_names_what_a_denied_call_costs_and_what_mends_it(
    orgscan: Callable[..., Any], environ_of: Callable[..., Any]
) -> None:
    """By capability, with the place, AWS's reason and the mend; the status is 4."""
    faults = (
        Fault(FaultKind.DENY_SCP, _MEMBER, "eu-west-1", "ec2:DescribeNetworkInterfaces"),
        Fault(FaultKind.DENY_IAM, _MEMBER, "us-east-1", "pipes:ListPipes"),
        Fault(FaultKind.REFUSE_ROLE, account_id(_SEED, 3)),
    )
    done = _doctor(orgscan, environ_of, _told(_GALLERY, faults=faults))

    text = "\n".join(line.strip() for line in done.out.splitlines())
    assert done.status == 4
    assert (
        "in part  network interfaces\n"
        f"in {_MEMBER} (eu-west-1):\n"
        "public addresses of running tasks are not observed\n"
        "because ec2:DescribeNetworkInterfaces: denied by a service control policy\n"
        "mend: let the service control policy except the role, or accept that this stays unseen\n"
    ) in text
    assert f"in {_MEMBER} (us-east-1):\nwhat they start is not known beforehand\n" in text
    assert f"in {account_id(_SEED, 3)}:\nthe account is not swept\n" in text
    assert done.out.splitlines()[-1] == (
        "A scan would run, and its report would have gaps in 3 of the places tried."
    )


def test_a_region_that_a_policy_denies_is_told_once(
    orgscan: Callable[..., Any], environ_of: Callable[..., Any]
) -> None:
    """Without the clusters a scan asks nothing more there, and neither does doctor."""
    faults = (Fault(FaultKind.DENY_SCP, _MEMBER, "eu-west-1"),)
    done = _doctor(orgscan, environ_of, _told(_GALLERY, faults=faults))

    assert done.out.count("denied by a service control policy") == 1
    assert "nothing of ECS is seen" in done.out


def test_doctor_without_an_organization_says_so_and_exits_with_2(
    orgscan: Callable[..., Any], environ_of: Callable[..., Any]
) -> None:
    """Nothing could be swept at all."""
    fault = Fault(FaultKind.DENY_IAM, "*", "*", "organizations:ListAccounts")
    done = _doctor(orgscan, environ_of, _told(_GALLERY, faults=(fault,)))

    assert (done.status, done.out) == (2, "")
    assert "organizations:ListAccounts" in done.err


def test_iam_prints_policies_that_are_json(orgscan: Callable[..., Any]) -> None:
    """Each kind, as a file for IAM."""
    principal = "arn:aws:iam::999988887777:role/orgscan"
    read = orgscan("iam", "--all", environ={})
    trust = orgscan("iam", "trust", "--principal", principal, "--org-id", "o-1", environ={})

    assert json.loads(read.out)["Version"] == "2012-10-17"
    assert json.loads(trust.out)["Statement"][0]["Principal"] == {"AWS": principal}
    assert len(EVERYTHING) == 8


def test_iam_trust_without_a_principal_says_what_to_give(orgscan: Callable[..., Any]) -> None:
    """A policy that trusts nobody, or everybody, is not printed."""
    done = orgscan("iam", "trust", environ={})

    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "orgscan: orgscan iam trust: a trust policy names one principal of one organization. "
        "Give --principal and --org-id\n"
    )
