"""`python -m orgscan.simulator`: serve an organization until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading

import msgspec

from orgscan.simulator.demo import demo_scenario
from orgscan.simulator.scenario import Scenario
from orgscan.simulator.simulator import Endpoint, Simulator, new_event_loop


def main(arguments: list[str] | None = None) -> None:
    """Print one line of JSON with the URL and the caller's key, and serve."""
    options = _parser().parse_args(arguments)
    try:
        scenario = _scenario(options)
    except ValueError as error:
        _parser().error(str(error))
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(Simulator(scenario), options.port, options.seconds))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m orgscan.simulator",
        description="Serve a simulated AWS organization on 127.0.0.1 until SIGTERM, SIGINT, the "
        "end of standard input, or --seconds.",
    )
    parser.add_argument("--accounts", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--demo", action="store_true", help="the demo's story")
    parser.add_argument("--latency-ms", type=float, default=None)
    parser.add_argument("--density", type=float, default=None, help="share of busy regions")
    parser.add_argument("--seconds", type=float, default=None, help="stop after so long")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    return parser


def _scenario(options: argparse.Namespace) -> Scenario:
    accounts, seed = options.accounts, options.seed
    made = demo_scenario(accounts, seed) if options.demo else Scenario(accounts=accounts, seed=seed)
    given = {"latency_ms": options.latency_ms, "density": options.density}
    return msgspec.structs.replace(made, **{k: v for k, v in given.items() if v is not None})


async def _serve(simulator: Simulator, port: int, seconds: float | None) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _stop_at_end_of_input(loop, stop)
    async with simulator.serve(port) as endpoint:
        _announce(simulator, endpoint)
        try:
            async with asyncio.timeout(seconds):
                await stop.wait()
        except TimeoutError:
            pass


def _stop_at_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Whoever holds the other end of a pipe takes the server along when it goes."""

    def wait() -> None:
        try:
            while os.read(0, 4_096):
                pass
        except OSError:
            return  # no standard input at all: signals and the bound remain
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, daemon=True).start()


def _announce(simulator: Simulator, endpoint: Endpoint) -> None:
    scenario = simulator.scenario
    line = msgspec.structs.asdict(endpoint) | {
        "role_name": scenario.role_name,
        "external_id": scenario.external_id,
        "management_account": simulator.world.organization.management.id,
    }
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
