"""How many calls a second of its own CPU time the simulator answers.

`python -m benchmarks.simulator [--calls N] [--connections N]` serves an organization in a process
of its own and calls it from this one, with a bare signed loop, until the calls are made. The
figure is calls divided by the CPU time that the server's process used for them.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import time
from collections.abc import Callable, Iterator

from benchmarks.bare import BareClient, Call, make_all
from benchmarks.serving import serving
from orgscan.simulator import Credentials, Scenario, Simulator
from orgscan.simulator.simulator import new_event_loop
from orgscan.simulator.wire.credentials import Session

_ACCOUNTS = 200
_SEED = 1


def main() -> None:
    """Print one line for each kind of call."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=50)
    options = parser.parse_args()
    print(f"{'calls':44} {'per CPU second':>15} {'per second':>11}")
    for title, density, calls in (
        ("ListClusters, none there", 0.0, list_clusters),
        ("ListClusters, 1 to 3 built for the call", 1.0, list_clusters),
        ("DescribeServices of 10, built for the call", 1.0, _describe_services),
    ):
        cpu, wall = _measure(density, calls, options.calls, options.connections)
        print(f"{title:44} {options.calls / cpu:15,.0f} {options.calls / wall:11,.0f}")


def _measure(
    density: float,
    calls: Callable[[Simulator], Iterator[Call]],
    count: int,
    connections: int,
) -> tuple[float, float]:
    """Seconds of the server's CPU, and of the clock."""
    services = 10 if density else None
    scenario = Scenario(accounts=_ACCOUNTS, seed=_SEED, density=density, services=services)
    with serving(scenario) as served:
        wanted = itertools.islice(calls(Simulator(scenario)), count)
        before, started = served.seen().cpu, time.perf_counter()
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_load(served.endpoint.url, wanted, connections))
        wall = time.perf_counter() - started
        return served.seen().cpu - before, wall


async def _load(url: str, calls: Iterator[Call], connections: int) -> None:
    async with BareClient(url, connections) as client:
        await make_all(calls, client.call, connections)


def sessions(simulator: Simulator) -> Iterator[tuple[Credentials, str]]:
    """A session in every account, in every region, for ever; credentials follow from the seed."""
    expires = int(time.time()) + 3_600
    role = simulator.scenario.role_name
    issued = [
        simulator.issuer.session(Session("", account.id, role, "AROAEXAMPLE", "load", expires))
        for account in simulator.world.organization.accounts()
    ]
    while True:
        for credentials in issued:
            for region in simulator.scenario.regions:
                yield credentials, region


def list_clusters(simulator: Simulator) -> Iterator[Call]:
    """ListClusters in every account-region, for ever."""
    for credentials, region in sessions(simulator):
        yield credentials, region, "ListClusters", b'{"maxResults":100}'


def _describe_services(simulator: Simulator) -> Iterator[Call]:
    for credentials, region in sessions(simulator):
        workload = simulator.world.workload(credentials.account, region)
        cluster = workload.clusters[0] if workload else None
        names = ",".join(f'"{s.name}"' for s in cluster.services) if cluster else ""
        body = f'{{"cluster":"{cluster.name if cluster else ""}","services":[{names}]}}'
        yield credentials, region, "DescribeServices", body.encode()


if __name__ == "__main__":
    main()
