"""Many deadlines and one timer.

Hundreds of calls and targets are under way at once, and hardly any runs out of time. A timer for
each, as `asyncio.timeout` has it, is set and cancelled for nothing, at a cost of as much as signing
a call.
"""

from __future__ import annotations

import asyncio
from typing import Protocol


class Expiring(Protocol):
    """What has to end by some time."""

    def expire(self) -> None:
        """End it: its time is over."""
        ...


class Deadlines:
    """What is under way on one event loop, with the time by which each has to end."""

    def __init__(self) -> None:
        self._until: dict[Expiring, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = float("inf")

    def add(self, one: Expiring, until: float) -> None:
        """It is under way until `drop`, or expires at this time of the loop."""
        self._until[one] = until
        if until < self._rings_at:
            self._set()

    def drop(self, one: Expiring) -> None:
        """It has ended."""
        self._until.pop(one, None)

    def draw_near(self, latest: float) -> None:
        """Whatever is under way ends by this time of the loop, if not before."""
        self._until = {one: min(until, latest) for one, until in self._until.items()}
        self._set()

    def _set(self) -> None:
        """Set the timer on what has to end first; that it has ended by then is well enough."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._rings_at = None, min(self._until.values(), default=float("inf"))
        if self._until:
            self._timer = asyncio.get_running_loop().call_at(self._rings_at, self._ring)

    def _ring(self) -> None:
        late = [one for one, until in self._until.items() if until <= self._rings_at]
        for one in late:
            self.drop(one)
            one.expire()
        self._set()
