"""The REST JSON protocol, as far as Account Management's POSTs need it: members in the body.

The operation is the path, which the endpoint holds; so one endpoint serves one operation.
https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.protocols.interface import Refusal
from orgscan.aws.protocols.json11 import Json11

T = TypeVar("T")

# Bodies and errors are written as in JSON 1.1; only the operation's place differs.
_BODIES = Json11("")


class RestJson(msgspec.Struct, frozen=True):
    """The protocol of one operation."""

    operation: str
    content_type: str = "application/json"

    def target(self, operation: str) -> str:  # noqa: ARG002 - the path names the operation
        """As `WireProtocol.target`."""
        return ""

    def encode(self, operation: str, parameters: Parameters) -> bytes:
        """As `WireProtocol.encode`."""
        if operation != self.operation:
            raise RuntimeError(f"the endpoint of {self.operation} was given {operation}")
        return _BODIES.encode(operation, parameters)

    def decode(self, operation: Operation[T], answer: bytes) -> T:
        """As `WireProtocol.decode`."""
        return _BODIES.decode(operation, answer)

    def refusal(self, status: int, error_type: str, answer: bytes) -> Refusal:
        """As `WireProtocol.refusal`."""
        return _BODIES.refusal(status, error_type, answer)
