"""What several processes and a Dask cluster cost beside one process: CPU, memory, overhead.

`python -m benchmarks.scale [ACCOUNTS]`. The organization is served on the same machine, so that the
clock says little where there are few cores: what to read is the CPU of the busiest process while
it sweeps, since that is the time that a sweep takes where each process has a core of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from benchmarks.dask_here import cluster
from benchmarks.serving import serving
from orgscan.report.streamed import open_report
from orgscan.simulator import Scenario

WAYS = ("one process", "two processes", "Dask, two workers, TLS")
HEADER = (
    f"{'way':24} {'targets':>8} {'wall s':>8} {'CPU s':>8} {'sweep s':>8} {'busiest':>8} "
    f"{'us/target':>10} {'peak MiB':>9}"
)
_TICK = os.sysconf("SC_CLK_TCK")


class ScaleCost(msgspec.Struct, frozen=True):
    """What one way of sweeping used.

    Attributes:
        cpu: seconds of all its processes, start and reports included.
        sweeping_cpu: of all of them while they swept.
        busiest: of the busiest one, meanwhile.
        coordinating: of the process that writes the report, meanwhile.
        peak_mib: the most memory of each, added up.
    """

    way: str
    accounts: int
    targets: int
    wall: float
    cpu: float
    sweeping_cpu: float
    busiest: float
    coordinating: float
    peak_mib: float

    def overhead_us(self, one: ScaleCost) -> float:
        """CPU for each target beyond what one process takes, in microseconds."""
        return (self.sweeping_cpu - one.sweeping_cpu) / self.targets * 1e6

    def line(self, one: ScaleCost) -> str:
        """As below `HEADER`."""
        return (
            f"{self.way:24} {self.targets:8,} {self.wall:8.1f} {self.cpu:8.1f} "
            f"{self.sweeping_cpu:8.1f} {self.busiest:8.1f} {self.overhead_us(one):10.0f} "
            f"{self.peak_mib:9.0f}"
        )


def main() -> None:
    """Print one line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("accounts", nargs="?", type=int, default=300)
    costs = measure_scale(parser.parse_args().accounts)
    print(HEADER)
    for cost in costs:
        print(cost.line(costs[0]))


def measure_scale(accounts: int, density: float = 0.03) -> list[ScaleCost]:
    """Sweep one organization in each way; the first is one process.

    Args:
        accounts: how many, each with 17 enabled regions.
        density: the share of account-regions with clusters.
    """
    scenario = Scenario(accounts=accounts, seed=1, density=density)
    with serving(scenario) as served, tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, **served.environ}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        one = _measure(WAYS[0], accounts, environ)
        two = _measure(WAYS[1], accounts, environ, "--processes", "2")
        with cluster(Path(folder), 2, environ) as there:
            dask = _measure(WAYS[2], accounts, environ | there.environ, workers=there.pids)
        return [one, two, dask]


def _measure(
    way: str,
    accounts: int,
    environ: Mapping[str, str],
    *more: str,
    workers: tuple[int, ...] = (),
) -> ScaleCost:
    with tempfile.TemporaryDirectory() as output:
        command = [sys.executable, "-m", "orgscan", "scan", "--output", output, "--quiet"]
        options = ["--no-evidence", "--concurrency", "500", "--log-format", "json", *more]
        began = time.monotonic()
        child = subprocess.Popen(
            [*command, *options], env=dict(environ), stderr=subprocess.PIPE, text=True
        )
        before, after = _while_sweeping(child, workers)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in {0, 1, 4, 5}:
            raise SystemExit(f"the scan ended with {child.returncode}")
        report = open_report(Path(output, "latest"))
        spent = {pid: seconds - before.get(pid, 0.0) for pid, seconds in after.items()}
        return ScaleCost(
            way=way,
            accounts=accounts,
            targets=report.totals.targets.in_scope,
            wall=time.monotonic() - began,
            cpu=used.ru_utime + used.ru_stime + sum(spent[pid] for pid in workers),
            sweeping_cpu=sum(spent.values()),
            busiest=max(spent.values()),
            coordinating=spent[child.pid],
            peak_mib=report.metrics.peak_rss_mib if report.metrics else 0.0,
        )


def _while_sweeping(
    child: subprocess.Popen[str], workers: tuple[int, ...]
) -> tuple[dict[int, float], dict[int, float]]:
    """CPU of the processes when the sweep begins, and when it ends."""
    assert child.stderr is not None  # noqa: S101 - it was started with a pipe
    before: dict[int, float] = {}
    after: dict[int, float] = {}
    for line in child.stderr:
        message = json.loads(line)["message"] if line.startswith("{") else ""
        if message.startswith("Listing"):
            before = dict(_seconds([child.pid, *workers]))
        elif message.startswith("Swept"):
            after = dict(_seconds([child.pid, *_children(child.pid), *workers]))
    return before, after


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return list(map(int, listed.split()))


def _seconds(pids: list[int]) -> Iterator[tuple[int, float]]:
    for pid in pids:
        with contextlib.suppress(OSError):  # it ended a moment ago
            told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            yield pid, (int(told[11]) + int(told[12])) / _TICK


if __name__ == "__main__":
    main()
