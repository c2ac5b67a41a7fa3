"""Time as remediation knows it, so that tests can let it pass."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import msgspec


class Clock(Protocol):
    """The time, and waiting."""

    def now(self) -> float:
        """Seconds since 1970."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class WallClock(msgspec.Struct, frozen=True):
    """The real one."""

    def now(self) -> float:
        """As `Clock.now`."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """As `Clock.sleep`."""
        await asyncio.sleep(seconds)


class SkippingClock:
    """Waiting passes at once, as for a simulated organization whose time is counted in reads."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """As `Clock.now`."""
        return time.time() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """As `Clock.sleep`."""
        self._ahead += seconds
        await asyncio.sleep(0)
