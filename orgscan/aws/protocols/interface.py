"""What the lean path needs of a wire protocol: a call as bytes, and bytes as an answer or an error.

Each implementation is held to botocore's serializer and parser by `tests/aws`.
"""

from __future__ import annotations

import http.client
from typing import NamedTuple, Protocol, TypeVar

from orgscan.aws.operation import Operation, Parameters

T = TypeVar("T")


class Refusal(NamedTuple):
    """AWS's error code, without namespace, and its message; either may be empty."""

    code: str
    message: str


class WireProtocol(Protocol):
    """One protocol of one service."""

    @property
    def content_type(self) -> str:
        """Of every request; signed."""
        ...

    def target(self, operation: str) -> str:
        """The `X-Amz-Target` of an operation, signed; empty where the protocol has none."""
        ...

    def encode(self, operation: str, parameters: Parameters) -> bytes:
        """The body of a call."""
        ...

    def decode(self, operation: Operation[T], answer: bytes) -> T:
        """The body of a good answer, typed.

        Raises:
            CallFailed: it is not an answer of this protocol, or a member has a wrong type.
        """
        ...

    def refusal(self, status: int, error_type: str, answer: bytes) -> Refusal:
        """What an error answer says.

        Args:
            status: the HTTP status, not 200.
            error_type: the header `x-amzn-errortype`; empty where there is none.
            answer: the body, whatever it holds.
        """
        ...


def generic_refusal(status: int, answer: bytes) -> Refusal | None:
    """The error where what answered was not the service; None where it seems to have been.

    A 5xx without a body, or with a page, comes from a load balancer or a proxy on the way.
    """
    body = answer.strip()
    if status >= 500 and (not body or body.startswith(b"<html>")):
        return Refusal(str(status), http.client.responses.get(status, ""))
    return None


def in_its_words(answer: bytes) -> Refusal:
    """An error that the protocol does not describe: its text is its message."""
    return Refusal("", answer.decode(errors="replace"))
