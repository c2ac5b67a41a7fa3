"""Scans of a simulated organization day after day, and the history that they make."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from orgscan.aws.engine import Limits
from orgscan.config.settings import Settings
from orgscan.history.asked.answer import Answer
from orgscan.history.asked.narrow import Question
from orgscan.model.finding import Status
from orgscan.scan.history import answer, rebuild
from orgscan.scan.pipeline import Request, ScanResult, scan
from orgscan.scan.run_files import runs_in
from orgscan.simulator import Simulator, demo_scenario
from orgscan.sweep.stop import Stop
from tests.history.kept.days import content

pytestmark = pytest.mark.integration

ACCOUNTS, SEED, DAYS = 8, 1, 3
_LIMITS = Limits(call_timeout=30.0, target_timeout=120.0, backoff_base=0.001, backoff_cap=0.01)

ScanDay = Callable[..., ScanResult]


def _scan_day(environ_of: Callable[..., dict[str, str]], day: int, **settings: Any) -> ScanResult:  # noqa: ANN401 - settings are of any type
    simulator = Simulator(demo_scenario(ACCOUNTS, SEED, day))
    with (
        simulator.serve_in_thread() as endpoint,
        patch.dict(os.environ, environ_of(endpoint), clear=True),
    ):
        request = Request(settings=Settings(**settings), limits=_LIMITS)
        return asyncio.run(scan(request, Stop()))


@pytest.fixture
def scan_day(environ_of: Callable[..., dict[str, str]], tmp_path: Path) -> ScanDay:
    """Return a function that scans the organization as it is on a day."""

    def run(day: int, **settings: Any) -> ScanResult:  # noqa: ANN401 - as above
        return _scan_day(environ_of, day, **{"output": tmp_path, **settings})

    return run


@pytest.fixture(scope="module")
def days(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, list[dict[str, Any]]]:
    """The output of scans of three days, and their reports."""
    output = tmp_path_factory.mktemp("days")

    def environ(endpoint: Any) -> dict[str, str]:  # noqa: ANN401 - the simulator's
        return {
            "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
            "AWS_REGION": endpoint.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    results = [_scan_day(environ, day, output=output) for day in range(DAYS)]
    reports = [
        msgspec.json.decode((result.directory / "report.json").read_bytes()) for result in results
    ]
    return output, reports


def _answer(output: Path) -> Answer:
    return answer(output / "history.db", Question())


def _failed(report: dict[str, Any]) -> set[str]:
    return {each["key"] for each in report["findings"] if each["status"] == Status.FAILED}


def test_each_scan_joins_the_history_and_its_counts_are_the_reports(
    days: tuple[Path, list[dict[str, Any]]],
) -> None:
    """What failed is what the report says; what was new is what no report before had failed."""
    output, reports = days
    points = _answer(output).trend
    for told, point in zip(reports[2]["run"]["trend"], points, strict=True):
        assert told["failed"] == point.counts.failed
        assert told["unknown"] == point.counts.unknown
        assert told["resolved"] == point.counts.resolved
    assert [point.run_id for point in points] == [report["run"]["id"] for report in reports]
    for at, (point, report) in enumerate(zip(points, reports, strict=True)):
        earlier = set().union(*map(_failed, reports[:at]))
        assert point.counts.failed == len(_failed(report))
        assert point.counts.new == len(_failed(report) - earlier)
        assert point.covered == report["totals"]["targets"]["covered"]
    assert any(point.counts.resolved for point in points)
    assert any(point.counts.unknown for point in points)


def test_a_report_tells_since_when_each_finding_is_known(
    days: tuple[Path, list[dict[str, Any]]],
) -> None:
    """The first run knows of none; then the first run that had the finding is named."""
    _, reports = days
    assert {finding["past"] for finding in reports[0]["findings"]} == {None}
    assert reports[0]["run"]["trend"] == []
    started = [report["run"]["started_at"] for report in reports]
    keys = [{finding["key"] for finding in report["findings"]} for report in reports]
    for finding in reports[2]["findings"]:
        first = next(at for at in range(DAYS) if finding["key"] in keys[at])
        assert finding["past"]["first_seen"] == started[first]
        is_new = finding["key"] not in _failed(reports[0]) | _failed(reports[1])
        if finding["status"] == Status.FAILED and is_new:
            assert finding["past"]["failing_since"] == started[2]
        if finding["status"] != Status.FAILED:
            assert finding["past"]["failing_since"] is None
    assert [point["run_id"] for point in reports[2]["run"]["trend"]] == [
        report["run"]["id"] for report in reports
    ]


def test_rebuilding_from_run_directories_gives_the_same_history(
    days: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    """In whatever order they are named; and from bundles alone."""
    output, _ = days
    runs = runs_in(output)
    anew = tmp_path / "anew.db"
    rebuilt = rebuild(anew, runs[::-1])
    assert (rebuilt.runs, rebuilt.new, rebuilt.problems) == (DAYS, DAYS, ())
    assert content(anew) == content(output / "history.db")
    bundles = tmp_path / "bundles.db"
    assert rebuild(bundles, [run / "evidence.zip" for run in runs]).new == DAYS
    assert content(bundles) == content(anew)
    assert rebuild(bundles, runs).new == 0


def test_a_damaged_history_is_kept_aside_and_made_anew(
    days: tuple[Path, list[dict[str, Any]]],
    scan_day: ScanDay,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The scan says so, costs nothing else, and all runs that are there are in it again."""
    output, _ = days
    shutil.copytree(output, tmp_path, dirs_exist_ok=True, symlinks=True)
    (tmp_path / "history.db").write_bytes(b"not a database at all" * 1000)
    with caplog.at_level(logging.WARNING):
        result = scan_day(3)
    assert "the history is damaged" in caplog.text
    assert result.directory.is_dir()
    points = _answer(tmp_path).trend
    assert len(points) == DAYS + 1
    (aside,) = tmp_path.glob("history.db.damaged-*")
    assert aside.read_bytes().startswith(b"not a database")


def test_a_history_that_cannot_be_written_costs_the_run_nothing(
    scan_day: ScanDay, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said, and how to mend it."""
    (tmp_path / "in-the-way").touch()
    with caplog.at_level(logging.WARNING):
        result = scan_day(0, history_file=tmp_path / "in-the-way" / "history.db")
    assert (result.directory / "report.html").is_file()
    assert "The run is not in the history, which costs it nothing else" in caplog.text


def test_no_history_is_made_where_none_is_wanted(scan_day: ScanDay, tmp_path: Path) -> None:
    """And none is told of."""
    scan_day(0, history=False)
    assert not (tmp_path / "history.db").exists()


def test_a_run_without_a_report_file_joins_by_its_bundle(scan_day: ScanDay, tmp_path: Path) -> None:
    """The bundle holds the report."""
    result = scan_day(0, format=("markdown",))
    assert not (result.directory / "report.json").exists()
    assert [point.run_id for point in _answer(tmp_path).trend] == [result.directory.name]


def test_the_command_tells_of_the_history(
    days: tuple[Path, list[dict[str, Any]]], orgscan: Callable[..., Any]
) -> None:
    """As text whose names are safe in a terminal, and as JSON."""
    output, reports = days
    file = str(output / "history.db")
    told = orgscan("history", "--file", file, environ={})
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith(f"History of {reports[0]['run']['organization']['id']}: 3 runs\n")
    assert "\x1b" not in told.out
    told = orgscan("history", "--file", file, "--format", "json", "--last", "1", environ={})
    found = msgspec.json.decode(told.out, type=Answer)
    assert [point.run_id for point in found.trend] == [reports[2]["run"]["id"]]
    told = orgscan("history", "--file", file, "--account", "000000000000", environ={})
    assert told.status == 2
    assert "the history does not have account '000000000000'" in told.err


def test_the_command_takes_runs_in_and_names_what_cannot_be_read(
    days: tuple[Path, list[dict[str, Any]]], orgscan: Callable[..., Any], tmp_path: Path
) -> None:
    """The others are taken in."""
    output, _ = days
    file, wrong = tmp_path / "anew.db", tmp_path / "notes.txt"
    wrong.write_text("not a report")
    runs = [str(run) for run in runs_in(output)]
    done = orgscan("history", "rebuild", *runs, str(wrong), "--file", str(file), environ={})
    assert done.status == 1
    assert f"{file}: 3 of 4 runs taken in" in done.out
    assert "not taken in:" in done.err
    assert "notes.txt" in done.err
