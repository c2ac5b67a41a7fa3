"""A sign of life at equal distances, also while every account-region of a sweep is waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from orgscan.scan.progress import Progress

_log = logging.getLogger(__name__)


@asynccontextmanager
async def heartbeat(
    seconds: float,
    progress: Progress,
    tell: Callable[[Progress], None],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """Log and tell how far a sweep is, again and again while this lasts.

    Args:
        seconds: between two beats, and before the first.
        progress: as it changes.
        tell: called at each beat.
        sleep: waits so many seconds.
    """

    async def beats() -> None:
        while True:
            await sleep(seconds)
            _log.info(
                f"Sweeping: {progress.targets:,} account-regions of {progress.accounts:,} accounts "
                f"are done, {progress.gaps:,} of them not seen in full",
                extra={
                    "targets": progress.targets,
                    "gaps": progress.gaps,
                    "api_calls": progress.api_calls,
                    "throttled": progress.throttled,
                },
            )
            tell(progress)

    task = asyncio.create_task(beats())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
