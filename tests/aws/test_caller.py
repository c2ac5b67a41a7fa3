"""How a member account is entered: the request that AssumeRole gets."""

from __future__ import annotations

import json

import pytest

from orgscan.aws.caller import (
    READ_ONLY_ACTIONS,
    RoleRequest,
    assume_parameters,
    home_region,
    open_session,
)

_PLAIN = RoleRequest(role_name="team/audit", session_name="orgscan-r", read_only=False)


def test_a_plain_request_asks_for_an_hour_which_role_chaining_allows() -> None:
    """Nothing is sent that was not set."""
    assert assume_parameters("111122223333", "aws-cn", _PLAIN) == {
        "RoleArn": "arn:aws-cn:iam::111122223333:role/team/audit",
        "RoleSessionName": "orgscan-r",
        "DurationSeconds": 3600,
    }


def test_every_setting_goes_with_the_request() -> None:
    """External id, source identity, and tags in order of their keys."""
    request = RoleRequest(
        role_name="audit",
        session_name="orgscan-r",
        external_id="x",
        source_identity="security",
        session_tags={"b": "2", "a": "1"},
        read_only=False,
    )
    parameters = assume_parameters("111122223333", "aws", request)

    assert parameters["ExternalId"] == "x"
    assert parameters["SourceIdentity"] == "security"
    assert parameters["Tags"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]


def test_the_session_policy_allows_reading_alone_and_fits_awss_limit() -> None:
    """Whatever the role may do, the session can only read: at most 2,048 characters."""
    request = RoleRequest(role_name="audit", session_name="orgscan-r")
    policy = assume_parameters("111122223333", "aws", request)["Policy"]
    (statement,) = json.loads(policy)["Statement"]

    assert len(policy) <= 2048
    assert statement["Effect"] == "Allow"
    assert tuple(statement["Action"]) == READ_ONLY_ACTIONS


@pytest.mark.parametrize("action", READ_ONLY_ACTIONS)
def test_every_action_left_is_a_read(action: str) -> None:
    """No action that could change, start or pass anything."""
    _, _, name = action.partition(":")

    assert name.startswith(("List", "Describe", "Get"))


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({}, "us-east-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
    ],
)
def test_the_home_region_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], region: str
) -> None:
    """AWS_REGION, which every container has, beats the older name, as in AWS's other tools."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    assert home_region(open_session(None)) == region
