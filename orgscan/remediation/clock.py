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
    """The real one; `speed` lets a demonstration pass its waiting time faster."""

    speed: float = 1.0

    def now(self) -> float:
        """As `Clock.now`."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """As `Clock.sleep`."""
        await asyncio.sleep(seconds / self.speed)
