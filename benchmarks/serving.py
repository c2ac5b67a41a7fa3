"""A simulated organization in a process of its own, which says what it saw when asked."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

import msgspec

from orgscan.simulator import Endpoint, Scenario, Simulator

P = ParamSpec("P")
T = TypeVar("T")

_SPAWN = multiprocessing.get_context("spawn")


class Seen(msgspec.Struct, frozen=True):
    """What a server saw until now.

    Attributes:
        calls: by `service:Operation`, refused ones included.
        throttled: calls that a token bucket refused.
        cpu: seconds of the server's process.
    """

    calls: dict[str, int]
    throttled: int
    cpu: float


class Served:
    """A server that is up."""

    def __init__(self, pipe: Connection, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._pipe = pipe

    @property
    def environ(self) -> dict[str, str]:
        """What leads a process to this organization, as its caller, and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint.url,
            "AWS_ACCESS_KEY_ID": self.endpoint.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.endpoint.secret_access_key,
            "AWS_REGION": self.endpoint.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    def seen(self) -> Seen:
        """Ask the server."""
        self._pipe.send(None)
        seen: Seen = self._pipe.recv()
        return seen


@contextlib.contextmanager
def serving(scenario: Scenario) -> Iterator[Served]:
    """Serve an organization on 127.0.0.1 until the block ends."""
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_serve, args=(there, scenario), daemon=True)
    process.start()
    try:
        yield Served(here, here.recv())
    finally:
        process.terminate()
        process.join(10)


def _serve(pipe: Connection, scenario: Scenario) -> None:
    simulator = Simulator(scenario)
    with simulator.serve_in_thread() as endpoint:
        pipe.send(endpoint)
        while True:
            pipe.recv()
            record = simulator.record
            calls: Counter[str] = record.calls_by_api()
            pipe.send(Seen(dict(calls), record.throttled.total(), time.process_time()))


def in_child(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` gives in a new process of its own, whose CPU time nothing else shares."""
    with ProcessPoolExecutor(1, mp_context=_SPAWN) as pool:
        return pool.submit(work, *args, **kwargs).result()
