"""What a scheduled job writes for those who watch it, by the real command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from orgscan.simulator import Fault, FaultKind, Scenario, Simulator, account_id

pytestmark = pytest.mark.integration

Run = Callable[..., Any]
_MEMBER = account_id(3, 2)
_SCENARIO = Scenario(
    accounts=6,
    seed=3,
    regions=("eu-west-1", "us-east-1"),
    density=0.5,
    hostile=True,
    faults=(Fault(FaultKind.DENY_SCP, _MEMBER, "eu-west-1"),),
)
_JOB = {"ORGSCAN_LOG_FORMAT": "json", "ORGSCAN_METRICS": "emf"}


def _scan(orgscan: Run, environ_of: Run, *arguments: str, **more: str) -> Any:  # noqa: ANN401 - the fixture's own type
    with Simulator(_SCENARIO).serve_in_thread() as endpoint:
        return orgscan("scan", *arguments, environ={**environ_of(endpoint), **_JOB, **more})


def test_metrics_come_on_lines_of_their_own_and_agree_with_the_report(
    orgscan: Run, environ_of: Run
) -> None:
    """On standard output, also where nothing else is printed."""
    done = _scan(orgscan, environ_of, "--quiet")
    run, *controls = [json.loads(line) for line in done.out.splitlines()]
    totals = done.report["totals"]

    assert run["SuccessfulRuns"] == 1
    assert run["NoGaps"] == 0
    assert run["ExitStatus"] == done.status == done.report["run"]["exit_status"]
    assert run["TargetsInScope"] == totals["targets"]["in_scope"]
    assert run["TargetsNotCovered"] == totals["targets"]["not_covered"] == 1
    assert run["AccountsPartlyCovered"] == 1
    assert run["ApiCalls"] == sum(totals["api_calls"].values())
    assert {line["Control"]: line["FindingsFailed"] for line in controls} == {
        control: by_status["FAILED"] for control, by_status in totals["findings"].items()
    }


def test_a_run_that_saw_nothing_is_no_successful_one(orgscan: Run, environ_of: Run) -> None:
    """It is whole and written, and its metric would keep the alarm silent for nothing."""
    done = _scan(orgscan, environ_of, "--quiet", "--account", _MEMBER, "--region", "eu-west-1")

    assert json.loads(done.out.splitlines()[0])["SuccessfulRuns"] == 0
    assert done.status == 4


def test_every_line_of_a_json_log_has_the_run_and_where_there_is_one_the_place(
    orgscan: Run, environ_of: Run
) -> None:
    """Each line is an object; what is about an account-region names it."""
    done = _scan(orgscan, environ_of, "--verbose", "--quiet")
    lines = [json.loads(line) for line in done.err.splitlines()]
    placed = [line for line in lines if re.match(r"[0-9]{12} ", line["message"])]

    assert {line["run_id"] for line in lines} == {done.report["run"]["id"]}
    assert lines[-1]["message"] == "Run finished"
    assert len(placed) == len(done.report["coverage"])
    assert all(
        line["message"].startswith(f"{line['account_id']} {line['region'] or 'as a whole'}: ")
        for line in placed
    )


def test_what_ends_a_run_is_a_line_of_the_json_log_too(
    orgscan: Run,
    environ_of: Run,
    tmp_path: Path,
) -> None:
    """With the run that it ended: a report that the disk does not take."""
    (tmp_path / "a file").write_text("")
    done = _scan(orgscan, environ_of, ORGSCAN_OUTPUT="a file")
    (line,) = [json.loads(line) for line in done.err.splitlines()]

    assert (done.status, line["level"]) == (2, "ERROR")
    assert line["message"].startswith("a file: the output directory cannot be written")


def test_a_delivery_that_fails_is_no_successful_run_and_is_told_with_the_run(
    orgscan: Run, environ_of: Run
) -> None:
    """Status 3, and the alarm is not silenced."""
    topic = "arn:aws:sns:eu-west-1:123456789012:no-such-topic"
    done = _scan(orgscan, environ_of, "--quiet", ORGSCAN_DELIVER_SNS_TOPIC=topic)
    run = json.loads(done.out.splitlines()[0])
    (line,) = [json.loads(line) for line in done.err.splitlines() if "not delivered" in line]

    assert done.status == run["ExitStatus"] == 3
    assert run["SuccessfulRuns"] == 0
    assert (line["level"], line["run_id"]) == ("ERROR", run["run_id"])


def test_a_delivery_by_itself_writes_json_lines_with_the_run(
    orgscan: Run, environ_of: Run, tmp_path: Path
) -> None:
    """As the scan that it goes on from."""
    topic = "arn:aws:sns:eu-west-1:123456789012:no-such-topic"
    with Simulator(_SCENARIO).serve_in_thread() as endpoint:
        environ = {**environ_of(endpoint), **_JOB}
        report = orgscan("scan", "--quiet", environ=environ).report
        told = {**environ, "ORGSCAN_DELIVER_SNS_TOPIC": topic}
        done = orgscan("deliver", str(tmp_path / "reports" / "latest"), environ=told)
    lines = [json.loads(line) for line in done.err.splitlines()]

    assert done.status == 3
    assert {line["run_id"] for line in lines} == {report["run"]["id"]}
    assert [line["level"] for line in lines if "not delivered" in line["message"]] == ["ERROR"]


class _Arrival(Counter[tuple[str, str, str]]):
    """Counts calls, and says when the first cluster was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.swept = Event()

    def __setitem__(self, key: tuple[str, str, str], value: int) -> None:
        super().__setitem__(key, value)
        if key[2] == "ecs:ListClusters":
            self.swept.set()


def test_a_second_scan_gives_way_to_the_first_and_leaves_it_alone(
    orgscan: Run, environ_of: Run, tmp_path: Path
) -> None:
    """It names the first by its run, and the first goes on until it is told to end."""
    hang = Fault(FaultKind.HANG, account=_MEMBER, api="ecs:*")
    simulator = Simulator(Scenario(accounts=3, seed=3, regions=("us-east-1",), faults=(hang,)))
    arrival = _Arrival()
    simulator.record.calls = arrival
    with simulator.serve_in_thread() as endpoint:
        environ = environ_of(endpoint)
        first = subprocess.Popen(
            [sys.executable, "-m", "orgscan", "scan"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert arrival.swept.wait(60)
        second = orgscan("scan", environ=environ)
        unlocked = {**environ, "ORGSCAN_RUN_LOCK": "none"}
        beside = orgscan("scan", "--exclude-account", _MEMBER, environ=unlocked)
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
        third = orgscan("scan", "--exclude-account", _MEMBER, environ=environ)

    assert beside.report is not None
    assert second.status == 2
    named = re.search(r"into this directory: run (\S+), process (\d+) on ", second.err)
    assert named
    assert int(named[2]) == first.pid
    assert (tmp_path / "reports" / named[1] / "report.json").exists()
    assert first.returncode in {4, 5}
    assert third.report["run"]["id"] != named[1]
