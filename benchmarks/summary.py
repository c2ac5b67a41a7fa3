"""The figures of one run of the benchmarks, and the page that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from benchmarks.calls import TITLES, CallCost
from benchmarks.diff import DiffCost
from benchmarks.history import HistoryCost
from benchmarks.judging import ALL, Judging
from benchmarks.machine import Machine
from benchmarks.page import PageCost
from benchmarks.scale import ScaleCost
from benchmarks.sweep import Cost
from benchmarks.throttled import Throttled

# A control that has nothing to judge in these account-regions takes less.
_LEAST = 0.01


class Results(msgspec.Struct, frozen=True):
    """All of one run.

    Attributes:
        calm: a sweep at no latency, for `distant` to be compared with.
        distant: the same sweep where each answer waits.
        unkept: a sweep without evidence, for `kept` to be compared with.
        kept: the same sweep with its evidence bundle.
        kept_largest: the largest sweep with its evidence bundle.
        scale: one process, then two, then a Dask cluster of two workers.
        pages: the HTML report as it is opened; the first one has goals.
        diff: two runs compared.
        history: runs over time.
    """

    machine: Machine
    calls: list[CallCost]
    sweeps: list[Cost]
    calm: Cost
    distant: Cost
    unkept: Cost
    kept: Cost
    kept_largest: Cost
    throttled: list[Throttled]
    judging: Judging
    scale: list[ScaleCost]
    pages: list[PageCost]
    diff: DiffCost
    history: HistoryCost

    @property
    def floor_ms(self) -> float:
        """CPU of one call of the bare loop."""
        return next(cost.ms for cost in self.calls if cost.way == "bare")


class Goal(msgspec.Struct, frozen=True):
    """One figure, and what it has to be at most."""

    what: str
    reach: float
    measured: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the figure is good enough."""
        return self.measured <= self.reach


def goals(results: Results) -> Iterator[Goal]:
    """What the largest sweep and the others are held to."""
    before, largest = results.sweeps[-2], results.sweeps[-1]
    kept, unkept = results.kept, results.unkept
    ours = next(one for one in results.throttled if one.way == "orgscan")
    size = f"{largest.accounts:,} accounts"
    yield Goal("CPU for each call in a whole sweep", 0.6, largest.ms_per_call, "ms")
    ratio = largest.ms_per_call / results.floor_ms
    yield Goal("the same, to the bare signed loop's", 1.7, ratio, "x")
    yield Goal("ListClusters calls for each account-region", 1.0, largest.lists_per_target)
    yield Goal(f"CPU, {size}", 150.0, largest.cpu, "s")
    yield Goal(f"peak memory, {size}", 250.0, largest.peak_mib, "MiB")
    growth = largest.peak_mib - before.peak_mib
    yield Goal(f"its growth from {before.accounts:,} accounts", 60.0, growth, "MiB")
    slower = results.distant.wall / results.calm.wall
    yield Goal("wall time with 50 ms latency, to that without", 1.3, slower, "x")
    longer = kept.wall / unkept.wall
    yield Goal(f"wall time with evidence, {kept.accounts:,} accounts", 1.5, longer, "x")
    held = results.kept_largest.peak_mib - largest.peak_mib
    yield Goal(f"peak memory that evidence adds, {size}", 40.0, held, "MiB")
    yield Goal("calls refused under the documented throttles", 10.0, 100 * ours.share, "%")
    lost = ours.lost_services + ours.lost_task_sets
    yield Goal("results lost under them", 0.0, lost)
    judged = 50_000 * results.judging.seconds[ALL] / results.judging.sets
    yield Goal("CPU to judge 50,000 task sets, reachability included", 1.0, judged, "s of CPU")
    yield from _scale_goals(results.scale)
    yield from _page_goals(results.pages[0])
    size = f"{results.diff.findings:,} findings each"
    yield Goal(f"orgscan diff, two runs of {size}", 2.0, results.diff.seconds, "s")
    yield from _history_goals(results.history)


def _history_goals(cost: HistoryCost) -> Iterator[Goal]:
    size = f"{cost.runs} runs of {cost.findings:,} findings"
    yield Goal(f"history.db, {size}", 300.0, cost.megabytes, "MB")
    yield Goal("taking the first of these runs in", 3.0, cost.first_seconds, "s of CPU")
    yield Goal("taking another one in", 3.0, cost.seconds, "s of CPU")
    yield Goal("a trend over all of them", 0.5, cost.trend_seconds, "s of CPU")


def _scale_goals(costs: list[ScaleCost]) -> Iterator[Goal]:
    one, two, dask = costs
    size = f"{one.accounts:,} accounts"
    # 1.8 times the throughput: the busiest process is what a sweep waits for on cores of its own.
    reach = 0.56
    yield Goal(f"busiest of two processes, to one, {size}", reach, two.busiest / one.busiest, "x")
    yield Goal("peak memory of two processes, to one", 2.0, two.peak_mib / one.peak_mib, "x")
    yield Goal(f"busiest of two Dask workers, {size}", reach, dask.busiest / one.busiest, "x")


def _page_goals(cost: PageCost) -> Iterator[Goal]:
    size = f"{cost.findings:,} findings"
    yield Goal(f"report.html interactive, {size}", 800.0, cost.interactive_ms, "ms")
    yield Goal(f"report.html, slowest filter, {size}", 120.0, cost.filter_ms[cost.slowest], "ms")
    yield Goal(f"report.html, {size}", 12.0, cost.megabytes, "MB")


def page(results: Results) -> str:
    """Everything as Markdown."""
    machine = results.machine
    libraries = ", ".join(f"{name} {version}" for name, version in machine.libraries.items())
    services = results.throttled[0].services
    parts = [
        (
            "# Benchmarks\n\n"
            f"{machine.date}: {machine.cpu}, {machine.cores} cores, {machine.memory_gib} GiB, "
            f"{machine.system}, {machine.python}; {libraries}.\n\n"
            "Measured by `make bench`: the organization is served by another process on the same "
            "machine. CPU is that of the calling process alone, everything it does included. "
            f"Before the run {machine.load:g} processes were busy already, which slows the clock.\n"
        ),
        "## Goals\n",
        _table(
            ("what", "reach", "measured", ""),
            [
                (goal.what, f"≤ {goal.reach:g} {goal.unit}".strip(), _shown(goal), _met(goal))
                for goal in goals(results)
            ],
        ),
        "## One call\n\nListClusters, 500 in flight, many accounts in 17 regions.\n",
        _table(("way", "calls", "CPU for each", "ratio"), map(_call_row, results.calls)),
        "## Whole sweeps\n\n3 % of account-regions have clusters, concurrency 500.\n",
        _sweeps_table(results.sweeps, results.floor_ms),
        "## Latency\n\nConcurrency 1000, without latency and with 50 ms for each answer.\n",
        _sweeps_table([results.calm, results.distant], results.floor_ms),
        "## Evidence\n\nConcurrency 500: without evidence, with it, and the largest with it.\n",
        _sweeps_table([results.unkept, results.kept, results.kept_largest], results.floor_ms),
        (
            f"## Throttles\n\nOne account-region of {services:,} services under AWS's documented "
            "token buckets, and 5 task-set calls a second, about which AWS documents nothing. "
            "botocore's retry modes make the same calls.\n"
        ),
        _table(
            ("way", "calls", "refused", "services lost", "task sets lost", "seconds"),
            map(_throttled_row, results.throttled),
        ),
        *_judged(results.judging),
        *_scaled(results.scale),
        *_opened(results.pages),
        *_compared(results.diff),
        *_kept(results.history),
    ]
    return "\n".join(parts)


def _opened(pages: list[PageCost]) -> Iterator[str]:
    yield (
        "## report.html\n\nOpened from a file in headless Chromium: until everything in it is "
        "set up and drawn, and from a filter's key or choice to the frame that shows it.\n"
    )
    yield _table(
        ("findings", "ledger lines", "file", "interactive", "slowest filter"),
        map(_page_row, pages),
    )


def _compared(cost: DiffCost) -> Iterator[str]:
    yield (
        "## Two runs compared\n\n`orgscan diff` as a program of its own, from its start to its "
        "end: both reports read, and the text written. Of the findings, one in 50 is gone and one "
        "in 50 turned; one in 100 accounts cannot be entered any more.\n"
    )
    yield _table(
        ("findings", "ledger lines", "both files", "changes", "wall", "CPU", "peak memory"),
        [_diff_row(cost)],
    )


def _judged(judging: Judging) -> Iterator[str]:
    yield (
        f"## Judging\n\n{judging.sets:,} task sets in {judging.regions} account-regions of 200 "
        "security groups each, half of the sets with two public tasks; facts in memory, one "
        "process. Each control alone works out for itself what runs and how far it can be "
        "reached; together they share it, as in a scan. A security group of "
        f"{judging.rules:,} rules takes {judging.crowded:.2f} s, once for a subnet.\n"
    )
    yield _table(
        ("control", "CPU", "task sets a second"),
        [
            (name, f"{seconds:.2f} s", f"{judging.sets / seconds:,.0f}")
            for name, seconds in judging.seconds.items()
            if seconds > _LEAST
        ],
    )


def _scaled(costs: list[ScaleCost]) -> Iterator[str]:
    yield (
        "## Several processes\n\nWithout evidence. The organization is served on the same machine, "
        "which decides what the clock says; where each process has a core of its own, a sweep "
        "takes what its busiest process takes.\n"
    )
    yield _scale_table(costs)


def _shown(goal: Goal) -> str:
    digits = 0 if goal.unit in {"s", "MiB"} or goal.reach >= 100 else 2
    return f"{goal.measured:,.{digits}f} {goal.unit}".strip()


def _met(goal: Goal) -> str:
    return "reached" if goal.is_met else "**not reached**"


def _call_row(cost: CallCost) -> Sequence[str]:
    return (TITLES[cost.way], f"{cost.calls:,}", f"{cost.ms:.3f} ms", f"{cost.ratio:.2f} x")


def _sweeps_table(sweeps: list[Cost], floor_ms: float) -> str:
    return _table(
        ("accounts", "targets", "calls", "CPU", "for each call", "to the bare loop", "wall",
         "calls a second", "peak memory", "the server's CPU"),
        (
            (
                f"{cost.accounts:,}",
                f"{cost.targets:,}",
                f"{cost.calls:,}",
                f"{cost.cpu:.1f} s",
                f"{cost.ms_per_call:.3f} ms",
                f"{cost.ms_per_call / floor_ms:.2f} x",
                f"{cost.wall:.1f} s",
                f"{cost.calls / cost.wall:,.0f}",
                f"{cost.peak_mib:.0f} MiB",
                f"{cost.server_cpu:.1f} s",
            )
            for cost in sweeps
        ),
    )  # fmt: skip


def _throttled_row(one: Throttled) -> Sequence[str]:
    return (
        one.title,
        f"{one.calls:,}",
        f"{one.refused:,} ({one.share:.1%})",
        f"{one.lost_services:,}",
        f"{one.lost_task_sets:,}",
        f"{one.seconds:.0f}",
    )


def _scale_table(costs: list[ScaleCost]) -> str:
    return _table(
        ("way", "targets", "wall", "CPU", "while sweeping", "the busiest", "the coordinator",
         "more for each target", "peak memory"),
        (
            (
                cost.way,
                f"{cost.targets:,}",
                f"{cost.wall:.1f} s",
                f"{cost.cpu:.1f} s",
                f"{cost.sweeping_cpu:.1f} s",
                f"{cost.busiest:.1f} s",
                f"{cost.coordinating:.1f} s",
                f"{cost.overhead_us(costs[0]):.0f} us",
                f"{cost.peak_mib:.0f} MiB",
            )
            for cost in costs
        ),
    )  # fmt: skip


def _page_row(cost: PageCost) -> Sequence[str]:
    return (
        f"{cost.findings:,}",
        f"{cost.lines:,}",
        f"{cost.megabytes:.1f} MB",
        f"{cost.interactive_ms:.0f} ms",
        f"{cost.filter_ms[cost.slowest]:.0f} ms ({cost.slowest})",
    )


def _diff_row(cost: DiffCost) -> tuple[str, ...]:
    return (
        f"{cost.findings:,}",
        f"{cost.lines:,}",
        f"{cost.megabytes:.0f} MB",
        ", ".join(f"{number:,} {kind.lower()}" for kind, number in cost.changes.items()),
        f"{cost.seconds:.2f} s",
        f"{cost.cpu:.2f} s",
        f"{cost.peak_mib:.0f} MiB",
    )


def _kept(cost: HistoryCost) -> Iterator[str]:
    yield (
        "## History\n\nEvery day one finding in a hundred has another status, and as many task "
        "sets are replaced. Times are of CPU, from report.json on.\n"
    )
    yield _table(
        ("runs", "findings", "first run", "another run", "file", "trend", "whole answer"),
        [_history_row(cost)],
    )


def _history_row(cost: HistoryCost) -> tuple[str, ...]:
    return (
        f"{cost.runs:,}",
        f"{cost.findings:,}",
        f"{cost.first_seconds:.1f} s",
        f"{cost.seconds:.1f} s",
        f"{cost.megabytes:.0f} MB",
        f"{cost.trend_seconds:.2f} s",
        f"{cost.answer_seconds:.2f} s",
    )


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | list[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
