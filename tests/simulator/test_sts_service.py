"""STS lets in whom the role's trust policy names, and says no more than AWS to the others."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import Endpoint, Fault, FaultKind, Home, Scenario, Simulator

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]

READ_ONLY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["ecs:List*", "ecs:Describe*"], "Resource": "*"}
        ],
    }
)


def role(account: str, name: str = "orgscan-audit") -> str:
    """Its ARN."""
    return f"arn:aws:iam::{account}:role/{name}"


def test_the_caller_is_a_user_of_its_home_account(serve: Serve, connect: Make) -> None:
    """With a key that has no session token."""
    simulator, endpoint = serve(Scenario())
    identity = connect(endpoint, "sts").get_caller_identity()
    home = simulator.scenario.account_id(0)
    assert identity["Account"] == home
    assert identity["Arn"] == f"arn:aws:iam::{home}:user/orgscan"
    assert endpoint.session_token is None


def test_a_role_session_is_somebody_in_the_other_account(
    serve: Serve, connect: Make, assume: Make
) -> None:
    """The response, the session's own identity and the expiration agree."""
    simulator, endpoint = serve(Scenario())
    account = simulator.scenario.account_id(2)
    answer = connect(endpoint, "sts").assume_role(
        RoleArn=role(account),
        RoleSessionName="nightly",
        DurationSeconds=900,
        Tags=[{"Key": "run", "Value": "1"}],
        SourceIdentity="auditor",
    )
    arn = f"arn:aws:sts::{account}:assumed-role/orgscan-audit/nightly"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert answer["SourceIdentity"] == "auditor"
    assert 890 <= answer["Credentials"]["Expiration"].timestamp() - time.time() <= 901
    session = assume(endpoint, account, RoleSessionName="nightly")
    identity = connect(endpoint, "sts", credentials=session).get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (account, arn)
    assert identity["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]


def test_a_role_with_a_path_is_named_without_it_in_its_sessions(
    serve: Serve, connect: Make
) -> None:
    """As AWS does: the path is part of the role's ARN and not of its session's."""
    simulator, endpoint = serve(Scenario(role_name="team/security/audit"))
    account = simulator.scenario.account_id(2)
    answer = connect(endpoint, "sts").assume_role(
        RoleArn=role(account, "team/security/audit"), RoleSessionName="orgscan"
    )
    assert answer["AssumedRoleUser"]["Arn"] == (
        f"arn:aws:sts::{account}:assumed-role/audit/orgscan"
    )


@pytest.mark.parametrize(
    "why",
    ["missing role", "no external id", "wrong external id", "refused", "suspended", "stranger"],
)
def test_every_refusal_reads_the_same(
    serve: Serve, connect: Make, refusal: Refusal, why: str
) -> None:
    """AWS does not tell a missing role from a wrong external id or a missing permission."""
    plain = Scenario(accounts=8)
    scenario = Scenario(
        accounts=8,
        external_id="expected",
        refused=(plain.account_id(3),),
        suspended=(plain.account_id(4),),
    )
    simulator, endpoint = serve(scenario)
    number = {"refused": 3, "suspended": 4}.get(why, 2)
    account = "123456789012" if why == "stranger" else scenario.account_id(number)
    arn = role(account, "missing" if why == "missing role" else "orgscan-audit")
    given = {"no external id": {}, "wrong external id": {"ExternalId": "other"}}.get(
        why, {"ExternalId": "expected"}
    )
    client = connect(endpoint, "sts")
    refused = refusal(client.assume_role, RoleArn=arn, RoleSessionName="orgscan", **given)
    assert refused == (
        "AccessDenied",
        (
            f"User: arn:aws:iam::{scenario.account_id(0)}:user/orgscan is not authorized to "
            f"perform: sts:AssumeRole on resource: {arn}"
        ),
    )
    assert simulator.record.calls[account, "us-east-1", "sts:AssumeRole"] == 1


def test_the_right_external_id_opens_the_role(serve: Serve, assume: Make) -> None:
    """Where one is required."""
    simulator, endpoint = serve(Scenario(external_id="expected"))
    account = simulator.scenario.account_id(2)
    assert assume(endpoint, account, ExternalId="expected").session_token


def test_the_management_account_may_lack_the_role(
    serve: Serve, connect: Make, refusal: Refusal
) -> None:
    """StackSets do not reach it."""
    scenario = Scenario(home=Home.DELEGATED, management_role=False)
    _, endpoint = serve(scenario)
    arn = role(scenario.account_id(0))
    client = connect(endpoint, "sts")
    assert refusal(client.assume_role, RoleArn=arn, RoleSessionName="orgscan")[0] == "AccessDenied"


def test_a_role_cannot_be_assumed_from_any_member(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """A session in one member account opens no other account."""
    simulator, endpoint = serve(Scenario(accounts=5))
    session = assume(endpoint, simulator.scenario.account_id(3))
    client = connect(endpoint, "sts", credentials=session)
    arn = role(simulator.scenario.account_id(4))
    code, message = refusal(client.assume_role, RoleArn=arn, RoleSessionName="orgscan")
    assert code == "AccessDenied"
    assert f"User: arn:aws:sts::{simulator.scenario.account_id(3)}:assumed-role/" in message


@pytest.mark.parametrize("seconds", [899, 43_201])
def test_a_session_lasts_from_a_quarter_hour_to_half_a_day(
    serve: Serve, connect: Make, refusal: Refusal, seconds: int
) -> None:
    """DurationSeconds from 900 to 43200."""
    simulator, endpoint = serve(Scenario())
    code, message = refusal(
        connect(endpoint, "sts").assume_role,
        RoleArn=role(simulator.scenario.account_id(2)),
        RoleSessionName="orgscan",
        DurationSeconds=seconds,
    )
    assert code == "ValidationError"
    assert "'durationSeconds'" in message


def test_a_chained_session_lasts_an_hour_at_most(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """AWS refuses more, rather than giving less; the source identity persists."""
    simulator, endpoint = serve(Scenario())
    hub = assume(endpoint, simulator.scenario.account_id(1), SourceIdentity="auditor")
    client = connect(endpoint, "sts", credentials=hub)
    wanted = {"RoleArn": role(simulator.scenario.account_id(2)), "RoleSessionName": "orgscan"}
    assert client.assume_role(**wanted, DurationSeconds=3_600)["SourceIdentity"] == "auditor"
    assert refusal(client.assume_role, **wanted, DurationSeconds=3_601) == (
        "ValidationError",
        (
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining"
        ),
    )


def test_a_read_only_session_policy_denies_writes(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """Also where the role itself could; reads go on."""
    simulator, endpoint = serve(Scenario())
    account = simulator.scenario.account_id(2)
    session = assume(endpoint, account, Policy=READ_ONLY)
    client = connect(endpoint, "ecs", credentials=session)
    client.list_clusters()
    assert refusal(client.update_service, cluster="prod", service="api") == (
        "AccessDeniedException",
        (
            f"User: arn:aws:sts::{account}:assumed-role/orgscan-audit/orgscan is not authorized to "
            f"perform: ecs:UpdateService on resource: arn:aws:ecs:us-east-1:{account}:service/prod/"
            "api because no session policy allows the ecs:UpdateService action"
        ),
    )
    (mutation,) = simulator.record.mutations
    assert (mutation.account, mutation.api) == (account, "ecs:UpdateService")
    ec2 = connect(endpoint, "ec2", credentials=session)
    assert refusal(ec2.describe_vpcs) == (
        "UnauthorizedOperation",
        (
            "You are not authorized to perform this operation. User: "
            f"arn:aws:sts::{account}:assumed-role/orgscan-audit/orgscan is not authorized to "
            "perform: ec2:DescribeVpcs because no session policy allows the ec2:DescribeVpcs action"
        ),
    )


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("not json", "MalformedPolicyDocument"),
        ('{"Version":"2012-10-17"}', "MalformedPolicyDocument"),
        ("{" * 2_000, "MalformedPolicyDocument"),
        (" " * 2_049, "ValidationError"),
    ],
)
def test_a_session_policy_has_to_be_one(
    serve: Serve, connect: Make, refusal: Refusal, policy: str, code: str
) -> None:
    """Anything else is refused before a session is made."""
    simulator, endpoint = serve(Scenario())
    refused = refusal(
        connect(endpoint, "sts").assume_role,
        RoleArn=role(simulator.scenario.account_id(2)),
        RoleSessionName="orgscan",
        Policy=policy,
    )
    assert refused[0] == code
    assert not simulator.record.issued


@pytest.mark.parametrize(
    "wrong",
    [
        {"RoleSessionName": "x"},
        {"RoleSessionName": "a b"},
        {"ExternalId": "<script>"},
        {"SourceIdentity": "a b"},
        {"RoleArn": "arn:aws:iam::1:role/short"},
    ],
)
def test_parameters_are_checked_as_the_model_says(
    serve: Serve, connect: Make, refusal: Refusal, wrong: dict[str, str]
) -> None:
    """Names, ids and ARNs have their patterns."""
    simulator, endpoint = serve(Scenario())
    right = {"RoleArn": role(simulator.scenario.account_id(2)), "RoleSessionName": "orgscan"}
    client = connect(endpoint, "sts")
    assert refusal(client.assume_role, **(right | wrong))[0] == "ValidationError"


def test_a_fault_refuses_the_role_of_one_account(
    serve: Serve, assume: Make, connect: Make, refusal: Refusal
) -> None:
    """REFUSE_ROLE strikes the account whose role it is, not the caller's."""
    bad = Scenario().account_id(1)
    simulator, endpoint = serve(Scenario(faults=(Fault(FaultKind.REFUSE_ROLE, account=bad),)))
    client = connect(endpoint, "sts")
    code, _ = refusal(client.assume_role, RoleArn=role(bad), RoleSessionName="orgscan")
    assert code == "AccessDenied"
    assert assume(endpoint, simulator.scenario.account_id(2)).session_token


def test_ten_thousand_accounts_are_told_apart_by_their_keys() -> None:
    """A key id encodes its account; no table is kept of what was issued."""
    scenario = Scenario(accounts=10_000)
    simulator = Simulator(scenario)
    for number in range(0, 10_000, 997):
        user = simulator.issuer.user(scenario.account_id(number))
        identity = simulator.issuer.identity(user.access_key_id, None)
        assert identity.account == scenario.account_id(number)
