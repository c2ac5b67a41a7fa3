"""What one call costs: orgscan's engine, ordinary clients, and a bare signed loop as the floor.

`python -m benchmarks.calls [--calls N] [--rounds N]`. The same calls, ListClusters in many
accounts and regions, go to the same simulator, each way in a process of its own. The ways take
turns and the median of each counts, so that whatever else the machine does falls on all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Self

import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioCredentials
from aiobotocore.session import AioSession

from benchmarks.bare import BareClient, Call, make_all
from benchmarks.serving import in_child, serving
from benchmarks.simulator import list_clusters
from orgscan.aws.caller import open_session
from orgscan.aws.credentials import Credentials
from orgscan.aws.engine import Engine, Limits
from orgscan.aws.session import RegionSession
from orgscan.collect.ecs_operations import LIST_CLUSTERS
from orgscan.simulator import Credentials as Issued
from orgscan.simulator import Scenario, Simulator
from orgscan.simulator.simulator import new_event_loop

DENSITY = 0.03
"""As in the sweeps: most answers say that there are no clusters."""

_SCENARIO = Scenario(accounts=500, seed=1, density=DENSITY)
_AT_ONCE = 500
_WARM_UP = 3 * len(_SCENARIO.regions)
_PARAMETERS = {"maxResults": 100}
# Ordinary clients are slow; a client for each target is slower still.
_SHARES = {"bare": 1.0, "engine": 1.0, "region": 0.2, "target": 0.01}

TITLES = {
    "bare": "a bare signed aiohttp loop",
    "engine": "orgscan's engine",
    "region": "aiobotocore, a client for each region",
    "target": "aiobotocore, a client for each target",
}


Make = Callable[[Call], Awaitable[object]]
"""Makes one call."""


class CallCost(msgspec.Struct, frozen=True):
    """CPU of the calling process for one call.

    Attributes:
        ratio: to the bare loop of the same run.
    """

    way: str
    calls: int
    ms: float
    ratio: float


def main() -> None:
    """Print one line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for cost in measure_calls(options.calls, options.rounds):
        print(f"{TITLES[cost.way]:40} {cost.calls:7,} calls {cost.ms:8.3f} ms {cost.ratio:7.2f} x")


def measure_calls(calls: int, rounds: int) -> list[CallCost]:
    """Measure each way.

    Args:
        calls: by the quick ways; the slow ones make fewer.
        rounds: of which the median counts.
    """
    seconds: dict[str, list[float]] = {way: [] for way in _SHARES}
    with serving(_SCENARIO) as served:
        for _ in range(rounds):
            for way, share in _SHARES.items():
                seconds[way].append(in_child(_cpu_of, way, served.environ, round(calls * share)))
    medians = {way: statistics.median(found) for way, found in seconds.items()}
    return [
        CallCost(way, round(calls * share), medians[way] * 1000, medians[way] / medians["bare"])
        for way, share in _SHARES.items()
    ]


def _cpu_of(way: str, environ: dict[str, str], count: int) -> float:
    """Seconds of this process for one call, once clients are made and connections are open."""
    os.environ.update(environ)
    source = list_clusters(Simulator(_SCENARIO))

    async def measured() -> float:
        async with _WAYS[way]() as call:
            await make_all(itertools.islice(source, _WARM_UP), call, _AT_ONCE)
            started = time.process_time()
            await make_all(itertools.islice(source, count), call, _AT_ONCE)
            return (time.process_time() - started) / count

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(measured())


class Held:
    """`CredentialSource` of credentials that do not expire while this lasts."""

    def __init__(self, held: Credentials) -> None:
        self.account_id = held.account_id
        self._held = held

    @classmethod
    def of(cls, issued: Issued) -> Self:
        """Of what the simulator issued."""
        return cls(
            Credentials(
                account_id=issued.account,
                access_key=issued.access_key_id,
                secret_key=issued.secret_access_key,
                token=issued.session_token,
            )
        )

    async def current(self) -> Credentials:
        """As `CredentialSource.current`."""
        return self._held

    async def replace(self, stale: Credentials) -> Credentials:
        """As `CredentialSource.replace`; there are no others."""
        return stale


@asynccontextmanager
async def _bare() -> AsyncIterator[Make]:
    async with BareClient(os.environ["AWS_ENDPOINT_URL"], _AT_ONCE) as client:
        yield client.call


@asynccontextmanager
async def _engine() -> AsyncIterator[Make]:
    async with Engine(open_session(None), Limits(), connections=_AT_ONCE) as engine:

        async def call(one: Call) -> None:
            session = RegionSession(engine, Held.of(one[0]), one[1])
            await session.call(LIST_CLUSTERS, _PARAMETERS)

        yield call


@asynccontextmanager
async def _client_a_region() -> AsyncIterator[Make]:
    session = AioSession()
    async with AsyncExitStack() as stack:
        clients: dict[str, Any] = {}
        for region in _SCENARIO.regions:
            client = await stack.enter_async_context(_client(session, region))
            client.meta.events.register("provide-client-params", _bind)
            clients[region] = client
        yield lambda one: clients[one[1]].list_clusters(**_PARAMETERS, caller=one[0])


def _bind(params: dict[str, Any], context: dict[str, Any], **_: object) -> dict[str, Any]:
    """Credentials with the request, by the event that botocore has for it."""
    caller = params.pop("caller")
    context.setdefault("signing", {})["request_credentials"] = AioCredentials(
        caller.access_key_id, caller.secret_access_key, caller.session_token
    )
    return params


@asynccontextmanager
async def _client_a_target() -> AsyncIterator[Make]:
    session = AioSession()

    async def call(one: Call) -> None:
        async with _client(session, one[1], one[0]) as client:
            await client.list_clusters(**_PARAMETERS)

    yield call


def _client(session: AioSession, region: str, caller: Issued | None = None) -> Any:  # noqa: ANN401 - clients are made at run time and have no type
    return session.create_client(
        "ecs",
        region_name=region,
        config=AioConfig(max_pool_connections=_AT_ONCE),
        aws_access_key_id=caller.access_key_id if caller else "unused",
        aws_secret_access_key=caller.secret_access_key if caller else "unused",
        aws_session_token=caller.session_token if caller else None,
    )


_WAYS: dict[str, Callable[[], AbstractAsyncContextManager[Make]]] = {
    "bare": _bare,
    "engine": _engine,
    "region": _client_a_region,
    "target": _client_a_target,
}


if __name__ == "__main__":
    main()
