"""AWS JSON 1.1: a JSON object in, a JSON object out; the operation is a header.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.protocols.interface import Refusal, generic_refusal, in_its_words

T = TypeVar("T")

_DELETE = b"\x7f"  # the one ASCII character that only the standard library escapes

UNREADABLE_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What reading a body as JSON raises where it is none, or is nested without end."""


class Json11(msgspec.Struct, frozen=True):
    """The protocol of one service; `prefix` is the service's own in `X-Amz-Target`."""

    prefix: str
    content_type: str = "application/x-amz-json-1.1"

    def target(self, operation: str) -> str:
        """As `WireProtocol.target`."""
        return f"{self.prefix}.{operation}"

    def encode(self, operation: str, parameters: Parameters) -> bytes:  # noqa: ARG002 - the header names the operation
        """As `WireProtocol.encode`."""
        body = msgspec.json.format(msgspec.json.encode(parameters), indent=0)
        if body.isascii() and _DELETE not in body:
            return body
        # The standard library's escapes are botocore's: the same bytes to sign.
        return json.dumps(parameters).encode()

    def decode(self, operation: Operation[T], answer: bytes) -> T:
        """As `WireProtocol.decode`."""
        try:
            try:
                return msgspec.json.decode(answer, type=operation.reply)
            except msgspec.ValidationError:
                # Rare: AWS leaves members out, but some come as null, which means the same.
                found = _without_nulls(msgspec.json.decode(answer))
                return msgspec.convert(found, type=operation.reply)
        except msgspec.ValidationError as error:
            raise CallFailed(
                FailureKind.REFUSED, api=operation.api, code="MalformedAnswer", message=str(error)
            ) from None
        except UNREADABLE_JSON as error:
            raise CallFailed(
                FailureKind.TRANSIENT, api=operation.api, code="NotJson", message=str(error)
            ) from None

    def refusal(self, status: int, error_type: str, answer: bytes) -> Refusal:
        """As `WireProtocol.refusal`; the code is in the body, else in the header."""
        generic = generic_refusal(status, answer)
        if generic is not None:
            return generic
        try:
            body = _JSON_ERROR.decode(answer)
        except UNREADABLE_JSON:
            return Refusal(_bare(error_type), in_its_words(answer).message)
        return Refusal(_bare(body.type or error_type), body.message or body.Message or "")


class JsonError(msgspec.Struct):
    """The body of an error."""

    type: str = msgspec.field(name="__type", default="")
    # Services write `message`, the layer in front of them writes `Message`.
    message: str | None = None
    Message: str | None = None


_JSON_ERROR = msgspec.json.Decoder(JsonError)


def _bare(code: str) -> str:
    """Without namespace and without the address that may follow: `com.amazonaws.ecs#Code:http…`."""
    return code.split(":", 1)[0].rsplit("#", 1)[-1]


def _without_nulls(value: object) -> object:
    match value:
        case dict():
            return {name: _without_nulls(held) for name, held in value.items() if held is not None}
        case list():
            return [_without_nulls(held) for held in value]
        case _:
            return value
