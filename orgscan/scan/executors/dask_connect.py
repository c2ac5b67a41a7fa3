"""Connections to a Dask scheduler: one that is somewhere, or one on this machine for a trial."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from distributed import Client, LocalCluster
from distributed.security import Security

from orgscan.config.settings import Settings
from orgscan.errors import WorkerError
from orgscan.scan.executors.dask_security import require_scheduler, security
from orgscan.scan.executors.station import AT_ONCE

_LOOK_SECONDS = 1.0
_ANSWER_SECONDS = 10.0
_PATIENCE_SECONDS = 120.0

Connect = Callable[[], Awaitable[Client]]


@asynccontextmanager
async def scheduler(settings: Settings, size: int) -> AsyncIterator[Connect]:
    """How to connect to the scheduler, seen to be there."""
    if settings.dask == "local":
        async with _on_this_machine(size) as there:
            yield lambda: _client(there.scheduler_address, there.security)
        return
    await require_scheduler(settings)
    yield lambda: _patiently(settings)


async def _patiently(settings: Settings) -> Client:
    """A client as soon as the scheduler is there.

    Raises:
        WorkerError: it is not there for too long.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + _PATIENCE_SECONDS
    while True:
        try:
            await require_scheduler(settings)
            return await _client(settings.dask or "", security(settings))
        except (WorkerError, OSError):
            if loop.time() > until:
                raise
            await asyncio.sleep(_LOOK_SECONDS)


async def _client(address: str, secured: Security | None) -> Client:
    client: Client = await Client(
        address,
        security=secured,
        asynchronous=True,
        set_as_default=False,
        name="orgscan",
        timeout=_ANSWER_SECONDS,
    )
    return client


@asynccontextmanager
async def _on_this_machine(size: int) -> AsyncIterator[LocalCluster]:
    """A cluster for a trial: on the loopback interface, with certificates made for it alone."""
    async with LocalCluster(
        n_workers=size,
        threads_per_worker=AT_ONCE,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        worker_dashboard_address=None,
        security=Security.temporary(),
        asynchronous=True,
        silence_logs=logging.CRITICAL,
        env={"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"},
    ) as there:
        yield there


def hush() -> None:
    """Dask sets its own log lines up when it is imported; ours say what of it matters."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado"}:
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [logging.NullHandler()], False
