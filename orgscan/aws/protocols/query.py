"""The AWS query protocol, which STS speaks: a form in, XML out, its result inside a wrapper.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.protocols.form import CONTENT_TYPE, encoded_form
from orgscan.aws.protocols.interface import Refusal, generic_refusal, in_its_words
from orgscan.aws.protocols.xml_reader import NotXml, decoded_xml, read_xml

T = TypeVar("T")


class Query(msgspec.Struct, frozen=True):
    """The protocol; `version` is the API's, for example `2011-06-15`."""

    version: str
    content_type: str = CONTENT_TYPE

    def target(self, operation: str) -> str:  # noqa: ARG002 - the body names the operation
        """As `WireProtocol.target`."""
        return ""

    def encode(self, operation: str, parameters: Parameters) -> bytes:
        """As `WireProtocol.encode`."""
        return encoded_form(operation, self.version, parameters, _items_of)

    def decode(self, operation: Operation[T], answer: bytes) -> T:
        """As `WireProtocol.decode`."""
        return decoded_xml(operation, answer, within=f"{operation.name}Result")

    def refusal(self, status: int, error_type: str, answer: bytes) -> Refusal:  # noqa: ARG002 - only JSON services send that header
        """As `WireProtocol.refusal`."""
        generic = generic_refusal(status, answer)
        if generic is not None:
            return generic
        try:
            error = read_xml(answer, "ErrorResponse", _Error, within="Error")
        except (NotXml, msgspec.ValidationError):
            return in_its_words(answer)
        return Refusal(error.code, error.message)


class _Error(msgspec.Struct, rename="pascal"):
    code: str = ""
    message: str = ""


def _items_of(name: str) -> str:
    """A list's items are numbered members."""
    return f"{name}.member"
