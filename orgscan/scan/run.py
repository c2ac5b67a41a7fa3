"""One scan on an event loop of its own, which ends in order on SIGINT, SIGTERM and time out."""

from __future__ import annotations

import asyncio
import contextvars
import signal

from orgscan.errors import Interrupted, OrgscanError
from orgscan.log_context import as_in
from orgscan.scan.event_loop import collecting_seldom, loop_factory
from orgscan.scan.pipeline import Request, ScanResult, scan
from orgscan.sweep.stop import Stop


def run(request: Request) -> ScanResult:
    """Scan and report; uvloop where it is installed.

    The first Ctrl-C or SIGTERM ends the sweep, and the report says what was not reached; a second
    one ends the process.

    Raises:
        OrgscanError: as `scan`.
        Interrupted: the run was stopped before it was known what there is to be seen.
    """
    context = contextvars.copy_context()
    try:
        with collecting_seldom(), asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(_stoppable(request), context=context)
    except BaseExceptionGroup as group:
        # Task groups wrap what ended them, however deep; a person wants the one error inside.
        mendable = _mendable(group)
        if mendable is None:
            raise
        raise mendable from None
    finally:
        as_in(context)


def _mendable(group: BaseExceptionGroup[BaseException]) -> OrgscanError | None:
    """The first error that a person can mend; None where there is a bug beside it, or nothing."""
    matching, rest = group.split(OrgscanError)
    if matching is None or rest is not None:
        return None
    found: BaseException = matching
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found if isinstance(found, OrgscanError) else None


async def _stoppable(request: Request) -> ScanResult:
    stop = Stop()
    stop.cancels(asyncio.current_task())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        _on_signal(loop, number, stop)
    timer = None
    if request.settings.timeout is not None:
        seconds = request.settings.timeout
        timer = loop.call_later(seconds, stop.now, f"--timeout of {seconds} s was reached")
    try:
        return await scan(request, stop)
    except asyncio.CancelledError:
        if not stop.reason:
            raise
        raise Interrupted(f"stopped before all accounts were listed: {stop.reason}") from None
    finally:
        if timer is not None:
            timer.cancel()


def _on_signal(loop: asyncio.AbstractEventLoop, number: signal.Signals, stop: Stop) -> None:
    def stopped() -> None:
        stop.now(f"{number.name} was received")
        # The next one is the user's last word.
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)

    try:
        loop.add_signal_handler(number, stopped)
    except (NotImplementedError, ValueError):
        # Windows has no such handlers, and threads other than the main one may set none.
        return
