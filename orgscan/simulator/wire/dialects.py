"""How each service speaks: its protocol, and its own names for the errors they all have.

Taken from the service models (`service-2.json`) and the common errors of each API reference.
"""

from __future__ import annotations

import msgspec
from multidict import CIMultiDictProxy

from orgscan.simulator.wire.forms import Tree, read_form, write_xml
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.wire.routes import read_object, read_route
from orgscan.simulator.wire.signature import Incoming

BAD_TOKEN = "The security token included in the request is invalid."  # noqa: S105 - AWS's message
_EXPIRED = "The security token included in the request is expired"


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """One service's protocol and error names.

    Attributes:
        service: as it is signed and as an API is named, `ecs`.
        protocol: json, rest-json, rest-xml, query or ec2.
        target: the prefix of X-Amz-Target, or the XML namespace.
        denied, throttled, server_error, expired, unknown_key, bad_signature, stale, unsigned,
            invalid: error codes; `stale` is a signature from another time, `invalid` a parameter
            that is missing or of the wrong type.
        auth_status: the HTTP status of everything about keys, tokens and signatures.
        json: the version of the JSON protocol.
    """

    service: str
    protocol: str
    target: str
    denied: str
    throttled: str
    throttled_message: str
    throttled_status: int
    server_error: str
    expired: str
    expired_message: str = _EXPIRED
    unknown_key: str
    unknown_key_message: str = BAD_TOKEN
    bad_signature: str
    stale: str
    unsigned: str
    unsigned_message: str = "Missing Authentication Token"
    invalid: str
    auth_status: int
    denied_status: int
    json: str = "1.1"

    @property
    def is_json(self) -> bool:
        """Whether bodies are JSON."""
        return self.protocol in {"json", "rest-json"}

    @property
    def content_type(self) -> str:
        """Of every answer."""
        if self.protocol == "json":
            return f"application/x-amz-json-{self.json}"
        return "application/json" if self.is_json else "text/xml;charset=UTF-8"


def _json_service(
    service: str, target: str, throttled: str, server_error: str, invalid: str
) -> Dialect:
    return Dialect(
        service=service,
        protocol="json",
        target=target,
        denied="AccessDeniedException",
        throttled=throttled,
        throttled_message="Rate exceeded",
        throttled_status=400,
        server_error=server_error,
        expired="ExpiredTokenException",
        unknown_key="UnrecognizedClientException",
        bad_signature="InvalidSignatureException",
        stale="InvalidSignatureException",
        unsigned="MissingAuthenticationTokenException",
        invalid=invalid,
        auth_status=400,
        denied_status=400,
    )


def _rest_service(service: str, server_error: str, invalid: str) -> Dialect:
    return msgspec.structs.replace(
        _json_service(service, "", "TooManyRequestsException", server_error, invalid),
        protocol="rest-json",
        throttled_status=429,
        auth_status=403,
        denied_status=403,
    )


_QUERY = Dialect(
    service="sts",
    protocol="query",
    target="https://sts.amazonaws.com/doc/2011-06-15/",
    denied="AccessDenied",
    throttled="Throttling",
    throttled_message="Rate exceeded",
    throttled_status=400,
    server_error="InternalFailure",
    expired="ExpiredToken",
    unknown_key="InvalidClientTokenId",
    bad_signature="SignatureDoesNotMatch",
    stale="SignatureDoesNotMatch",
    unsigned="MissingAuthenticationToken",
    unsigned_message="Request is missing Authentication Token",
    invalid="ValidationError",
    auth_status=403,
    denied_status=403,
)
DIALECTS = {
    "ecs": _json_service(
        "ecs",
        "AmazonEC2ContainerServiceV20141113",
        "ThrottlingException",
        "ServerException",
        "InvalidParameterException",
    ),
    "organizations": _json_service(
        "organizations",
        "AWSOrganizationsV20161128",
        "TooManyRequestsException",
        "ServiceException",
        "InvalidInputException",
    ),
    "account": _rest_service("account", "InternalServerException", "ValidationException"),
    "events": _json_service(
        "events", "AWSEvents", "ThrottlingException", "InternalException", "ValidationException"
    ),
    "states": msgspec.structs.replace(
        _json_service(
            "states",
            "AWSStepFunctions",
            "ThrottlingException",
            "InternalFailure",
            "ValidationException",
        ),
        json="1.0",
    ),
    "scheduler": msgspec.structs.replace(
        _rest_service("scheduler", "InternalServerException", "ValidationException"),
        throttled="ThrottlingException",
    ),
    "pipes": msgspec.structs.replace(
        _rest_service("pipes", "InternalException", "ValidationException"),
        throttled="ThrottlingException",
    ),
    "batch": _rest_service("batch", "ServerException", "ClientException"),
    "codedeploy": _json_service(
        "codedeploy",
        "CodeDeploy_20141006",
        "ThrottlingException",
        "InternalFailure",
        "InvalidInputException",
    ),
    "s3": msgspec.structs.replace(
        _QUERY,
        service="s3",
        protocol="rest-xml",
        target="",
        throttled="SlowDown",
        throttled_message="Please reduce your request rate.",
        throttled_status=503,
        server_error="InternalError",
        expired_message="The provided token has expired.",
        unknown_key="InvalidAccessKeyId",
        stale="RequestTimeTooSkewed",
        unsigned="AccessDenied",
        unsigned_message="Access Denied",
        invalid="InvalidRequest",
    ),
    "sts": _QUERY,
    "ec2": msgspec.structs.replace(
        _QUERY,
        service="ec2",
        protocol="ec2",
        target="http://ec2.amazonaws.com/doc/2016-11-15/",
        denied="UnauthorizedOperation",
        throttled="RequestLimitExceeded",
        throttled_message="Request limit exceeded.",
        throttled_status=503,
        server_error="InternalError",
        expired="RequestExpired",
        expired_message="Request has expired.",
        unknown_key="AuthFailure",
        unknown_key_message="AWS was not able to validate the provided access credentials",
        stale="RequestExpired",
        invalid="InvalidParameterValue",
        auth_status=401,
    ),
    "elasticloadbalancing": msgspec.structs.replace(
        _QUERY,
        service="elasticloadbalancing",
        target="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    ),
}


def guess(headers: CIMultiDictProxy[str], path: str, body: bytes) -> Dialect:
    """Whom an unsigned request meant to call, so that it is refused in words it understands."""
    target = headers.get("X-Amz-Target", "")
    for dialect in DIALECTS.values():
        if dialect.protocol == "json" and target.startswith(dialect.target + "."):
            return dialect
    if path != "/":
        return DIALECTS["account"]
    for service, version in ((b"ec2", b"2016-11-15"), (b"elasticloadbalancing", b"2015-12-01")):
        if b"Version=" + version in body:
            return DIALECTS[service.decode()]
    return DIALECTS["sts"]


def read_call(dialect: Dialect, incoming: Incoming) -> tuple[str, bytes | dict[str, object]]:
    """The operation called, as the service model spells it, and its parameters.

    The name is empty where none can be read. Parameters stay JSON, or are the parsed form.
    """
    if dialect.protocol == "json":
        prefix, _, name = incoming.headers.get("X-Amz-Target", "").rpartition(".")
        return (name if prefix == dialect.target else ""), incoming.body
    if dialect.protocol == "rest-json":
        return read_route(dialect.service, incoming)
    if dialect.protocol == "rest-xml":
        return read_object(incoming)
    try:
        form = read_form(incoming.body)
    except ValueError:
        return "", {}
    action = form.get("Action", "")
    return (action if isinstance(action, str) else ""), form


def render(dialect: Dialect, name: str, answer: Tree | bytes, request_id: str) -> bytes:
    """The body of an answer; bytes are ready made."""
    if isinstance(answer, bytes):
        return answer
    if dialect.is_json:
        return msgspec.json.encode(answer)
    tree = answer if isinstance(answer, dict) else {}
    if dialect.protocol == "ec2":
        inner = write_xml({"requestId": request_id, **tree}, "item")
    else:
        inner = write_xml(
            {f"{name}Result": tree, "ResponseMetadata": {"RequestId": request_id}}, "member"
        )
    return f'<{name}Response xmlns="{dialect.target}">{inner}</{name}Response>'.encode()


def render_refusal(dialect: Dialect, refusal: Refusal, request_id: str) -> bytes:
    """The body of an error."""
    if dialect.is_json:
        # The layer in front of the services writes `Message`; the services write `message`.
        member = "Message" if refusal.code == dialect.denied else "message"
        body: dict[str, str] = {"__type": refusal.code, member: refusal.message}
        if dialect.protocol == "rest-json":
            body = {"message": refusal.message}
        return msgspec.json.encode(body | refusal.members)
    error: dict[str, Tree] = {"Code": refusal.code, "Message": refusal.message}
    if dialect.protocol == "ec2":
        inner = write_xml({"Errors": {"Error": error}, "RequestID": request_id}, "item")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{inner}</Response>'.encode()
    if dialect.protocol == "rest-xml":
        inner = write_xml({**error, "RequestId": request_id}, "member")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()
    error = {"Type": "Sender" if refusal.status < 500 else "Receiver", **error}
    inner = write_xml({"Error": error, "RequestId": request_id}, "member")
    return f'<ErrorResponse xmlns="{dialect.target}">{inner}</ErrorResponse>'.encode()
