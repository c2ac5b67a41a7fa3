"""Stopping a sweep early: by a signal, or by the time that a run may take."""

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
        self._before_sweep: asyncio.Task[object] | None = None

    def now(self, reason: str) -> None:
        """End the run: before the sweep by cancelling it, during the sweep by its own ways."""
        if self.reason:
            return
        self.reason = reason
        if self._before_sweep is not None:
            self._before_sweep.cancel()
        latest = asyncio.get_running_loop().time() + self.GRACE_SECONDS
        for timeout in self._running:
            when = timeout.when()
            if when is None or when > latest:
                timeout.reschedule(latest)

    @contextmanager
    def cancelling(self) -> Iterator[None]:
        """While this lasts there is nothing to report yet, and stopping cancels the task."""
        self._before_sweep = asyncio.current_task()
        try:
            yield
        finally:
            self._before_sweep = None

    @contextmanager
    def watching(self, timeout: asyncio.Timeout) -> Iterator[None]:
        """While this lasts, stopping draws the timeout near."""
        self._running.add(timeout)
        try:
            yield
        finally:
            self._running.discard(timeout)
