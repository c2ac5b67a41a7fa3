"""`--processes N`: this process and N - 1 children, each with an engine of its own."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from msgspec.structs import replace

from orgscan.journal.segment import Segment
from orgscan.scan.executors.frames import frame, read_answer
from orgscan.scan.executors.interface import Worker, WorkerLost
from orgscan.scan.executors.messages import Batch, Done, Failed, Order, Refused, StopNow, ToWorker
from orgscan.scan.executors.station import Station
from orgscan.sweep.stop import Stop

# -P: modules come from where orgscan is installed, never from the directory it was started in.
_COMMAND = (sys.executable, "-P", "-m", "orgscan.scan.executors.child")
_CLOSING_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Here:
    """This process as one of its own workers."""

    name = "this process"

    def __init__(self, station: Station, among: int) -> None:
        """Take the engine, and how many processes draw on the caller's quotas."""
        self._station = station
        self._among = among

    async def sweep(self, batch: Batch) -> Segment:
        """As `Worker.sweep`; this one is lost only together with the run."""
        return await self._station.sweep(replace(batch, among=self._among))


class Child:
    """One child process and the batches that it has."""

    def __init__(self, process: Process, among: int, on_end: Callable[[], None]) -> None:
        """Take a process that has its order; `on_end` is called once it is gone."""
        self._process = process
        self._among = among
        self._on_end = on_end
        self._waiting: dict[int, asyncio.Future[Segment]] = {}
        self._over: Exception | None = None
        self._listening = asyncio.create_task(self._listen())

    @property
    def name(self) -> str:
        """As `Worker.name`."""
        return f"process {self._process.pid}"

    async def sweep(self, batch: Batch) -> Segment:
        """As `Worker.sweep`."""
        if self._over is not None:
            raise self._over
        answer: asyncio.Future[Segment] = asyncio.get_running_loop().create_future()
        self._waiting[batch.number] = answer
        self.say(replace(batch, among=self._among))
        return await answer

    def say(self, message: ToWorker) -> None:
        """Send a message; whether the child is still there shows when it answers.

        The pipe to a child that was killed is closed before its end has been heard of.
        """
        assert self._process.stdin is not None  # noqa: S101 - it was started with a pipe
        if self._over is None and not self._process.stdin.is_closing():
            self._process.stdin.write(frame(message))

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def close(self) -> None:
        """Let it end, and wait for that; one that does not is killed."""
        assert self._process.stdin is not None  # noqa: S101 - as above
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
        await self._listening

    async def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - as above
        while (message := await read_answer(self._process.stdout)) is not None:
            match message:
                case Done(number, segment):
                    answer = self._waiting.pop(number, None)
                    if answer is not None and not answer.done():
                        answer.set_result(segment)
                case Failed():
                    self._fail(message.error())
                case Refused(why):
                    self._fail(WorkerLost(why))
        lost = WorkerLost(_how_it_ended(await self._process.wait()))
        self._fail(self._over or lost)
        self._on_end()

    def _fail(self, error: Exception) -> None:
        self._over = error
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)
        self._waiting.clear()


class Processes:
    """`orgscan.scan.executors.interface.Workers`: this process and its children."""

    def __init__(self, count: int, order: Order, here: Station, shards: int) -> None:
        """Take what each child is told.

        Args:
            count: processes, this one included.
            order: of the run.
            here: this process's own engine.
            shards: runs that draw on the caller's quotas at the same time, this one included.
        """
        self.count = count
        self._order = order
        self._among = count * shards
        self._ready: asyncio.Queue[Worker] = asyncio.Queue()
        self._ready.put_nowait(Here(here, self._among))
        self._children: list[Child] = []
        self._replacements = count
        self._closing = False
        self._starting: set[asyncio.Task[None]] = set()

    async def hire(self) -> Worker:
        """As `Workers.hire`."""
        return await self._ready.get()

    def abandon(self) -> None:
        """As `Workers.abandon`."""
        self._closing = True
        for child in self._children:
            child.kill()

    def stop(self, reason: str) -> None:
        """Tell every child that the run shall end."""
        self._closing = True
        for child in self._children:
            child.say(StopNow(reason))

    async def start(self) -> None:
        """Start one child."""
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, stdin=PIPE, stdout=PIPE, start_new_session=True
        )
        child = Child(process, self._among, self._replace_lost)
        child.say(self._order)
        self._children.append(child)
        self._ready.put_nowait(child)

    async def close(self) -> None:
        """End every child."""
        self._closing = True
        await asyncio.gather(*self._starting)
        await asyncio.gather(*(child.close() for child in self._children))

    def _replace_lost(self) -> None:
        """Start another in place of a child that ended; a machine that kills all of them wins."""
        if self._closing:
            return
        if not self._replacements:
            _log.warning("Children keep ending: no more are started, the others take the rest")
            return
        self._replacements -= 1
        task = asyncio.create_task(self.start())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)


@asynccontextmanager
async def processes(
    count: int, order: Order, here: Station, *, stop: Stop, shards: int
) -> AsyncIterator[Processes]:
    """Start the children; they end with the block.

    Args:
        count: processes, this one included.
        order: of the run.
        here: this process's own engine.
        stop: ends the run early, and the children are told.
        shards: runs that draw on the caller's quotas at the same time, this one included.
    """
    workers = Processes(count, order, here, shards)
    stop.tells(workers.stop)
    try:
        for _ in range(count - 1):
            await workers.start()
        yield workers
    finally:
        await workers.close()


def _how_it_ended(status: int) -> str:
    if status >= 0:
        return f"it ended with {status}"
    return f"it was ended by {signal.Signals(-status).name}"
