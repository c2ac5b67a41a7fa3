"""Every benchmark in one run: `python -m benchmarks.run [--quick]`, or `make bench`.

Prints figures as they come, and writes them to `benchmarks/results/`: as JSON under the date and
the machine's kind, and as `latest.md` for people. `--quick` takes smaller sizes and one round of
each, and leaves `latest.md` alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.calls import TITLES, CallCost, measure_calls
from benchmarks.diff import HEADER as DIFF_HEADER
from benchmarks.diff import DiffCost, measure_diff
from benchmarks.history import HEADER as HISTORY_HEADER
from benchmarks.history import HistoryCost, measure_history
from benchmarks.judging import Judging, measure_judging
from benchmarks.machine import this_machine
from benchmarks.page import HEADER as PAGE_HEADER
from benchmarks.page import PageCost, measure_page
from benchmarks.scale import HEADER as SCALE_HEADER
from benchmarks.scale import ScaleCost, measure_scale
from benchmarks.serving import in_child
from benchmarks.summary import Results, goals, page
from benchmarks.sweep import HEADER, Cost, measure
from benchmarks.throttled import HEADER as THROTTLED_HEADER
from benchmarks.throttled import Throttled, measure_throttled

_RESULTS = Path(__file__).parent / "results"
_DENSITY = 0.03
_MANY_ACCOUNTS = 10_000


class _Sizes(msgspec.Struct, frozen=True):
    rounds: int
    calls: int
    sweeps: tuple[int, ...]
    distant: int
    services: int
    sets: int
    findings: int
    scale: int
    runs: int


_FULL = _Sizes(
    rounds=3,
    calls=20_000,
    sweeps=(100, 1_000, 10_000),
    distant=1_000,
    services=2_000,
    sets=50_000,
    findings=100_000,
    scale=3_000,
    runs=365,
)
_QUICK = _Sizes(
    rounds=1,
    calls=10_000,
    sweeps=(100, 400),
    distant=200,
    services=200,
    sets=10_000,
    findings=100_000,
    scale=300,
    runs=10,
)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes instead of ten")
    quick = parser.parse_args().quick
    began = time.monotonic()
    sizes = _QUICK if quick else _FULL
    machine = this_machine()
    print(f"\nLatency of 0 and of 50 ms at concurrency 1000\n{HEADER}")
    calm, distant = _pair(
        sizes.rounds,
        lambda: measure(sizes.distant, density=_DENSITY, concurrency=1_000),
        lambda: measure(sizes.distant, density=_DENSITY, concurrency=1_000, latency_ms=50.0),
    )
    print(f"\nWithout evidence, and with\n{HEADER}")
    unkept, kept = _pair(
        sizes.rounds,
        lambda: measure(sizes.distant, density=_DENSITY),
        lambda: measure(sizes.distant, density=_DENSITY, evidence=True),
    )
    results = Results(
        machine=machine,
        calls=_calls(sizes),
        sweeps=_sweeps(sizes),
        calm=calm,
        distant=distant,
        unkept=unkept,
        kept=kept,
        kept_largest=_shown(measure(sizes.sweeps[-1], density=_DENSITY, evidence=True)),
        throttled=_throttled(sizes),
        judging=_judging(sizes),
        scale=_scale(sizes),
        pages=_pages(sizes),
        diff=_diff(sizes),
        history=_history(sizes),
    )
    print()
    for goal in goals(results):
        print(
            f"{goal.what:50} {goal.measured:8.2f} {goal.unit:4} of {goal.reach:6g} at most: "
            f"{'reached' if goal.is_met else 'NOT REACHED'}"
        )
    _write(results, quick=quick)
    print(f"\nin {time.monotonic() - began:.0f} s")


def _calls(sizes: _Sizes) -> list[CallCost]:
    print("\nOne call: CPU, and to the bare loop")
    costs = measure_calls(sizes.calls, sizes.rounds)
    for cost in costs:
        print(f"{TITLES[cost.way]:40} {cost.ms:8.3f} ms {cost.ratio:7.2f} x", flush=True)
    return costs


def _sweeps(sizes: _Sizes) -> list[Cost]:
    print(f"\nWhole sweeps\n{HEADER}")
    return [_shown(measure(accounts, density=_DENSITY)) for accounts in sizes.sweeps]


def _pair(rounds: int, one: Callable[[], Cost], other: Callable[[], Cost]) -> tuple[Cost, Cost]:
    """The middle one of several sweeps of one kind, and of as many of another, taken in turn."""
    sweeps = [[_shown(one()), _shown(other())] for _ in range(rounds)]
    first, second = (
        sorted(found, key=lambda cost: cost.wall)[len(found) // 2]
        for found in zip(*sweeps, strict=True)
    )
    return first, second


def _shown(cost: Cost) -> Cost:
    print(cost.line(), flush=True)
    return cost


def _throttled(sizes: _Sizes) -> list[Throttled]:
    print(f"\nAn account-region of {sizes.services:,} services under the documented throttles")
    print(THROTTLED_HEADER)
    found = measure_throttled(sizes.services)
    for one in found:
        print(one.line(), flush=True)
    return found


def _judging(sizes: _Sizes) -> Judging:
    """Elsewhere, as all that takes memory: a child's peak begins with what its parent holds."""
    print("\nJudging, with reachability")
    judging = in_child(measure_judging, sizes.sets, max(sizes.rounds, 2))
    for line in judging.lines():
        print(line, flush=True)
    return judging


def _scale(sizes: _Sizes) -> list[ScaleCost]:
    print(f"\nSeveral processes\n{SCALE_HEADER}")
    costs = measure_scale(sizes.scale)
    for cost in costs:
        print(cost.line(costs[0]), flush=True)
    return costs


def _pages(sizes: _Sizes) -> list[PageCost]:
    print(f"\nreport.html in Chromium\n{PAGE_HEADER}")
    found = []
    for accounts in (0, _MANY_ACCOUNTS):
        found.append(in_child(measure_page, sizes.findings, sizes.rounds, accounts))
        print(found[-1].line(), flush=True)
    return found


def _diff(sizes: _Sizes) -> DiffCost:
    print(f"\nTwo runs compared\n{DIFF_HEADER}")
    found = measure_diff(sizes.findings, _MANY_ACCOUNTS, max(sizes.rounds, 2))
    print(found.line(), flush=True)
    return found


def _history(sizes: _Sizes) -> HistoryCost:
    print(f"\nHistory\n{HISTORY_HEADER}")
    cost = measure_history(sizes.runs, sizes.findings)
    print(cost.line(), flush=True)
    return cost


def _write(results: Results, *, quick: bool) -> None:
    _RESULTS.mkdir(exist_ok=True)
    kind = "-quick" if quick else ""
    name = f"{results.machine.date}-{results.machine.short_name}{kind}.json"
    written = msgspec.json.format(msgspec.json.encode(results))
    (_RESULTS / name).write_bytes(written + b"\n")
    print(f"\nbenchmarks/results/{name}")
    if not quick:
        (_RESULTS / "latest.md").write_text(page(results), encoding="utf-8")
        print("benchmarks/results/latest.md")


if __name__ == "__main__":
    main()
