"""What it costs to compare two runs: `python -m benchmarks.diff [--findings N] [--accounts N]`.

Two reports are written, of a day and the next, and `orgscan diff` is run on them as a program of
its own: starting it, reading both and writing the text is all in the figures.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from benchmarks.findings import CONTROL, REGIONS, large_run
from orgscan.controls.catalogue import load_entry
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Finding, Status
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun

HEADER = "findings   ledger lines   changes   files MB   seconds   CPU s   peak MiB"

# Of the findings, one in so many is gone on the second day, and one turned.
_ONE_IN = 50
# Of the accounts, one in so many cannot be entered any more.
_LOCKED_ONE_IN = 100


class DiffCost(msgspec.Struct, frozen=True):
    """One comparison, the quickest of several.

    Attributes:
        findings: of each run.
        lines: of each ledger.
        changes: by kind.
        megabytes: of both files, in millions of bytes.
        seconds: of the clock, from starting the program to its end.
        cpu: seconds of it, user and system.
    """

    findings: int
    lines: int
    changes: dict[str, int]
    megabytes: float
    seconds: float
    cpu: float
    peak_mib: float

    def line(self) -> str:
        """The figures under `HEADER`."""
        return (
            f"{self.findings:8,} {self.lines:14,} {sum(self.changes.values()):9,} "
            f"{self.megabytes:10.0f} {self.seconds:9.2f} {self.cpu:7.2f} {self.peak_mib:10.0f}"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(HEADER)
    print(measure_diff(options.findings, options.accounts, options.rounds).line())


def measure_diff(findings: int, accounts: int, rounds: int) -> DiffCost:
    """Write two runs of that many findings, and compare them so many times."""
    with tempfile.TemporaryDirectory() as directory:
        old, new, written = (
            Path(directory, name) for name in ("old.json", "new.json", "diff.json")
        )
        for file in (old, new):
            _in_a_process_of_its_own(file, findings, accounts, later=file is new)
        _compare(old, new, "--format", "json", "--output", str(written))
        totals = _totals(written)
        text = str(Path(directory, "diff.txt"))
        seconds, used = min(
            (_compare(old, new, "--output", text) for _ in range(rounds)), key=lambda one: one[0]
        )
        return DiffCost(
            findings=findings,
            lines=accounts * len(REGIONS),
            changes=totals,
            megabytes=(old.stat().st_size + new.stat().st_size) / 1e6,
            seconds=seconds,
            cpu=used.ru_utime + used.ru_stime,
            peak_mib=used.ru_maxrss / 1024,
        )


def _compare(old: Path, new: Path, *options: str) -> tuple[float, resource.struct_rusage]:
    """Run a comparison to its end: seconds of the clock, and what it used."""
    command = [sys.executable, "-m", "orgscan", "diff", str(old), str(new), "--fail-on", "none"]
    started = time.monotonic()
    child = subprocess.Popen([*command, *options])
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.monotonic() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"the comparison ended with {child.returncode}")
    return seconds, used


def _totals(document: Path) -> dict[str, int]:
    class Diff(msgspec.Struct):
        totals: dict[str, int]

    # Not kept whole: the kernel counts what this process holds towards the next child's peak.
    with document.open("rb") as lines:
        line = next(line for line in lines if line.startswith(b'"totals":'))
    return msgspec.json.decode(b"{" + line.rstrip(b",\n") + b"}", type=Diff).totals


def _in_a_process_of_its_own(file: Path, findings: int, accounts: int, *, later: bool) -> None:
    """Write a run by a process whose memory is none of this one's."""
    writer = multiprocessing.get_context("spawn").Process(
        target=_write, args=(file, findings, accounts, later)
    )
    writer.start()
    writer.join()
    if writer.exitcode != 0:
        raise SystemExit(f"the run could not be written: {writer.exitcode}")


def _write(file: Path, findings: int, accounts: int, later: bool) -> None:
    report = large_run(findings, accounts).report
    report = replace(report, controls=(load_entry(CONTROL),))
    if later:
        ids = sorted({entry.account_id for entry in report.coverage})
        locked = frozenset(ids[::_LOCKED_ONE_IN])
        report = replace(
            report,
            run=replace(
                report.run, id="20261125T020000Z-4d5e6f", started_at="2026-11-25T02:00:00Z"
            ),
            findings=tuple(_findings_later(report.findings, locked)),
            coverage=tuple(_coverage_later(report.coverage, locked)),
        )
    with file.open("wb") as out:
        JsonReport().write(StoredRun(report), out)


def _findings_later(findings: tuple[Finding, ...], locked: frozenset[str]) -> Iterator[Finding]:
    for at, finding in enumerate(findings):
        if finding.account.id in locked or at % _ONE_IN == 0:
            continue
        is_turned = at % _ONE_IN == 1
        turned = Status.PASSED if finding.status is Status.FAILED else Status.FAILED
        yield replace(finding, status=turned) if is_turned else finding


def _coverage_later(
    ledger: tuple[CoverageEntry, ...], locked: frozenset[str]
) -> Iterator[CoverageEntry]:
    for entry in ledger:
        if entry.account_id not in locked:
            yield entry
    for account in sorted(locked):
        yield CoverageEntry(
            account_id=account,
            account_name="locked",
            region=None,
            status=CoverageStatus.ROLE_NOT_ASSUMABLE,
            reason="the read role cannot be assumed",
        )


if __name__ == "__main__":
    main()
