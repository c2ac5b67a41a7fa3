"""How many calls a second of its own CPU time the simulator answers.

`python -m benchmarks.simulator [--calls N] [--connections N]` serves an organization in a process
of its own and calls it from this one, with a bare signed loop, until the calls are made. The
figure is calls divided by the CPU time that the server's process used for them.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import multiprocessing
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

import aiohttp

from orgscan.simulator import Credentials, Endpoint, Scenario, Simulator
from orgscan.simulator.simulator import new_event_loop
from orgscan.simulator.wire.credentials import Issuer, Session

_ACCOUNTS = 200
_SEED = 1
_TARGET = "AmazonEC2ContainerServiceV20141113."

Call = tuple[Credentials, str, str, bytes]
"""Who calls, in which region, which operation, with which body."""


def main() -> None:
    """Print one line for each kind of call."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=50)
    options = parser.parse_args()
    print(f"{'calls':44} {'per CPU second':>15} {'per second':>11}")
    for title, density, calls in (
        ("ListClusters, none there", 0.0, _list_clusters),
        ("ListClusters, 1 to 3 built for the call", 1.0, _list_clusters),
        ("DescribeServices of 10, built for the call", 1.0, _describe_services),
    ):
        cpu, wall = _measure(density, calls, options.calls, options.connections)
        print(f"{title:44} {options.calls / cpu:15,.0f} {options.calls / wall:11,.0f}")


def _scenario(density: float) -> Scenario:
    services = 10 if density else None
    return Scenario(accounts=_ACCOUNTS, seed=_SEED, density=density, services=services)


def _measure(
    density: float,
    calls: Callable[[Simulator], Iterator[Call]],
    count: int,
    connections: int,
) -> tuple[float, float]:
    """Seconds of the server's CPU, and of the clock."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, density), daemon=True)
    process.start()
    try:
        url = here.recv()
        here.send("")
        before, started = here.recv(), time.perf_counter()
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_load(url, calls(Simulator(_scenario(density))), count, connections))
        wall = time.perf_counter() - started
        here.send("")
        return here.recv() - before, wall
    finally:
        process.terminate()
        process.join(10)


def _serve(pipe: Connection, density: float) -> None:
    """Serve, and say how much CPU was used whenever asked."""
    endpoint: Endpoint
    with Simulator(_scenario(density)).serve_in_thread() as endpoint:
        pipe.send(endpoint.url)
        while True:
            pipe.recv()
            pipe.send(time.process_time())


def _sessions(simulator: Simulator) -> Iterator[tuple[Credentials, str]]:
    """A session in every account, in every region, for ever; credentials follow from the seed."""
    issuer = Issuer(_SEED, "aws")
    expires = int(time.time()) + 3_600
    issued = [
        issuer.session(Session("", account.id, "orgscan-audit", "AROAEXAMPLE", "load", expires))
        for account in simulator.world.organization.accounts()
    ]
    while True:
        for region in simulator.scenario.regions:
            for credentials in issued:
                yield credentials, region


def _list_clusters(simulator: Simulator) -> Iterator[Call]:
    for credentials, region in _sessions(simulator):
        yield credentials, region, "ListClusters", b'{"maxResults":100}'


def _describe_services(simulator: Simulator) -> Iterator[Call]:
    for credentials, region in _sessions(simulator):
        workload = simulator.world.workload(credentials.account, region)
        cluster = workload.clusters[0] if workload else None
        names = ",".join(f'"{s.name}"' for s in cluster.services) if cluster else ""
        body = f'{{"cluster":"{cluster.name if cluster else ""}","services":[{names}]}}'
        yield credentials, region, "DescribeServices", body.encode()


async def _load(url: str, calls: Iterator[Call], count: int, connections: int) -> None:
    """Make the calls; any answer but 200 ends it."""
    left = iter(range(count))
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:

        async def worker() -> None:
            for _ in left:
                credentials, region, operation, body = next(calls)
                headers = _signed(url, credentials, region, operation, body)
                async with session.post(url, data=body, headers=headers) as response:
                    answer = await response.read()
                    if response.status != 200:
                        raise RuntimeError(answer.decode())

        async with asyncio.TaskGroup() as tasks:
            for _ in range(connections):
                tasks.create_task(worker())


def _signed(
    url: str, credentials: Credentials, region: str, operation: str, body: bytes
) -> dict[str, str]:
    """The headers of a signed ECS call."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": url.partition("//")[2],
        "x-amz-date": stamp,
        "x-amz-security-token": credentials.session_token or "",
        "x-amz-target": _TARGET + operation,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/ecs/aws4_request"
    key = ("AWS4" + credentials.secret_access_key).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    who = f"{credentials.access_key_id}/{scope}"
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={who}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


if __name__ == "__main__":
    main()
