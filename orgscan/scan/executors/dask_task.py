"""What runs on a Dask worker: functions of bytes, which Dask knows by their names alone.

A worker keeps one engine for the run that it works for, on an event loop of its own, so that Dask's
own loop stays free for its heartbeats.
"""

from __future__ import annotations

import asyncio
import threading
import time
import zlib
from concurrent.futures import Future
from contextlib import suppress

import msgspec

from orgscan import __version__
from orgscan.errors import OrgscanError
from orgscan.scan.event_loop import collecting_seldom, loop_factory
from orgscan.scan.executors.messages import Batch, Done, FromWorker, Order, Refused, failed
from orgscan.scan.executors.station import Station, station

# Whoever gave the order may be gone; its sessions shall not stay open for long.
_IDLE_SECONDS = 900.0
_FAST = 1  # zlib's quickest level makes a third of the lines already

_lock = threading.Lock()
_engines: dict[bytes, _Engine] = {}


class _Engine:
    """A station on the event loop of a thread of its own."""

    def __init__(self, order: Order) -> None:
        self._loop = loop_factory()()
        self._over = asyncio.Event()
        self._open: Future[Station] = Future()
        self._under_way = 0
        self._idle_since = time.monotonic()
        threading.Thread(target=self._live, args=(order,), name="orgscan", daemon=True).start()

    def station(self) -> Station:
        """The station, once it is open.

        Raises:
            OrgscanError: it cannot be opened here.
        """
        return self._open.result()

    def sweep(self, batch: Batch) -> FromWorker:
        """Sweep a batch, from any thread."""
        here = self.station()
        answer: Future[FromWorker] = asyncio.run_coroutine_threadsafe(
            self._sweep(here, batch), self._loop
        )
        return answer.result()

    def stop(self, reason: str) -> None:
        """End what is under way, from any thread."""
        self._loop.call_soon_threadsafe(self.station().stop.now, reason)

    def close(self) -> None:
        """End the engine, from any thread."""
        with suppress(RuntimeError):  # its loop has ended already
            self._loop.call_soon_threadsafe(self._over.set)

    async def _sweep(self, here: Station, batch: Batch) -> FromWorker:
        self._under_way += 1
        try:
            return Done(batch.number, await here.sweep(batch))
        finally:
            self._under_way -= 1
            self._idle_since = time.monotonic()

    def _live(self, order: Order) -> None:
        with collecting_seldom(), asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(order))

    @property
    def is_over(self) -> bool:
        """Whether nothing can be swept with it any more."""
        return self._loop.is_closed()

    async def _serve(self, order: Order) -> None:
        try:
            async with station(order, time.process_time()) as here:
                self._open.set_result(here)
                while not self._is_idle() and not self._over.is_set():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_IDLE_SECONDS):
                            await self._over.wait()
        except Exception as error:  # noqa: BLE001 - told to whoever asks for the station
            if not self._open.done():
                self._open.set_exception(error)

    def _is_idle(self) -> bool:
        return not self._under_way and time.monotonic() - self._idle_since > _IDLE_SECONDS


def _engine(order: bytes) -> _Engine:
    """The engine for an order; that of another run is closed."""
    with _lock:
        if order not in _engines or _engines[order].is_over:
            for old in _engines.values():
                old.close()
            _engines.clear()
            _engines[order] = _Engine(msgspec.msgpack.decode(order, type=Order))
        return _engines[order]


async def admit(version: str, order: bytes) -> str:
    """Why this worker cannot take part in a run; empty where it can, and its engine is open."""
    if version != __version__:
        return f"it has orgscan {__version__}, and the run {version}"
    try:
        await asyncio.to_thread(_engine(order).station)
    except OrgscanError as error:
        return str(error)
    return ""


def sweep_batch(version: str, order: bytes, batch: bytes) -> bytes:
    """Sweep a batch, and give back a `FromWorker`, compressed."""
    if version != __version__:
        answer: FromWorker = Refused(f"it has orgscan {__version__}, and the run {version}")
    else:
        try:
            answer = _engine(order).sweep(msgspec.msgpack.decode(batch, type=Batch))
        except Exception as error:  # noqa: BLE001 - raised by the coordinator
            answer = failed(error)
    return zlib.compress(msgspec.msgpack.encode(answer), _FAST)


def answer_of(raw: bytes) -> FromWorker:
    """What `sweep_batch` gave."""
    answer: FromWorker = msgspec.msgpack.decode(zlib.decompress(raw), type=FromWorker)
    return answer


async def stop_now(order: bytes, reason: str) -> None:
    """End what is under way for a run."""
    if order in _engines:
        _engines[order].stop(reason)


async def dismiss(order: bytes) -> None:
    """Close the engine of a run that is over."""
    with _lock:
        if order in _engines:
            _engines.pop(order).close()
