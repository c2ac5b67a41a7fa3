"""Several coroutines, a few of them at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def few_at_once(limit: int, work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """The results in the order of `work`, never more than `limit` running.

    One task group owns them all: a bug in one cancels the rest and propagates.
    """
    if len(work) < 2:
        return [await one for one in work]
    gate = asyncio.Semaphore(limit)

    async def gated(one: Coroutine[Any, Any, T]) -> T:
        async with gate:
            return await one

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(gated(one)) for one in work]
    return [task.result() for task in tasks]
