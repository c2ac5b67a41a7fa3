"""What a whole sweep costs: `orgscan scan` of a simulated organization, as a process of its own.

`python -m benchmarks.sweep [ACCOUNTS ...]` serves each organization in another process, at no
latency, and prints what the scan's process used: start, imports, reports and all. CPU seconds are
what to read; wall time depends on what else the machine does, the simulator among it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

_SERVER_SECONDS = 1800


class Cost(msgspec.Struct, frozen=True):
    """What one sweep used: seconds, MiB, and how many calls it made of how many targets."""

    accounts: int
    targets: int
    calls: int
    findings: int
    cpu: float
    wall: float
    peak_mib: float


class _Totals(msgspec.Struct):
    targets: dict[str, int]
    findings: dict[str, dict[str, int]]
    api_calls: dict[str, int]


class _Report(msgspec.Struct):
    totals: _Totals


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("accounts", nargs="*", type=int, default=[40, 400])
    parser.add_argument("--concurrency", type=int, default=500)
    parser.add_argument("--density", type=float, default=0.1)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    options = parser.parse_args()
    print(
        f"{'accounts':>9} {'targets':>9} {'calls':>9} {'findings':>9} "
        f"{'CPU s':>8} {'ms/call':>8} {'wall s':>8} {'peak MiB':>9}"
    )
    for accounts in options.accounts:
        cost = measure(
            accounts,
            density=options.density,
            latency_ms=options.latency_ms,
            concurrency=options.concurrency,
        )
        print(
            f"{cost.accounts:9,} {cost.targets:9,} {cost.calls:9,} {cost.findings:9,} "
            f"{cost.cpu:8.2f} {cost.cpu / cost.calls * 1000:8.3f} {cost.wall:8.2f} "
            f"{cost.peak_mib:9.1f}",
            flush=True,
        )


def measure(
    accounts: int, *, density: float, latency_ms: float = 0.0, concurrency: int = 500
) -> Cost:
    """Sweep one organization and give what it cost.

    Args:
        accounts: how many, each with 17 enabled regions.
        density: the share of account-regions with clusters.
        latency_ms: how long each answer waits.
        concurrency: of the scan.
    """
    with (
        tempfile.TemporaryDirectory() as output,
        serving(accounts, density=density, latency_ms=latency_ms) as environ,
    ):
        command = ["-m", "orgscan", "scan", "--output", output, "--quiet"]
        started = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, *command, "--concurrency", str(concurrency)],
            env={**os.environ, **environ},
        )
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in {0, 1, 4, 5}:
            raise SystemExit(f"the scan ended with {child.returncode}")
        written = Path(output, "latest", "report.json").read_bytes()
    totals = msgspec.json.decode(written, type=_Report).totals
    return Cost(
        accounts=accounts,
        targets=totals.targets["in_scope"],
        calls=sum(totals.api_calls.values()),
        findings=sum(sum(by_status.values()) for by_status in totals.findings.values()),
        cpu=used.ru_utime + used.ru_stime,
        wall=wall,
        peak_mib=used.ru_maxrss / 1024,
    )


class _Served(msgspec.Struct):
    url: str
    access_key_id: str
    secret_access_key: str
    region: str


@contextlib.contextmanager
def serving(accounts: int, *, density: float, latency_ms: float = 0.0) -> Iterator[dict[str, str]]:
    """A simulator in a process of its own; gives the environment that leads to it.

    Args:
        accounts: how many.
        density: the share of account-regions with clusters.
        latency_ms: how long each answer waits.
    """
    told = {
        "--accounts": accounts,
        "--density": density,
        "--latency-ms": latency_ms,
        "--seconds": _SERVER_SECONDS,
    }
    arguments = [str(part) for pair in told.items() for part in pair]
    with subprocess.Popen(
        [sys.executable, "-m", "orgscan.simulator", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        if server.stdin is None or server.stdout is None:
            raise RuntimeError("the simulator was started without pipes")
        try:
            served = msgspec.json.decode(server.stdout.readline(), type=_Served)
            yield {
                "AWS_ENDPOINT_URL": served.url,
                "AWS_ACCESS_KEY_ID": served.access_key_id,
                "AWS_SECRET_ACCESS_KEY": served.secret_access_key,
                "AWS_REGION": served.region,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "NO_PROXY": "127.0.0.1",
            }
        finally:
            # It serves until its standard input ends.
            server.stdin.close()


if __name__ == "__main__":
    main()
