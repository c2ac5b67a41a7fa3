"""Stopping a run early: by a signal, or by the time that it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType


class Stop:
    """Told once that the run shall end; what is under way gets a few seconds more.

    Attributes:
        reason: why, for the coverage ledger; empty while nobody has said stop.
    """

    GRACE_SECONDS = 3.0

    def __init__(self) -> None:
        self.reason = ""
        self._running: set[asyncio.Timeout] = set()
        self._unswept: asyncio.Task[object] | None = None
        self._told: list[Callable[[str], None]] = []

    def tells(self, told: Callable[[str], None]) -> None:
        """Call `told` with the reason, once the run shall end."""
        self._told.append(told)

    def cancels(self, task: asyncio.Task[object] | None) -> None:
        """Until a sweep begins there is nothing to report, and stopping cancels `task`."""
        self._unswept = task

    def sweep_begins(self) -> None:
        """From now on stopping ends the sweep, and the report says what was not reached."""
        self._unswept = None

    def now(self, reason: str) -> None:
        """End the run."""
        if self.reason:
            return
        self.reason = reason
        if self._unswept is not None:
            self._unswept.cancel()
        latest = asyncio.get_running_loop().time() + self.GRACE_SECONDS
        for timeout in self._running:
            when = timeout.when()
            if when is None or when > latest:
                timeout.reschedule(latest)
        for told in self._told:
            told(reason)

    def in_time(self, seconds: float) -> InTime:
        """What lies inside ends within so many seconds, or with the grace once the run is to end.

        Raises:
            TimeoutError: on leaving, that it did not; on entering, that the run is to end already.
        """
        return InTime(self, seconds)

    def watch(self, timeout: asyncio.Timeout) -> None:
        """From now on stopping draws the timeout near."""
        self._running.add(timeout)

    def unwatch(self, timeout: asyncio.Timeout) -> None:
        """The timeout is over."""
        self._running.discard(timeout)


class InTime:
    """`Stop.in_time`. Every target is within one, so that it is no generator."""

    __slots__ = ("_stop", "_timeout")

    def __init__(self, stop: Stop, seconds: float) -> None:
        self._stop = stop
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        if self._stop.reason:
            raise TimeoutError
        await self._timeout.__aenter__()
        self._stop.watch(self._timeout)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.unwatch(self._timeout)
        await self._timeout.__aexit__(kind, error, trace)
