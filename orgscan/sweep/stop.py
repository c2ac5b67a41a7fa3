"""Stopping a run early: by a signal, or by the time that it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType

from orgscan.aws.deadlines import Deadlines


class Stop:
    """Told once that the run shall end; what is under way gets a few seconds more.

    Attributes:
        reason: why, for the coverage ledger; empty while nobody has said stop.
        is_over: whether the ledger is to say of what was not reached that it was not.
    """

    GRACE_SECONDS = 3.0

    def __init__(self) -> None:
        self.reason = ""
        self.is_over = False
        self._deadlines = Deadlines()
        self._unswept: asyncio.Task[object] | None = None
        self._told: list[Callable[[str], None]] = []

    def tells(self, told: Callable[[str], None]) -> None:
        """Call `told` with the reason, once the run shall end."""
        self._told.append(told)

    def cancels(self, task: asyncio.Task[object] | None) -> None:
        """Until all accounts are listed nothing can be reported, and stopping cancels `task`."""
        self._unswept = task

    def accounts_are_listed(self) -> None:
        """From now on stopping ends the sweep, and the report says what was not reached."""
        self._unswept = None

    def now(self, reason: str) -> None:
        """End the run."""
        if self.reason:
            return
        self.reason = reason
        if self._unswept is not None:
            # Nothing is said of what was not reached: a resumed run is to ask for it.
            self._unswept.cancel()
        else:
            self.is_over = True
            latest = asyncio.get_running_loop().time() + self.GRACE_SECONDS
            self._deadlines.draw_near(latest)
        for told in self._told:
            told(reason)

    def in_time(self, seconds: float) -> InTime:
        """What lies inside ends within so many seconds, or with the grace once the run is to end.

        Raises:
            TimeoutError: on leaving, that it did not; on entering, that the run is to end already.
        """
        return InTime(self, self._deadlines, seconds)


class InTime:
    """`Stop.in_time`: what `asyncio.timeout` does, with the timer that all share."""

    __slots__ = ("_cancelled_before", "_deadlines", "_is_late", "_seconds", "_stop", "_task")

    def __init__(self, stop: Stop, deadlines: Deadlines, seconds: float) -> None:
        self._stop = stop
        self._deadlines = deadlines
        self._seconds = seconds
        self._is_late = False

    def __enter__(self) -> None:
        if self._stop.is_over:
            raise TimeoutError
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be held to a time")
        self._task = task
        self._cancelled_before = task.cancelling()
        self._deadlines.add(self, task.get_loop().time() + self._seconds)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._deadlines.drop(self)
        if self._is_late:
            # Whoever else cancelled the task wants it cancelled.
            is_ours = self._task.uncancel() <= self._cancelled_before
            if is_ours and isinstance(error, asyncio.CancelledError):
                raise TimeoutError from error

    def expire(self) -> None:
        """Cancel the task, which leaves with a TimeoutError."""
        self._is_late = True
        self._task.cancel()
