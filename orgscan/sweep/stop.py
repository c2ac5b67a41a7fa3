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
        self._under_way: dict[InTime, None] = {}
        self._timer: asyncio.TimerHandle | None = None
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
        for one in self._under_way:
            one.until = min(one.until, latest)
        self._arm()
        for told in self._told:
            told(reason)

    def in_time(self, seconds: float) -> InTime:
        """What lies inside ends within so many seconds, or with the grace once the run is to end.

        Raises:
            TimeoutError: on leaving, that it did not; on entering, that the run is to end already.
        """
        return InTime(self, seconds)

    def begun(self, one: InTime) -> None:
        """It ends in time from now on."""
        self._under_way[one] = None
        if self._timer is None or one.until < self._timer.when():
            self._arm()

    def ended(self, one: InTime) -> None:
        """It has ended."""
        self._under_way.pop(one, None)

    def _arm(self) -> None:
        """Set the one timer on whatever has to end first."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._under_way:
            first = min(one.until for one in self._under_way)
            self._timer = asyncio.get_running_loop().call_at(first, self._look)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        for one in [one for one in self._under_way if one.until <= now]:
            self.ended(one)
            one.expire()
        self._arm()


class InTime:
    """`Stop.in_time`, within one task.

    An `asyncio.timeout` does the same, with a timer of its own: every target is within one of
    these, and 500 are under way at once, of which each makes a timer that hardly ever rings. Here
    all share one, which takes a fifth of the time.
    """

    __slots__ = ("_cancelled_before", "_is_late", "_stop", "_task", "until")

    def __init__(self, stop: Stop, seconds: float) -> None:
        self.until = asyncio.get_running_loop().time() + seconds
        self._stop = stop
        self._is_late = False

    def __enter__(self) -> None:
        if self._stop.reason:
            raise TimeoutError
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be held to a time")
        self._task = task
        self._cancelled_before = task.cancelling()
        self._stop.begun(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.ended(self)
        if self._is_late:
            # Whoever else cancelled the task wants it cancelled.
            is_ours = self._task.uncancel() <= self._cancelled_before
            if is_ours and isinstance(error, asyncio.CancelledError):
                raise TimeoutError from error

    def expire(self) -> None:
        """Cancel the task, which leaves with a TimeoutError."""
        self._is_late = True
        self._task.cancel()
