"""What a whole sweep costs: `orgscan scan` of a simulated organization, as a process of its own.

`python -m benchmarks.sweep [ACCOUNTS ...]` serves each organization in another process, at no
latency, and prints what the scan's process used: start, imports, reports and all. CPU seconds are
what to read; wall time depends on what else the machine does, the simulator among it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.serving import Served, serving
from orgscan.report.streamed import open_report
from orgscan.simulator import Scenario

HEADER = (
    f"{'accounts':>9} {'targets':>9} {'calls':>9} {'findings':>9} {'CPU s':>8} {'ms/call':>8} "
    f"{'wall s':>8} {'peak MiB':>9} {'server s':>9}"
)


class Cost(msgspec.Struct, frozen=True):
    """What one sweep used: seconds, MiB, and how many calls it made of how many targets.

    Attributes:
        lists_per_target: calls of ListClusters for each target, which is all that one without
            clusters takes.
        server_cpu: seconds that the simulator used meanwhile.
    """

    accounts: int
    targets: int
    calls: int
    lists_per_target: float
    findings: int
    cpu: float
    wall: float
    peak_mib: float
    server_cpu: float

    @property
    def ms_per_call(self) -> float:
        """CPU of the whole process, shared out over its calls."""
        return self.cpu / self.calls * 1000

    def line(self) -> str:
        """As below `HEADER`."""
        return (
            f"{self.accounts:9,} {self.targets:9,} {self.calls:9,} {self.findings:9,} "
            f"{self.cpu:8.2f} {self.ms_per_call:8.3f} {self.wall:8.2f} {self.peak_mib:9.1f} "
            f"{self.server_cpu:9.2f}"
        )


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("accounts", nargs="*", type=int, default=[40, 400])
    parser.add_argument("--concurrency", type=int, default=500)
    parser.add_argument("--density", type=float, default=0.1)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    options = parser.parse_args()
    print(HEADER)
    for accounts in options.accounts:
        cost = measure(
            accounts,
            density=options.density,
            latency_ms=options.latency_ms,
            concurrency=options.concurrency,
        )
        print(cost.line(), flush=True)


def measure(
    accounts: int,
    *,
    density: float,
    latency_ms: float = 0.0,
    concurrency: int = 500,
    evidence: bool = False,
) -> Cost:
    """Sweep one organization and give what it cost.

    Args:
        accounts: how many, each with 17 enabled regions.
        density: the share of account-regions with clusters.
        latency_ms: how long each answer waits.
        concurrency: of the scan.
        evidence: whether it writes the evidence bundle too.
    """
    scenario = Scenario(accounts=accounts, seed=1, density=density, latency_ms=latency_ms)
    with tempfile.TemporaryDirectory() as output, serving(scenario) as served:
        command = ["-m", "orgscan", "scan", "--output", output, "--quiet"]
        command.append("--evidence" if evidence else "--no-evidence")
        before, started = served.seen().cpu, time.monotonic()
        used = _scan([*command, "--concurrency", str(concurrency)], _environ(served))
        wall = time.monotonic() - started
        server_cpu = served.seen().cpu - before
        # Not read whole: the kernel counts what this process holds when it starts the next child
        # towards that child's peak.
        totals = open_report(Path(output, "latest")).totals
    targets = totals.targets.in_scope
    return Cost(
        accounts=accounts,
        targets=targets,
        lists_per_target=totals.api_calls["ecs:ListClusters"] / targets,
        calls=sum(totals.api_calls.values()),
        findings=sum(sum(by_status.values()) for by_status in totals.findings.values()),
        cpu=used.ru_utime + used.ru_stime,
        wall=wall,
        peak_mib=used.ru_maxrss / 1024,
        server_cpu=server_cpu,
    )


def _scan(command: list[str], environ: dict[str, str]) -> resource.struct_rusage:
    """Run a scan to its end, and give what it used."""
    child = subprocess.Popen([sys.executable, *command], env=environ)
    try:
        _, status, used = os.wait4(child.pid, 0)
    except BaseException:
        child.kill()
        raise
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in {0, 1, 4, 5}:
        raise SystemExit(f"the scan ended with {child.returncode}")
    return used


def _environ(served: Served) -> dict[str, str]:
    """As an installed orgscan runs: modules compiled once, and not at each start."""
    environ = {**os.environ, **served.environ}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


if __name__ == "__main__":
    main()
