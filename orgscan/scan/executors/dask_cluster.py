"""`--dask ADDRESS`: the workers of a Dask cluster, which come and go while the run goes on.

orgscan itself says which worker takes which batch; of Dask it uses the connections, the knowledge
of who is there, and that a task runs where it is sent.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from distributed import Client
from msgspec.structs import replace

from orgscan.config.settings import Settings
from orgscan.errors import WorkerError
from orgscan.journal.segment import Segment
from orgscan.scan.executors import dask_task
from orgscan.scan.executors.dask_connect import Connect, hush, scheduler
from orgscan.scan.executors.interface import Worker, WorkerLost
from orgscan.scan.executors.messages import Batch, Done, Failed, Order, Refused
from orgscan.sweep.stop import Stop

_LOOK_SECONDS = 1.0
_ANSWER_SECONDS = 10.0
# So long a run waits for a scheduler that is gone, and for a worker that can take part.
_PATIENCE_SECONDS = 120.0

_log = logging.getLogger(__name__)


class DaskWorker:
    """One worker process of the cluster."""

    def __init__(self, client: Client, address: str, workers: DaskWorkers) -> None:
        """Take where it is, and whose it is."""
        self.address = address
        self._client = client
        self._workers = workers
        self._lost: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    @property
    def name(self) -> str:
        """As `Worker.name`."""
        return f"worker {self.address}"

    def lose(self, why: str) -> None:
        """Note that it is gone."""
        if not self._lost.done():
            self._lost.set_exception(WorkerLost(why))
            self._lost.exception()  # looked at, also where nobody waits for it

    async def sweep(self, batch: Batch) -> Segment:
        """As `Worker.sweep`."""
        match dask_task.answer_of(await self._answer(batch)):
            case Done(_, segment):
                return segment
            case Refused(why):
                raise WorkerLost(why)
            case Failed() as failed:
                raise failed.error()

    async def _answer(self, batch: Batch) -> bytes:
        if self._lost.done():
            return self._lost.result()
        order, among = self._workers.order, self._workers.among
        task = self._client.submit(
            dask_task.sweep_batch,
            order.version,
            self._workers.order_raw,
            msgspec.msgpack.encode(replace(batch, among=among)),
            key=f"orgscan-{order.run_id}-{batch.number}-{secrets.token_hex(4)}",
            workers=[self.address],
            allow_other_workers=False,
            pure=False,
        )
        answer = asyncio.ensure_future(task.result())
        try:
            await asyncio.wait({answer, self._lost}, return_when=asyncio.FIRST_COMPLETED)
            return self._lost.result() if self._lost.done() else _given(answer)
        finally:
            answer.cancel()
            task.release()


def _given(answer: asyncio.Future[bytes]) -> bytes:
    """What a task gave. It catches what it may raise, so that the rest is Dask's.

    Raises:
        WorkerLost: Dask lost the task.
    """
    if answer.cancelled():
        raise WorkerLost("its task was cancelled")
    if error := answer.exception():
        raise WorkerLost(f"{type(error).__name__}: {error}")
    return answer.result()


class DaskWorkers:
    """`orgscan.scan.executors.interface.Workers`: those of a cluster that can take part.

    Attributes:
        order: what each is told.
        order_raw: the same, as it is sent.
    """

    def __init__(self, order: Order, connect: Connect, shards: int) -> None:
        """Take what workers are told.

        Args:
            order: of the run.
            connect: gives a client of the scheduler.
            shards: runs that draw on the caller's quotas at the same time, this one included.
        """
        self.order = order
        self.order_raw = msgspec.msgpack.encode(order)
        self._connect = connect
        self._shards = shards
        self._extra = {"run_id": order.run_id}
        self._ready: asyncio.Queue[Worker] = asyncio.Queue()
        self._there: dict[str, DaskWorker] = {}
        self._refusals: set[str] = set()
        self._client: Client | None = None
        self._there_at: float | None = None

    @property
    def count(self) -> int:
        """As `Workers.count`."""
        return max(len(self._there), 1)

    @property
    def among(self) -> int:
        """How many processes draw on the caller's quotas."""
        return self.count * self._shards

    async def hire(self) -> Worker:
        """As `Workers.hire`."""
        return await self._ready.get()

    def abandon(self) -> None:
        """As `Workers.abandon`."""
        self._lose_all("it did not end in time")

    async def watch(self) -> None:
        """See who comes and who goes, until cancelled; a scheduler that is gone may come back.

        Raises:
            WorkerError: for too long there is no scheduler, or no worker that can take part.
        """
        while True:
            async with await self._connect() as self._client:
                await self._follow(self._client)
            self._client = None
            self._lose_all("the scheduler is gone")
            _log.warning("The Dask scheduler is gone; waiting for it", extra=self._extra)

    async def _follow(self, client: Client) -> None:
        """Until the scheduler is gone."""
        asked: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while (there := await _seen(client)) is not None:
                for gone in self._there.keys() - there.keys():
                    self._there.pop(gone).lose("it left the cluster")
                for name in there.keys() - asked.keys():
                    asked[name] = group.create_task(self._admit(client, name, there[name]))
                self._require_somebody()
                await asyncio.sleep(_LOOK_SECONDS)
            for task in asked.values():
                task.cancel()

    async def _admit(self, client: Client, name: str, address: str) -> None:
        """Ask a new worker whether it can take part; it is there from then on."""
        order = self.order
        try:
            told = await client.run(
                dask_task.admit,
                order.version,
                self.order_raw,
                workers=[address],
                on_error="return",
            )
        except (OSError, ValueError, KeyError) as error:
            told = {address: error}
        refusal = told.get(address, "it does not answer")
        if isinstance(refusal, BaseException):
            refusal = f"orgscan does not run there: {type(refusal).__name__}: {refusal}"
        if refusal:
            self._refusals.add(refusal)
            _log.warning(f"worker {address} is refused: {refusal}", extra=self._extra)
            return
        _log.info(f"worker {address} takes part", extra=self._extra)
        worker = self._there[name] = DaskWorker(client, address, self)
        self._ready.put_nowait(worker)

    def _require_somebody(self) -> None:
        """Wait for workers for a while; for less, where those that are there cannot take part."""
        now = asyncio.get_running_loop().time()
        if self._there:
            self._there_at, self._refusals = now, set()
            return
        if self._there_at is None:
            self._there_at = now
        patience = _ANSWER_SECONDS if self._refusals else _PATIENCE_SECONDS
        if now - self._there_at > patience:
            reasons = "; ".join(sorted(self._refusals)) or "there is none"
            raise WorkerError(
                f"no worker of the cluster can take part: {reasons}",
                where="--dask",
                mend=f"Start workers with orgscan {self.order.version} and a role of the caller's "
                "account; what was swept is kept, and `orgscan scan --resume` goes on",
            )

    def _lose_all(self, why: str) -> None:
        for worker in self._there.values():
            worker.lose(why)
        self._there.clear()

    async def tell(self, function: Any, *arguments: object) -> None:  # noqa: ANN401 - any of `dask_task`
        """Call a function on each worker that is still there."""
        if self._client is None or not self._there:
            return
        there = [worker.address for worker in self._there.values()]
        with suppress(OSError, ValueError, KeyError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._client.run(function, *arguments, workers=there, on_error="return")


async def _seen(client: Client) -> dict[str, str] | None:
    """The cluster's workers, each by what tells it from its successor, and where they are.

    None where the scheduler is gone.
    """
    if client.status != "running":
        return None
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            seen = await client.scheduler.identity(n_workers=-1)
    except (OSError, TimeoutError):
        return None
    return {f"{where} {one['id']}": where for where, one in seen["workers"].items()}


@asynccontextmanager
async def cluster(
    settings: Settings, order: Order, *, stop: Stop, shards: int, size: int
) -> AsyncIterator[DaskWorkers]:
    """The workers of a scheduler, or of a cluster on this machine that ends with the block.

    Args:
        settings: where the scheduler is, and the certificates.
        order: of the run.
        stop: ends the run early, and the workers are told.
        shards: runs that draw on the caller's quotas at the same time, this one included.
        size: workers of a cluster on this machine.

    Raises:
        WorkerError: the scheduler cannot be reached, or is another's.
    """
    hush()
    async with scheduler(settings, size) as connect:
        workers = DaskWorkers(order, connect, shards)
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(workers.watch())
            stop.tells(lambda reason: _tell_to_stop(group, workers, reason))
            yield workers
            await workers.tell(dask_task.dismiss, workers.order_raw)
            watching.cancel()


def _tell_to_stop(group: asyncio.TaskGroup, workers: DaskWorkers, reason: str) -> None:
    group.create_task(workers.tell(dask_task.stop_now, workers.order_raw, reason))
