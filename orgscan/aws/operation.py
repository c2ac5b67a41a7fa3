"""An API operation as orgscan calls it, and what a call gives."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from orgscan.aws.pace import Bucket
from orgscan.aws.receipt import Receipt

T = TypeVar("T")

Parameters = dict[str, Any]
"""Request members by AWS's own names; values as the service model has them."""


class Operation(msgspec.Struct, Generic[T], frozen=True, kw_only=True, dict=True):
    """One operation of one service.

    Attributes:
        service: botocore's name of the service.
        name: AWS's name of the operation.
        reply: the shape its answer is read into: a struct with the members that are used.
        bucket: the throttle that AWS documents for it.
        has_other_way: whether the caller gets by without it, so that it is given up where AWS
            throttles it in earnest.
        lean: whether it is hot enough to bypass botocore (AWS JSON 1.1 and EC2 query only).
        prefix: the service's IAM prefix, where that is not botocore's name of it.
        changes: whether it changes something. A request whose answer was lost may have happened,
            so it is never sent again unasked; only what AWS itself turned away is.
    """

    service: str
    name: str
    reply: type[T]
    bucket: Bucket
    has_other_way: bool = False
    lean: bool = False
    prefix: str = ""
    changes: bool = False

    @cached_property
    def api(self) -> str:
        """For people and policies: `ecs:ListClusters`."""
        return f"{self.prefix or self.service}:{self.name}"


class Reply(msgspec.Struct, Generic[T], frozen=True):
    """What a call gave.

    Attributes:
        data: the answer, typed.
        told: its digest, where nobody called AWS.
        receipt: what came back; None where nobody called AWS.
    """

    data: T
    told: str = ""
    receipt: Receipt | None = None

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the response body as evidence keeps it."""
        return self.told if self.receipt is None else self.receipt.digest
