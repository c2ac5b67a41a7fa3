"""Which executor the settings ask for."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from orgscan.aws.entrance import Entrance
from orgscan.config.settings import Settings
from orgscan.errors import ConfigError
from orgscan.scan.executors.in_process import InProcess
from orgscan.scan.executors.interface import Executor
from orgscan.scan.executors.messages import Order
from orgscan.scan.executors.processes import processes
from orgscan.scan.executors.shared_out import SharedOut
from orgscan.scan.executors.station import Station
from orgscan.sweep.stop import Stop


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What executors are made with.

    Attributes:
        way_in: this process's engine.
        here: the sweep of this process alone.
        order: gives what workers are told, with profiles or without.
        stop: ends the run early.
        shards: runs that draw on the caller's quotas at the same time, this one included.
    """

    settings: Settings
    way_in: Entrance
    here: InProcess
    order: Callable[[bool], Order]
    stop: Stop
    shards: int = 1


def process_count(settings: Settings) -> int:
    """How many processes sweep."""
    if settings.processes == "auto":
        return (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        )
    return settings.processes


def is_shared_out(settings: Settings) -> bool:
    """Whether others sweep too, among whom the accounts are shared out once all are listed."""
    return settings.dask is not None or process_count(settings) > 1


def check_executor(settings: Settings) -> None:
    """Refuse what does not go together, before AWS is asked anything.

    Raises:
        ConfigError: what, and what to leave out.
    """
    if settings.dask is None:
        return
    if process_count(settings) > 1 and settings.dask != "local":
        raise ConfigError(
            "a Dask cluster sweeps with the workers that it has",
            where="--processes and --dask",
            mend="Leave out one of them",
        )
    from orgscan.scan.executors.dask_security import check_dask  # noqa: PLC0415 - an optional extra

    check_dask(settings)


@asynccontextmanager
async def executor(around: Surroundings) -> AsyncIterator[Executor]:
    """The executor, open; whom it started ends with the block.

    Raises:
        OrgscanError: the cluster cannot be reached or used.
    """
    settings, stop = around.settings, around.stop
    count = process_count(settings)
    if settings.dask is not None:
        from orgscan.scan.executors.dask_cluster import cluster  # noqa: PLC0415 - as above

        order = around.order(False)
        async with cluster(settings, order, stop=stop, shards=around.shards, size=count) as workers:
            yield SharedOut(workers, around.here, stop, order.run_id)
    elif count > 1:
        order = around.order(True)
        here = Station(order, around.way_in, stop, None)
        async with processes(count, order, here, stop=stop, shards=around.shards) as children:
            yield SharedOut(children, around.here, stop, order.run_id)
    else:
        yield around.here
