"""Stopping a run early: by a signal, or by the time that it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


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

    @contextmanager
    def watching(self, timeout: asyncio.Timeout) -> Iterator[None]:
        """While this lasts, stopping draws the timeout near."""
        self._running.add(timeout)
        try:
            yield
        finally:
            self._running.discard(timeout)
