"""One call, and what an operation is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from orgscan.simulator.record import Record
from orgscan.simulator.scenario import Scenario
from orgscan.simulator.weather import Weather
from orgscan.simulator.wire.credentials import Identity, Issuer
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.paging import Pager
from orgscan.simulator.world.world import World

Request = TypeVar("Request", bound=msgspec.Struct)


def is_read(operation: str) -> bool:
    """Whether an operation of this name changes nothing; to assume a role does not."""
    return operation.startswith(("Describe", "List", "Get", "BatchGet", "AssumeRole"))


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, from where, and everything an answer is made from.

    Attributes:
        account: the account of whoever signed the call.
        now: seconds since 1970.
    """

    identity: Identity
    region: str
    now: float
    world: World
    weather: Weather
    issuer: Issuer
    pager: Pager
    record: Record

    @property
    def account(self) -> str:
        """The account of whoever signed the call."""
        return self.identity.account

    @property
    def scenario(self) -> Scenario:
        """What the organization was told to be."""
        return self.world.scenario


class Operation(msgspec.Struct, Generic[Request], frozen=True):
    """One API operation.

    Attributes:
        request: the shape of its parameters.
        answer: gives the members of the response, or the response's JSON ready made.
        subject: the account that is asked about, where that is not the caller's own.
        resource: what an authorization message names as the resource.
    """

    name: str
    request: type[Request]
    answer: Callable[[Call, Request], Tree | bytes]
    subject: Callable[[Request], str | None] | None = None
    resource: Callable[[Call, Request], str] | None = None

    def decode(self, parameters: bytes | dict[str, object]) -> Request:
        """The parameters, checked.

        Raises:
            msgspec.ValidationError: one is missing or of the wrong type.
            msgspec.DecodeError: the body is not JSON.
        """
        if isinstance(parameters, bytes):
            return msgspec.json.decode(parameters or b"{}", type=self.request)
        return msgspec.convert(parameters, self.request, strict=False)
