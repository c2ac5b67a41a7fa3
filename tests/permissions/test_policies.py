"""Policies are made of the table of permissions, and of nothing else."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from orgscan.aws.caller import READ_ONLY_ACTIONS
from orgscan.permissions.capabilities import CAPABILITIES, CORROBORATION, Holder
from orgscan.permissions.policies import (
    EVERYTHING,
    Policy,
    caller_policy,
    read_role_policy,
    trust_policy,
)


def _actions(policy: Policy) -> list[str]:
    return [action for statement in policy["Statement"] for action in statement["Action"]]


def test_the_read_role_gets_what_every_scan_needs_and_what_is_asked_for() -> None:
    """Half of an optional part's name asks for all of it."""
    plain = _actions(read_role_policy([]))
    corroborating = _actions(read_role_policy([CORROBORATION]))
    of_rules = _actions(read_role_policy(["launchers.events"]))
    of_launchers = _actions(read_role_policy(["launchers"]))

    assert set(corroborating) - set(plain) == {"ecs:DescribeTaskSets"}
    assert {action.split(":")[0] for action in plain} == {"ecs", "ec2"}
    assert {action.split(":")[0] for action in of_rules} == {"ecs", "ec2", "events"}
    assert {action.split(":")[0] for action in of_launchers} == {
        "ecs", "ec2", "events", "scheduler", "pipes", "states", "batch",
    }  # fmt: skip


def test_no_policy_grants_a_write_or_a_wildcard() -> None:
    """Reads alone; entering accounts is the caller's, by the role's own name."""
    read = _actions(read_role_policy(EVERYTHING))
    caller = _actions(caller_policy(EVERYTHING, partition="aws", role_name="r", org_id="o-1"))

    assert all(re.fullmatch(r"[a-z0-9-]+:(List|Describe|Get)[A-Za-z]+", action) for action in read)
    assert {action for action in caller if not re.search(":(List|Describe)", action)} == {
        "sts:AssumeRole"
    }


def test_the_session_policy_leaves_every_call_of_the_read_role() -> None:
    """What cuts sessions down to reading must not cut off what the table asks for."""
    actions = _actions(read_role_policy(EVERYTHING))

    assert [a for a in actions if not any(fnmatchcase(a, p) for p in READ_ONLY_ACTIONS)] == []


def test_a_statement_is_named_by_letters_and_digits_each_once() -> None:
    """IAM refuses anything else."""
    policy = read_role_policy(EVERYTHING)
    ids = [statement["Sid"] for statement in policy["Statement"]]

    assert all(re.fullmatch("[A-Za-z0-9]+", one) for one in ids)
    assert len(set(ids)) == len(ids)


def test_a_policy_of_everything_fits_into_a_managed_policy() -> None:
    """IAM counts 6,144 characters without white space."""
    assert len(re.sub(r"\s", "", str(read_role_policy(EVERYTHING)))) < 6_144


def test_the_caller_may_assume_the_read_role_within_its_organization_alone() -> None:
    """In the partition that it names."""
    policy = caller_policy([], partition="aws-us-gov", role_name="team/audit", org_id="o-1")

    (entering,) = [s for s in policy["Statement"] if s["Action"] == ["sts:AssumeRole"]]
    assert entering["Resource"] == "arn:aws-us-gov:iam::*:role/team/audit"
    assert entering["Condition"] == {"StringEquals": {"aws:ResourceOrgID": "o-1"}}


def test_a_role_trusts_one_principal_of_one_organization_with_its_external_id() -> None:
    """Never an account's root."""
    principal = "arn:aws:iam::999988887777:role/orgscan"
    policy = trust_policy(principal=principal, org_id="o-1", external_id="orgscan-7f3a")

    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"AWS": principal}
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-1", "sts:ExternalId": "orgscan-7f3a"}
    }


def test_every_capability_says_what_is_lost_without_it() -> None:
    """So that `doctor` can."""
    assert all(capability.without and capability.operations for capability in CAPABILITIES)
    assert {capability.holder for capability in CAPABILITIES} == set(Holder)
