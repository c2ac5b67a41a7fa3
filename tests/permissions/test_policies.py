"""Policies are made of the table of permissions, and of nothing else."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from orgscan.aws.caller import READ_ONLY_ACTIONS
from orgscan.config.settings import Settings
from orgscan.permissions.capabilities import CAPABILITIES
from orgscan.permissions.capability import Holder
from orgscan.permissions.policies import (
    EVERYTHING,
    Policy,
    caller_policy,
    read_role_policy,
    remediate_role_policy,
    security_hub_role_policy,
    trust_policy,
)
from orgscan.permissions.remediating import REMEDIATE
from orgscan.permissions.scanning import CORROBORATION
from orgscan.remediation.actions.registry import ACTIONS
from orgscan.remediation.site import READS


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
    caller = _actions(caller_policy(EVERYTHING, Settings(), partition="aws", org_id="o-1"))

    assert all(re.fullmatch(r"[a-z0-9-]+:(List|Describe|Get)[A-Za-z]+", action) for action in read)
    assert {action for action in caller if not re.search(":(List|Describe|Get)", action)} == {
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
    settings = Settings(role_name="team/audit", management_role_name="root-audit")
    policy = caller_policy([], settings, partition="aws-us-gov", org_id="o-1")

    (entering,) = [s for s in policy["Statement"] if s["Action"] == ["sts:AssumeRole"]]
    assert entering["Resource"] == [
        "arn:aws-us-gov:iam::*:role/team/audit",
        "arn:aws-us-gov:iam::*:role/root-audit",
    ]
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
    assert all(capability.without and capability.actions for capability in CAPABILITIES)
    assert {capability.holder for capability in CAPABILITIES} == set(Holder)


def test_what_a_remediation_may_read_is_what_its_session_policy_leaves() -> None:
    """The read role's sessions are cut down to a scan's reads and these."""
    actions = set(_actions(read_role_policy([REMEDIATE], ["arn:aws:s3:::releases/*"])))
    beyond = actions - set(_actions(read_role_policy([])))

    assert beyond == {
        *READS,
        "ec2:DescribeNatGateways",
        "ec2:DescribeVpcEndpoints",
        "ecs:DescribeTaskDefinition",
    }


def test_the_remediate_role_may_do_what_its_actions_write_and_no_more() -> None:
    """The session policy of a change names the same; tags and roles go with what is made."""
    written = {name for action in ACTIONS.values() for name in action.writes}

    assert set(_actions(remediate_role_policy())) == written | {"iam:PassRole"}


def test_the_security_hub_role_may_import_and_read_findings() -> None:
    """And nothing else, so that it is of no use for anything else."""
    assert _actions(security_hub_role_policy()) == [
        "securityhub:GetFindings",
        "securityhub:BatchImportFindings",
    ]
