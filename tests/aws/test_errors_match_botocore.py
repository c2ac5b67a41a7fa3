"""Errors are read as botocore reads them, and come to the same failure on both paths."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from xml.sax.saxutils import escape

import msgspec
import pytest
from aiohttp import web
from botocore.parsers import create_parser

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation
from orgscan.aws.protocols.ec2query import Ec2Query
from orgscan.aws.protocols.interface import WireProtocol
from orgscan.aws.protocols.json11 import Json11
from orgscan.collect.ecs_operations import (
    DESCRIBE_SERVICE_REVISIONS,
    DESCRIBE_SERVICES,
    DESCRIBE_TASK_SETS,
    LIST_CLUSTERS,
    LIST_SERVICES,
)
from orgscan.collect.network_interfaces import DESCRIBE_NETWORK_INTERFACES

ECS: list[Operation[Any]] = [
    LIST_CLUSTERS,
    LIST_SERVICES,
    DESCRIBE_SERVICES,
    DESCRIBE_SERVICE_REVISIONS,
    DESCRIBE_TASK_SETS,
]
UNDECLARED = ["ThrottlingException", "AccessDeniedException", "ExpiredTokenException", "New"]
EC2_CODES = [
    "AuthFailure",
    "InvalidNetworkInterfaceID.NotFound",
    "InvalidParameterValue",
    "OptInRequired",
    "RequestExpired",
    "RequestLimitExceeded",
    "UnauthorizedOperation",
]
MESSAGE = '</script> \u202e & "quotes"\nsecond line'


def json_error(**members: object) -> bytes:
    """The body of an error of a JSON service."""
    return msgspec.json.encode(members)


def ec2_error(code: str, message: str) -> bytes:
    """The body of an error of EC2."""
    error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Response><Errors>{error}</Errors><RequestID>0807c1d1</RequestID></Response>"
    ).encode()


def as_botocore_reads(protocol: str, status: int, body: bytes) -> tuple[str, str]:
    """The code and message that botocore finds."""
    parser: Any = create_parser(protocol)
    error = parser.parse({"status_code": status, "headers": {}, "body": body}, None)["Error"]
    return error["Code"], error["Message"]


def as_we_read(protocol: WireProtocol, status: int, body: bytes) -> tuple[str, str]:
    """The code and message that the lean path finds."""
    code, message = protocol.refusal(status, "", body)
    return code or str(status), message


@pytest.mark.parametrize("status", [400, 403, 500])
@pytest.mark.parametrize("operation", ECS, ids=lambda operation: operation.name)
def test_every_error_that_an_operation_declares_is_read_as_botocore_reads_it(
    model_of: Callable[[Operation[Any]], Any], operation: Operation[Any], status: int
) -> None:
    """And those that none declares; with and without namespace and address, in either case."""
    declared = [shape.name for shape in model_of(operation).error_shapes]
    assert "ServerException" in declared

    for name in declared + UNDECLARED:
        for written in (
            name,
            f"com.amazonaws.ecs#{name}",
            f"{name}:http://internal.amazon.com/coral/com.amazon.coral.service/",
            f"com.amazonaws.ecs#{name}:http://internal.amazon.com/coral/",
        ):
            for member in ("message", "Message"):
                body = json_error(**{"__type": written, member: MESSAGE})
                read = as_we_read(Json11("prefix"), status, body)

                assert read == (name, MESSAGE)
                assert read == as_botocore_reads("json", status, body)


@pytest.mark.parametrize("status", [400, 403, 500, 503])
@pytest.mark.parametrize("code", EC2_CODES)
def test_every_error_of_ec2_is_read_as_botocore_reads_it(code: str, status: int) -> None:
    """Its model declares none; these are the common ones of its API reference."""
    body = ec2_error(code, MESSAGE)
    read = as_we_read(Ec2Query("2016-11-15"), status, body)

    assert read == (code, MESSAGE)
    assert read == as_botocore_reads("ec2", status, body)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b""),
        (400, b"{}"),
        (400, b'{"__type":"X"}'),
        (400, b'{"message":"no type"}'),
        (400, b'{"Message":"a","message":"b","__type":"X"}'),
        (403, b"<html><body>Forbidden by the proxy</body></html>"),
        (404, b"not found"),
        (500, b""),
        (502, b"  <html><body><b>Http/1.1 Bad Gateway</b></body></html>"),
        (503, b"<html>"),
        (503, b"upstream connect error"),
        (504, b"\n"),
    ],
)
def test_what_is_hardly_an_error_of_json_is_read_as_botocore_reads_it(
    status: int, body: bytes
) -> None:
    """No code, no message, no JSON: proxies, load balancers and half an answer."""
    assert as_we_read(Json11("prefix"), status, body) == as_botocore_reads("json", status, body)


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (502, b"<html><body><b>Bad Gateway</b></body></html>"), (503, b" \r\n")],
)
def test_what_is_hardly_an_error_of_ec2_is_read_as_botocore_reads_it(
    status: int, body: bytes
) -> None:
    """A load balancer's page has the status for its code."""
    assert as_we_read(Ec2Query("v"), status, body) == as_botocore_reads("ec2", status, body)


class Case(msgspec.Struct, frozen=True):
    """An error answer, and what it comes to."""

    status: int
    body: bytes
    kind: FailureKind
    code: str
    message: str = ""


THROTTLED, DENIED, EXPIRED = FailureKind.THROTTLED, FailureKind.DENIED, FailureKind.EXPIRED
TOKEN_REFUSED, REFUSED = FailureKind.TOKEN_REFUSED, FailureKind.REFUSED
TRANSIENT = FailureKind.TRANSIENT
WHO = "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ecs:ListClusters"
EXPIRED_TYPE = "com.amazon.coral.service#ExpiredTokenException"
UNCLEAR = [
    Case(400, b"", REFUSED, "400"),
    Case(403, b"", DENIED, "403"),
    Case(403, b"<html>Forbidden</html>", DENIED, "403", "<html>Forbidden</html>"),
    Case(400, b"\xff\xfe", REFUSED, "400", "\ufffd\ufffd"),
    Case(404, b"[1]", REFUSED, "404", "[1]"),
    Case(400, b'"text"', REFUSED, "400", '"text"'),
    Case(400, b'{"__type":5}', REFUSED, "400", '{"__type":5}'),
    Case(429, b"", THROTTLED, "429"),
    Case(500, b"", TRANSIENT, "500", "Internal Server Error"),
    Case(502, b"<html>Bad</html>", TRANSIENT, "502", "Bad Gateway"),
]
BY_JSON = [
    Case(
        400,
        json_error(__type="ThrottlingException", message="m"),
        THROTTLED,
        "ThrottlingException",
        "m",
    ),
    Case(
        400,
        json_error(__type="AccessDeniedException", Message=WHO),
        DENIED,
        "AccessDeniedException",
        WHO,
    ),
    Case(400, json_error(__type=EXPIRED_TYPE, message="m"), EXPIRED, "ExpiredTokenException", "m"),
    Case(
        400,
        json_error(__type="UnrecognizedClientException"),
        TOKEN_REFUSED,
        "UnrecognizedClientException",
    ),
    Case(
        400,
        json_error(__type="ClusterNotFoundException", message=None),
        REFUSED,
        "ClusterNotFoundException",
    ),
    Case(500, json_error(__type="ServerException", message="m"), TRANSIENT, "ServerException", "m"),
    *UNCLEAR,
]
BY_EC2 = [
    Case(503, ec2_error("RequestLimitExceeded", "m"), THROTTLED, "RequestLimitExceeded", "m"),
    Case(403, ec2_error("UnauthorizedOperation", "m"), DENIED, "UnauthorizedOperation", "m"),
    Case(401, ec2_error("AuthFailure", "m"), TOKEN_REFUSED, "AuthFailure", "m"),
    Case(400, ec2_error("RequestExpired", "m"), EXPIRED, "RequestExpired", "m"),
    Case(400, ec2_error("UnknownParameter", "m"), REFUSED, "UnknownParameter", "m"),
    Case(500, ec2_error("InternalError", "m"), TRANSIENT, "InternalError", "m"),
    *UNCLEAR,
]


@pytest.mark.parametrize(
    ("operation", "case"),
    [(LIST_CLUSTERS, case) for case in BY_JSON]
    + [(DESCRIBE_NETWORK_INTERFACES, case) for case in BY_EC2],
)
async def test_an_error_comes_to_the_same_on_both_paths(
    path: str,
    listen: Callable[..., Awaitable[str]],
    callers: Callable[..., Awaitable[Any]],
    monkeypatch: pytest.MonkeyPatch,
    operation: Operation[Any],
    case: Case,
) -> None:
    """Kind, code, message and status, whatever the answer holds."""

    async def handle(_: web.BaseRequest) -> web.Response:
        return web.Response(status=case.status, body=case.body)

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    attempt = await callers(path)
    with pytest.raises(CallFailed) as failed:
        await attempt(operation, {})

    it = failed.value
    assert Case(it.status, case.body, it.kind, it.code, it.message) == case
    assert it.api == operation.api


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ThrottlingException", "ThrottlingException"),
        ("com.amazonaws.ecs#ThrottlingException", "ThrottlingException"),
        ("ThrottlingException:http://internal.amazon.com/coral/", "ThrottlingException"),
        ("a#ThrottlingException:http://b/c#d", "ThrottlingException"),
    ],
)
def test_a_code_that_only_the_header_names_is_read_too(header: str, code: str) -> None:
    """The protocol allows it; botocore would give the status instead."""
    protocol = Json11("prefix")

    for body in (b"", b'{"message":"m"}', b"<html>"):
        assert protocol.refusal(400, header, body).code == code
    assert protocol.refusal(400, header, b'{"__type":"InBody"}').code == "InBody"
