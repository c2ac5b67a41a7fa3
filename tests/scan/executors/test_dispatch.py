"""Whoever is lost, each batch comes into the book once; and a stop waits for nobody for long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import cast

import pytest

from orgscan.errors import WorkerError
from orgscan.journal.records import Line, Opened, Spent
from orgscan.journal.segment import Segment, SegmentWriter, Usage
from orgscan.scan.book import Book
from orgscan.scan.executors import dispatch
from orgscan.scan.executors.dispatch import Dispatch
from orgscan.scan.executors.interface import Worker, WorkerLost
from orgscan.scan.executors.messages import Batch
from orgscan.sweep.stop import Stop

pytestmark = pytest.mark.usefixtures("caplog")


class _Book:
    """Notes which accounts came in."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def absorb(self, parts: Iterable[tuple[Line, bytes]]) -> None:
        """As `Book.absorb`."""
        self.opened += [line.account_id for line, _ in parts if isinstance(line, Opened)]

    def used(self, usage: Usage) -> None:
        """As `Book.used`."""


class _Worker:
    """Sweeps as `act` says, which may raise."""

    def __init__(self, name: str, act: Callable[[Batch], object] = lambda _: None) -> None:
        self.name = name
        self.swept: list[int] = []
        self._act = act

    async def sweep(self, batch: Batch) -> Segment:
        """As `Worker.sweep`."""
        acted = self._act(batch)
        if isinstance(acted, asyncio.Future):
            await acted
        await asyncio.sleep(0)
        self.swept.append(batch.number)
        writer = SegmentWriter()
        for account in batch.accounts:
            writer.append(Opened(account_id=account.id, regions=()))
        spent = Spent(process=self.name, api_calls={}, throttled=0, retried=0)
        return writer.segment(Usage(spent=spent))


class _Workers:
    """Workers that were there from the beginning."""

    def __init__(self, *workers: _Worker) -> None:
        self.count = len(workers)
        self.abandoned = asyncio.Event()
        self._ready: asyncio.Queue[Worker] = asyncio.Queue()
        for worker in workers:
            self._ready.put_nowait(worker)

    async def hire(self) -> Worker:
        """As `Workers.hire`."""
        return await self._ready.get()

    def abandon(self) -> None:
        """As `Workers.abandon`."""
        self.abandoned.set()


def _dispatch(batches: Iterable[Batch], book: _Book, stop: Stop | None = None) -> Dispatch:
    return Dispatch(batches, cast(Book, book), stop or Stop(), "run")


async def test_every_batch_comes_into_the_book_once(make_batch: Callable[[int], Batch]) -> None:
    """Two workers share them."""
    book, one, other = _Book(), _Worker("one"), _Worker("other")
    await _dispatch(map(make_batch, range(20)), book).run(_Workers(one, other))

    assert sorted(book.opened) == [f"{number:012d}" for number in range(20)]
    assert one.swept
    assert other.swept


async def test_the_batches_of_a_lost_worker_are_swept_by_another(
    make_batch: Callable[[int], Batch], caplog: pytest.LogCaptureFixture
) -> None:
    """And the log says who was lost, why, and what is swept again."""

    def dies(_: Batch) -> None:
        raise WorkerLost("it was ended by SIGKILL")

    book, lives = _Book(), _Worker("lives")
    with caplog.at_level(logging.WARNING, "orgscan"):
        await _dispatch(map(make_batch, range(10)), book).run(
            _Workers(_Worker("dies", dies), lives)
        )

    assert sorted(book.opened) == [f"{number:012d}" for number in range(10)]
    assert sorted(lives.swept) == list(range(10))
    assert (
        "dies is lost: it was ended by SIGKILL; batch 0 (1 accounts, 000000000000 to 000000000000) "
        "is swept again"
    ) in caplog.messages


async def test_a_batch_that_ends_three_workers_ends_the_run(
    make_batch: Callable[[int], Batch],
) -> None:
    """It would end the next one, too; what to look at is said."""

    def dies(batch: Batch) -> None:
        if batch.number == 1:
            raise WorkerLost("it left the cluster")

    workers = _Workers(*(_Worker(f"worker {number}", dies) for number in range(4)))
    with pytest.RaisesGroup(WorkerError, flatten_subgroups=True) as caught:
        await _dispatch(map(make_batch, range(3)), _Book()).run(workers)

    (error,) = caught.value.exceptions
    assert "batch 1 (1 accounts, 000000000001 to 000000000001) ended 3 workers" in str(error)


async def test_after_a_stop_no_batch_goes_out_any_more(make_batch: Callable[[int], Batch]) -> None:
    """What is under way comes in; the rest waits for whoever says that it was not reached."""
    stop, book = Stop(), _Book()
    dispatching = _dispatch(map(make_batch, range(10)), book, stop)
    workers = _Workers(_Worker("one", lambda _: stop.now("SIGTERM was received")))
    await dispatching.run(workers)

    assert book.opened == ["000000000000"]
    assert [batch.number for batch in dispatching.waiting] == list(range(1, 10))


async def test_who_does_not_answer_after_a_stop_is_not_waited_for(
    make_batch: Callable[[int], Batch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its batches are among those that nobody swept."""
    monkeypatch.setattr(Stop, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(dispatch, "_ANSWER_SECONDS", 0.0)
    stop, silent = Stop(), asyncio.get_running_loop().create_future()

    def hangs(_: Batch) -> object:
        stop.now("SIGTERM was received")
        return silent

    workers = _Workers(_Worker("silent", hangs))
    dispatching = _dispatch([make_batch(0)], _Book(), stop)
    running = asyncio.create_task(dispatching.run(workers))
    await workers.abandoned.wait()
    silent.set_exception(WorkerLost("it did not end in time"))
    await running

    assert [batch.number for batch in dispatching.waiting] == [0]


async def test_a_slow_worker_is_named_once_and_keeps_its_batch(
    make_batch: Callable[[int], Batch],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody else asks the same accounts meanwhile; the others take the rest."""
    monkeypatch.setattr(dispatch, "_SLOW_SECONDS", 0.001)
    monkeypatch.setattr(dispatch, "_SLOW_FACTOR", 0.0)
    said, release = asyncio.Event(), asyncio.get_running_loop().create_future()

    class _Hears(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "is slow" in record.getMessage():
                said.set()

    logger = logging.getLogger("orgscan.scan.executors.dispatch")
    handler = _Hears()
    logger.addHandler(handler)
    book = _Book()
    slow = _Worker("slow", lambda _: release)
    running = asyncio.create_task(
        _dispatch([make_batch(0), make_batch(1), make_batch(2)], book).run(
            _Workers(slow, _Worker("quick"))
        )
    )
    await said.wait()
    release.set_result(None)
    await running
    logger.removeHandler(handler)

    assert sorted(book.opened) == [f"{number:012d}" for number in range(3)]
    assert sum("slow is slow: batch 0" in message for message in caplog.messages) == 1
