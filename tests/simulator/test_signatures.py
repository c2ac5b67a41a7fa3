"""Every call has to be signed by whom its session token was issued to."""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.simulator import Credentials, Endpoint, Scenario, Simulator
from orgscan.simulator.wire.credentials import Session

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Sign = Callable[..., dict[str, str]]
Send = Callable[..., tuple[int, dict[str, str], bytes]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]

LIST = {
    "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters",
    "Content-Type": "application/x-amz-json-1.1",
}
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
)
INVALID_TOKEN = "The security token included in the request is invalid."
QUIET = Scenario(density=0.0)


def error(body: bytes) -> dict[str, str]:
    """The members of a JSON error."""
    return msgspec.json.decode(body, type=dict[str, str])


def test_a_signed_call_is_answered(serve: Serve, sign: Sign, send: Send) -> None:
    """What botocore signs is accepted, and nothing is noted as rejected."""
    simulator, endpoint = serve(QUIET)
    headers = sign(endpoint, "ecs", "eu-west-1", endpoint, LIST, b"{}")
    assert send(endpoint, headers, b"{}")[::2] == (200, b'{"clusterArns":[]}')
    assert not simulator.record.rejected_signatures


def test_a_tampered_body_is_refused(serve: Serve, sign: Sign, send: Send) -> None:
    """The signature covers the body."""
    simulator, endpoint = serve(QUIET)
    headers = sign(endpoint, "ecs", "eu-west-1", endpoint, LIST, b"{}")
    status, _, body = send(endpoint, headers, b'{"maxResults":1}')
    assert (status, error(body)) == (
        400,
        {"__type": "InvalidSignatureException", "message": MISMATCH},
    )
    (rejection,) = simulator.record.rejected_signatures
    assert (rejection.code, rejection.service) == ("InvalidSignatureException", "ecs")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.DescribeClusters"),
        ("Content-Type", "text/plain"),
        ("Host", "127.0.0.1:1"),
    ],
)
def test_a_tampered_signed_header_is_refused(
    serve: Serve, sign: Sign, send: Send, header: str, value: str
) -> None:
    """The signature covers the headers it names."""
    _, endpoint = serve(QUIET)
    signed = sign(endpoint, "ecs", "eu-west-1", endpoint, LIST, b"{}")
    body = send(endpoint, signed | {header: value}, b"{}")[2]
    assert error(body)["__type"] == "InvalidSignatureException"


def test_an_amz_header_that_is_not_signed_is_refused(serve: Serve, sign: Sign, send: Send) -> None:
    """A header that could change the meaning of a call cannot be added to it."""
    _, endpoint = serve(QUIET)
    signed = sign(endpoint, "ecs", "eu-west-1", endpoint, LIST, b"{}")
    body = send(endpoint, signed | {"X-Amz-Security-Token": "x"}, b"{}")[2]
    assert error(body)["__type"] == "UnrecognizedClientException"
    body = send(endpoint, signed | {"X-Amz-Expires": "60"}, b"{}")[2]
    assert error(body)["message"] == (
        "'X-Amz-Expires' must be a 'SignedHeader' in the AWS Authorization."
    )


def test_a_wrong_content_hash_is_refused(serve: Serve, sign: Sign, send: Send) -> None:
    """A stated hash of the body has to be its hash."""
    _, endpoint = serve(QUIET)
    stated = LIST | {"X-Amz-Content-SHA256": "0" * 64}
    signed = sign(endpoint, "ecs", "eu-west-1", endpoint, stated, b"{}")
    body = send(endpoint, signed, b"{}")[2]
    assert error(body)["message"] == (
        "The provided 'x-amz-content-sha256' header does not match the body."
    )


@pytest.mark.parametrize(
    ("headers", "body", "path", "status", "expected"),
    [
        (LIST, b"{}", "/", 400, b'"MissingAuthenticationTokenException"'),
        ({}, b"{}", "/listRegions", 403, b'"Missing Authentication Token"'),
        ({}, b"Action=GetCallerIdentity&Version=2011-06-15", "/", 403, b"<Code>MissingAuth"),
        ({}, b"Action=DescribeRegions&Version=2016-11-15", "/", 401, b"<Code>MissingAuth"),
    ],
)
def test_an_unsigned_call_is_refused_in_its_own_protocol(
    serve: Serve,
    send: Send,
    headers: dict[str, str],
    body: bytes,
    path: str,
    status: int,
    expected: bytes,
) -> None:
    """Each service says it in the words its clients understand."""
    simulator, endpoint = serve(QUIET)
    answer = send(endpoint, headers, body, path)
    assert answer[0] == status
    assert expected in answer[2]
    assert simulator.record.rejected_signatures[0].access_key_id == ""


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("ecs", "list_clusters", "InvalidSignatureException"),
        ("organizations", "list_accounts", "InvalidSignatureException"),
        ("account", "list_regions", "InvalidSignatureException"),
        ("sts", "get_caller_identity", "SignatureDoesNotMatch"),
        ("ec2", "describe_regions", "SignatureDoesNotMatch"),
    ],
)
def test_a_wrong_secret_is_refused(
    serve: Serve, connect: Make, refusal: Refusal, service: str, call: str, code: str
) -> None:
    """A key id alone proves nothing."""
    _, endpoint = serve(QUIET)
    wrong = Credentials("", endpoint.access_key_id, "not the secret")
    client = connect(endpoint, service, credentials=wrong)
    assert refusal(getattr(client, call)) == (code, MISMATCH)


@pytest.mark.parametrize(
    ("service", "call", "code", "message"),
    [
        ("ecs", "list_clusters", "UnrecognizedClientException", INVALID_TOKEN),
        ("organizations", "list_accounts", "UnrecognizedClientException", INVALID_TOKEN),
        ("account", "list_regions", "UnrecognizedClientException", INVALID_TOKEN),
        ("sts", "get_caller_identity", "InvalidClientTokenId", INVALID_TOKEN),
        (
            "ec2",
            "describe_regions",
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
    ],
)
def test_an_unknown_key_is_refused(
    serve: Serve, connect: Make, refusal: Refusal, service: str, call: str, code: str, message: str
) -> None:
    """A key that was never issued is told from a wrong signature."""
    _, endpoint = serve(QUIET)
    wrong = Credentials("", "AKIAIOSFODNN7EXAMPLE", "not the secret")
    client = connect(endpoint, service, credentials=wrong)
    assert refusal(getattr(client, call)) == (code, message)


def test_a_token_of_another_account_is_refused(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """A key and a token that were issued to two accounts fit neither."""
    simulator, endpoint = serve(QUIET)
    one = assume(endpoint, simulator.scenario.account_id(1))
    two = assume(endpoint, simulator.scenario.account_id(2))
    mixed = msgspec.structs.replace(one, session_token=two.session_token)
    client = connect(endpoint, "ecs", credentials=mixed)
    assert refusal(client.list_clusters) == ("UnrecognizedClientException", INVALID_TOKEN)
    assert simulator.record.rejected_signatures[0].access_key_id == one.access_key_id


def test_a_token_of_another_session_of_the_same_account_is_refused(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """A session's key goes with that session's token only."""
    simulator, endpoint = serve(QUIET)
    one = assume(endpoint, simulator.scenario.account_id(1))
    two = assume(endpoint, simulator.scenario.account_id(1))
    mixed = msgspec.structs.replace(one, session_token=two.session_token)
    client = connect(endpoint, "ecs", credentials=mixed)
    assert refusal(client.list_clusters)[0] == "UnrecognizedClientException"


def test_a_session_key_without_its_token_is_refused(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """A session is not known without its token."""
    simulator, endpoint = serve(QUIET)
    session = assume(endpoint, simulator.scenario.account_id(1))
    bare = msgspec.structs.replace(session, session_token=None)
    client = connect(endpoint, "ecs", credentials=bare)
    assert refusal(client.list_clusters)[0] == "UnrecognizedClientException"


def test_a_token_that_was_tampered_with_is_refused(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """What a token says cannot be changed by its holder."""
    simulator, endpoint = serve(QUIET)
    session = assume(endpoint, simulator.scenario.account_id(1))
    token = session.session_token[:-8] + "AAAAAAAA"
    changed = msgspec.structs.replace(session, session_token=token)
    client = connect(endpoint, "ecs", credentials=changed)
    assert refusal(client.list_clusters)[0] == "UnrecognizedClientException"


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("ecs", "list_clusters", "ExpiredTokenException"),
        ("account", "list_regions", "ExpiredTokenException"),
        ("sts", "get_caller_identity", "ExpiredToken"),
        ("ec2", "describe_regions", "RequestExpired"),
    ],
)
def test_a_session_ends_when_it_was_said_to(
    serve: Serve, connect: Make, refusal: Refusal, service: str, call: str, code: str
) -> None:
    """An expired token is refused by the service's own name, and is no rejected signature."""
    simulator, endpoint = serve(QUIET)
    account = simulator.scenario.account_id(1)
    session = Session("", account, "orgscan-audit", "AROA", "orgscan", int(time.time()) - 1)
    client = connect(endpoint, service, credentials=simulator.issuer.session(session))
    assert refusal(getattr(client, call))[0] == code
    assert not simulator.record.rejected_signatures


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_signature_from_another_time_is_refused(
    serve: Serve, sign: Sign, send: Send, minutes: int
) -> None:
    """Fifteen minutes either way are allowed."""
    _, endpoint = serve(QUIET)
    signed = sign(endpoint, "ecs", "eu-west-1", endpoint, LIST, b"{}")
    sent = calendar.timegm(time.strptime(signed["X-Amz-Date"], "%Y%m%dT%H%M%SZ"))
    simulator = Simulator(QUIET, clock=lambda: sent + minutes * 60)
    with simulator.serve_in_thread() as other:
        # Signed for this very host, so that only the time is wrong.
        signed = sign(other, "ecs", "eu-west-1", other, LIST, b"{}")
        status, _, body = send(other, signed, b"{}")
    assert (status, error(body)["__type"]) == (400, "InvalidSignatureException")


def test_service_and_region_come_from_the_signature(
    serve: Serve, connect: Make, assume: Make
) -> None:
    """One address serves every service and region; the account is the key's own."""
    simulator, endpoint = serve(QUIET)
    account = simulator.scenario.account_id(1)
    session = assume(endpoint, account)
    connect(endpoint, "ecs", "eu-west-3", session).list_clusters()
    connect(endpoint, "ec2", "sa-east-1", session).describe_vpcs()
    assert simulator.record.calls == {
        (account, "us-east-1", "sts:AssumeRole"): 1,
        (account, "eu-west-3", "ecs:ListClusters"): 1,
        (account, "sa-east-1", "ec2:DescribeVpcs"): 1,
    }


def test_every_secret_given_away_is_known(serve: Serve, assume: Make) -> None:
    """Outputs can be searched for every secret key and token of a run."""
    simulator, endpoint = serve(QUIET)
    session = assume(endpoint, simulator.scenario.account_id(1))
    assert simulator.record.secrets() == {
        endpoint.secret_access_key,
        session.secret_access_key,
        session.session_token,
    }
