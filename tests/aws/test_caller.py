"""How a member account is entered: the request that AssumeRole gets."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from orgscan.aws.caller import (
    READ_ONLY_ACTIONS,
    RoleRequest,
    assume_parameters,
    assumed_role,
    home_region,
    open_session,
    own_credentials,
)
from orgscan.aws.failure import CallFailed
from orgscan.errors import CallerError

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


@pytest.mark.parametrize("bad", ["token\r\nX-Amz-Target: evil", "schlüssel"])
async def test_credentials_that_would_break_a_request_are_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    """A line break in a session token would begin a header of somebody else's making."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not a secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", bad)
    source = await own_credentials(open_session(None))

    with pytest.raises(CallerError, match="hold a line break") as error:
        await source.current()
    assert bad not in str(error.value)


class _Sts:
    """Answers in the place of STS."""

    def __init__(self, **changes: str) -> None:
        self.answer = {
            "access_key_id": "ASIA",
            "secret_access_key": "secret",
            "session_token": "token",
            "expiration": "2026-11-24T03:00:00Z",
        } | changes

    async def call(self, operation: Any, _: object) -> Any:  # noqa: ANN401 - as a RegionSession
        arn = "arn:aws:sts::111122223333:assumed-role/audit/orgscan"
        data = msgspec.convert(
            {
                "Credentials": {_pascal(name): value for name, value in self.answer.items()},
                "AssumedRoleUser": {"Arn": arn},
            },
            operation.reply,
        )
        return msgspec.defstruct("Reply", [("data", object)])(data)


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


@pytest.mark.parametrize(
    "changes",
    [
        {"session_token": "t\nX-Amz-Target: evil"},
        {"access_key_id": "A\x00"},
        {"expiration": "soon"},
    ],
)
async def test_a_session_that_cannot_be_used_is_the_failure_of_its_account(
    changes: dict[str, str],
) -> None:
    """What answered in the place of STS ends no sweep, and none of it is shown."""
    sts: Any = _Sts(**changes)
    source = assumed_role(sts, "111122223333", "aws", _PLAIN)

    with pytest.raises(CallFailed) as failed:
        await source.current()
    assert failed.value.code == "MalformedAnswer"
    assert "evil" not in str(failed.value.message)
