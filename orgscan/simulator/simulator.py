"""A simulated organization: what it is, what it saw, and how to serve it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator

import msgspec

from orgscan.simulator import server
from orgscan.simulator.door import Door
from orgscan.simulator.record import Record
from orgscan.simulator.scenario import Scenario
from orgscan.simulator.truth import Truth, tell
from orgscan.simulator.wire.credentials import Issuer
from orgscan.simulator.world.world import World

_START_SECONDS = 10.0


class Endpoint(msgspec.Struct, frozen=True):
    """Where a simulation is served, and the caller's own key."""

    url: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None
    region: str


class Simulator:
    """One organization; cheap to make, whatever its size.

    Attributes:
        scenario: what it was told to be.
        world: what exists in it.
        record: what it saw and gave away.
        issuer: makes and knows credentials.
    """

    def __init__(self, scenario: Scenario, clock: Callable[[], float] = time.time) -> None:
        self.scenario = scenario
        self.world = World(scenario)
        self.issuer = Issuer(scenario.seed, scenario.partition)
        self.record = Record(self.issuer.user(self.world.organization.home.id))
        self._clock = clock
        self._door = Door(self.world, self.issuer, self.record)

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[Endpoint]:
        """Serve on the running loop, on 127.0.0.1; port 0 takes a free one."""
        latency = self.scenario.latency_ms / 1_000
        async with server.listen(self._door, self._clock, latency, port) as url:
            yield self._endpoint(url)

    @contextlib.contextmanager
    def serve_in_thread(self) -> Iterator[Endpoint]:
        """Serve on a loop and thread of its own, for blocking clients; stops within seconds."""
        host = _Host(self)
        host.start()
        try:
            yield host.endpoint()
        finally:
            host.stop()

    def truth(self) -> Truth:
        """What a complete sweep has to find; looks at the whole organization."""
        return tell(self.world)

    def _endpoint(self, url: str) -> Endpoint:
        caller = self.record.caller
        return Endpoint(
            url,
            caller.access_key_id,
            caller.secret_access_key,
            caller.session_token,
            self.scenario.home_region,
        )


class _Host:
    """A thread with a loop that serves one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._endpoint: Endpoint | None = None
        self._failure: BaseException | None = None

    def start(self) -> None:
        self._thread.start()

    def endpoint(self) -> Endpoint:
        """Wait until it listens.

        Raises:
            RuntimeError: it could not start.
        """
        self._ready.wait(_START_SECONDS)
        if self._endpoint is None:
            raise RuntimeError("the simulator did not start") from self._failure
        return self._endpoint

    def stop(self) -> None:
        if self._loop and self._stop and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_START_SECONDS)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(self._main())
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that waits
            self._failure = failure
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with self._simulator.serve() as endpoint:
            self._endpoint = endpoint
            self._ready.set()
            await self._stop.wait()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Uvloop's where it is installed."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
