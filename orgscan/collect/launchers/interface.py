"""What every optional collector is: a name, the calls it makes, and one function of a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.session import RegionSession
from orgscan.model.launcher import Launcher
from orgscan.model.outcome import NotCollected


class Gathered(msgspec.Struct, frozen=True):
    """What one collector saw in one account-region.

    Attributes:
        launchers: those not described included, with the reason.
        missing: what stood in the way, each cause once.
    """

    launchers: tuple[Launcher, ...] = ()
    missing: tuple[NotCollected, ...] = ()


class Collector(msgspec.Struct, frozen=True, kw_only=True):
    """One AWS service that starts tasks.

    Attributes:
        name: as the setting `collect` names it, for example `launchers.events`.
        about: what it reads, for people.
        operations: every call that it makes.
    """

    name: str
    about: str
    operations: tuple[Operation[Any], ...]
    gather: Callable[[RegionSession], Awaitable[Gathered]]

    @property
    def permissions(self) -> tuple[str, ...]:
        """The IAM actions that the read role needs for it: here they are named as the calls are."""
        return tuple(operation.api for operation in self.operations)
