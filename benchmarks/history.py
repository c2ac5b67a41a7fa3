"""What a history of many runs costs: `python -m benchmarks.history [RUNS]`.

Every day one finding in a hundred has another status, and as many task sets are replaced. The last
runs are taken in from report.json as a scan's own is; the others from memory, which gives the same
store.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from benchmarks.findings import large_run
from orgscan.controls.registry import CONTROLS
from orgscan.history.asked.ask import ask
from orgscan.history.asked.narrow import Question, scope_of
from orgscan.history.asked.trend import trend
from orgscan.history.kept.file import reading, writing
from orgscan.history.kept.ingest import ingest
from orgscan.model.finding import Finding, Status
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun
from orgscan.scan.history import keep

HEADER = "runs   findings   first run s   a run s   file MB   trend s   all of the answer s"

_MEASURED = 5
_CHANGED_SHARE = 100
_SEED = 8


class HistoryCost(msgspec.Struct, frozen=True):
    """A history of so many runs.

    Attributes:
        findings: of each run.
        first_seconds: to take the first run in, of CPU.
        seconds: the same of one of the last, from report.json; the median.
        megabytes: of the file, in millions of bytes.
        trend_seconds: to ask for the trend of everything, over all runs.
        answer_seconds: to ask for all that `orgscan history` tells.
    """

    runs: int
    findings: int
    first_seconds: float
    seconds: float
    megabytes: float
    trend_seconds: float
    answer_seconds: float

    def line(self) -> str:
        """The figures under `HEADER`."""
        return (
            f"{self.runs:4} {self.findings:10,} {self.first_seconds:13.2f} {self.seconds:9.2f} "
            f"{self.megabytes:9.1f} {self.trend_seconds:9.2f} {self.answer_seconds:21.2f}"
        )


def measure_history(runs: int, findings: int) -> HistoryCost:
    """Take so many runs of so many findings in, and ask."""
    with tempfile.TemporaryDirectory() as directory:
        path, times = Path(directory) / "history.db", []
        for at, run in enumerate(_days(runs, findings)):
            is_measured = at == 0 or at >= runs - _MEASURED
            times.append(_from_report(path, run) if is_measured else _from_memory(path, run))
        with reading(path) as store:
            question = Question(last=runs)
            trend_seconds = _seconds(lambda: trend(store, scope_of(store, question)))
            answer_seconds = _seconds(lambda: ask(store, question))
        return HistoryCost(
            runs=runs,
            findings=findings,
            first_seconds=times[0],
            seconds=statistics.median(times[-_MEASURED:]),
            megabytes=path.stat().st_size / 1e6,
            trend_seconds=trend_seconds,
            answer_seconds=answer_seconds,
        )


def _from_report(path: Path, run: StoredRun) -> float:
    report = path.with_name(JsonReport.filename)
    with report.open("wb") as out:
        JsonReport().write(run, out)
    return _seconds(lambda: keep(path, report))


def _from_memory(path: Path, run: StoredRun) -> float:
    def take() -> None:
        with writing(path) as store:
            ingest(store, run)

    return _seconds(take)


def _seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def _days(runs: int, findings: int) -> Iterator[StoredRun]:
    """The same organization, day after day."""
    report = large_run(findings).report
    totals = replace(report.totals, api_calls={"ecs:ListClusters": 1, "ec2:DescribeSubnets": 1})
    controls = tuple(control.entry for control in CONTROLS)
    chance, made = random.Random(_SEED), list(report.findings)  # noqa: S311 - made-up findings
    for day in range(runs):
        began = dt.datetime(2026, 1, 1, 2, tzinfo=dt.UTC) + dt.timedelta(days=day)
        run = replace(
            report.run,
            id=f"{began:%Y%m%dT%H%M%SZ}-{day:06x}",
            started_at=f"{began:%Y-%m-%dT%H:%M:%SZ}",
        )
        yield StoredRun(
            replace(report, run=run, totals=totals, controls=controls, findings=tuple(made))
        )
        for at in chance.sample(range(findings), findings // _CHANGED_SHARE):
            made[at] = _changed(made[at])
        for at in chance.sample(range(findings), findings // _CHANGED_SHARE):
            made[at] = _replaced(made[at], day)


def _changed(finding: Finding) -> Finding:
    is_mended = finding.status is Status.FAILED
    return replace(finding, status=Status.PASSED if is_mended else Status.FAILED)


def _replaced(finding: Finding, day: int) -> Finding:
    arn = f"{finding.resource.arn[:-5]}{day:05d}"
    return replace(finding, resource=replace(finding.resource, arn=arn))


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 365
    print(HEADER)
    print(measure_history(runs, 100_000).line())


if __name__ == "__main__":
    main()
