"""Batches go out to workers and come back as segments, each into the book once."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import suppress

import msgspec

from orgscan.errors import WorkerError
from orgscan.journal.segment import Segment
from orgscan.scan.book import Book
from orgscan.scan.executors.interface import Worker, WorkerLost, Workers
from orgscan.scan.executors.messages import Batch
from orgscan.scan.executors.station import AT_ONCE
from orgscan.sweep.stop import Stop

# A batch that ended so many workers would end the next one, too.
_MOST_LOSSES = 3
# Longer than this, and than several times the slowest batch so far, is worth a line in the log.
_SLOW_SECONDS = 60.0
_SLOW_FACTOR = 4.0
# What a worker may take to answer once the grace of a stop is over.
_ANSWER_SECONDS = 2.0

_log = logging.getLogger(__name__)


class _Out(msgspec.Struct):
    """A batch that is with a worker since then."""

    batch: Batch
    worker: str
    since: float
    said: bool = False


class Dispatch:
    """Hands out each batch until it has come back, whoever is lost meanwhile.

    A worker that is slow keeps its batches, since asking twice would take twice of the accounts'
    own quotas; the others take the rest.

    Attributes:
        waiting: batches that are with nobody; after a stop, those that nobody swept.
    """

    def __init__(self, batches: Iterable[Batch], book: Book, stop: Stop, run_id: str) -> None:
        self.waiting = deque(batches)
        self._book = book
        self._stop = stop
        self._extra = {"run_id": run_id}
        self._out: dict[int, _Out] = {}
        self._losses: Counter[int] = Counter()
        self._slowest = 0.0
        self._news = asyncio.Event()
        self._clock = asyncio.get_running_loop().time

    async def run(self, workers: Workers) -> None:
        """Until every batch is in the book; after a stop, until nothing is under way.

        Raises:
            OrgscanError: there are no workers, or one met what a person has to mend.
        """
        self._stop.tells(lambda _: self._end(workers))
        async with asyncio.TaskGroup() as group:
            tasks: list[asyncio.Task[None]] = []
            tasks.append(group.create_task(self._hire(workers, group, tasks)))
            while self._out or (self.waiting and not self._stop.reason):
                await self._hear(_SLOW_SECONDS)
                self._say_what_is_slow()
            for task in tasks:
                task.cancel()

    async def _hire(
        self, workers: Workers, group: asyncio.TaskGroup, tasks: list[asyncio.Task[None]]
    ) -> None:
        while True:
            worker = await workers.hire()
            tasks += [group.create_task(self._keep_busy(worker)) for _ in range(AT_ONCE)]

    async def _keep_busy(self, worker: Worker) -> None:
        """One of the batches that a worker takes at once, and then the next."""
        while True:
            batch = await self._next()
            self._out[batch.number] = _Out(batch, worker.name, self._clock())
            try:
                segment = await worker.sweep(batch)
            except WorkerLost as lost:
                self._again(batch, worker, lost)
                return
            self._take(batch, segment)

    async def _next(self) -> Batch:
        while self._stop.reason or not self.waiting:
            await self._hear(None)
        return self.waiting.popleft()

    def _take(self, batch: Batch, segment: Segment) -> None:
        self._slowest = max(self._slowest, self._clock() - self._out.pop(batch.number).since)
        self._book.absorb(segment.parts())
        self._book.used(segment.usage)
        self._news.set()

    def _again(self, batch: Batch, worker: Worker, lost: WorkerLost) -> None:
        del self._out[batch.number]
        if not self._stop.reason:
            self._say_what_was_lost(batch, worker, lost)
        self.waiting.appendleft(batch)
        self._news.set()

    def _say_what_was_lost(self, batch: Batch, worker: Worker, lost: WorkerLost) -> None:
        self._losses[batch.number] += 1
        first, last = batch.accounts[0].id, batch.accounts[-1].id
        which = f"batch {batch.number} ({len(batch.accounts)} accounts, {first} to {last})"
        if self._losses[batch.number] >= _MOST_LOSSES:
            raise WorkerError(
                f"{which} ended {_MOST_LOSSES} workers, the last of them: {lost}",
                where=worker.name,
                mend="Look at that worker's memory and its log; `orgscan scan --resume` goes on",
            )
        _log.warning(f"{worker.name} is lost: {lost}; {which} is swept again", extra=self._extra)

    async def _hear(self, seconds: float | None) -> None:
        """Wait until something has changed, but no longer than that."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    def _say_what_is_slow(self) -> None:
        limit = max(_SLOW_SECONDS, _SLOW_FACTOR * self._slowest)
        for out in self._out.values():
            seconds = self._clock() - out.since
            if seconds > limit and not out.said:
                out.said = True
                _log.warning(
                    f"{out.worker} is slow: batch {out.batch.number} is there for {seconds:.0f} s; "
                    "the others take the rest",
                    extra=self._extra,
                )

    def _end(self, workers: Workers) -> None:
        """Whoever has not answered when the grace is over is not waited for."""
        self._news.set()
        patience = Stop.GRACE_SECONDS + _ANSWER_SECONDS
        asyncio.get_running_loop().call_later(patience, workers.abandon)
