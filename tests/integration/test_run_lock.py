"""The lock in the bucket, against moto's conditional writes, by the real command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orgscan.simulator import Scenario, Simulator

pytestmark = pytest.mark.integration

Aws = Any  # the fixture's own type

_BUCKET = "example-audit"
_KEY = "orgscan/run-lock.json"
_LOCKED = {"ORGSCAN_RUN_LOCK": "bucket", "ORGSCAN_DELIVER_S3": f"s3://{_BUCKET}/orgscan"}


def _put(aws: Aws, body: bytes) -> None:
    aws.client("s3").put_object(Bucket=_BUCKET, Key=_KEY, Body=body)


def _lease(**changes: object) -> bytes:
    lease = {
        "format": "orgscan.run-lock",
        "holder": {
            "run_id": "20261124T020000Z-1a2b3c",
            "host": "ip-10-0-0-1",
            "pid": 1,
            "since": "2026-11-24T02:00:00Z",
        },
        "expires": "2099-01-01T00:00:00Z",
        "is_free": False,
    }
    return json.dumps({**lease, **changes}).encode()


def _now(aws: Aws) -> dict[str, Any]:
    body = aws.client("s3").get_object(Bucket=_BUCKET, Key=_KEY)["Body"].read()
    lease: dict[str, Any] = json.loads(body)
    return lease


def test_a_scan_takes_the_lock_and_lets_it_go(orgscan: Callable[..., Any], aws: Aws) -> None:
    """Twice in a row: the second finds it free, and nothing is deleted."""
    first = orgscan("scan", environ={**aws.environ, **_LOCKED})
    of_first = _now(aws)
    second = orgscan("scan", environ={**aws.environ, **_LOCKED})

    assert (first.err, second.err) == ("", "")
    assert of_first["is_free"]
    assert of_first["holder"]["run_id"] == first.report["run"]["id"]
    assert _now(aws)["holder"]["run_id"] == second.report["run"]["id"]
    versions = aws.client("s3").list_object_versions(Bucket=_BUCKET, Prefix=_KEY)
    assert "DeleteMarkers" not in versions


def test_a_scan_gives_way_to_one_that_holds_the_lock(
    orgscan: Callable[..., Any],
    aws: Aws,
    tmp_path: Path,
) -> None:
    """It names the holder, exits with 2, and leaves the lock and no run behind."""
    _put(aws, _lease())
    done = orgscan("scan", environ={**aws.environ, **_LOCKED})

    assert (done.status, done.report) == (2, None)
    assert done.err == (
        f"orgscan: s3://{_BUCKET}/{_KEY}: another orgscan is scanning for this place: "
        "run 20261124T020000Z-1a2b3c, process 1 on ip-10-0-0-1, since 2026-11-24T02:00:00Z, "
        "until 2099-01-01T00:00:00Z at the latest. Wait for it to end, or deliver to another "
        "prefix\n"
    )
    assert _now(aws) == json.loads(_lease())
    assert [path.name for path in (tmp_path / "reports").iterdir()] == [".lock"]


def test_a_lock_whose_time_is_over_is_taken_and_that_is_said(
    orgscan: Callable[..., Any],
    aws: Aws,
) -> None:
    """A job that was killed locks nobody out for good."""
    _put(aws, _lease(expires="2026-01-01T00:00:00Z"))
    done = orgscan("scan", environ={**aws.environ, **_LOCKED})

    assert done.report is not None
    assert "20261124T020000Z-1a2b3c, process 1 on ip-10-0-0-1" in done.err
    assert "never let go, and its time is over" in done.err
    assert _now(aws)["is_free"]


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\x00", b"{}", b'{"format":"other"}', _lease(format="x"), _lease(expires="soon")],
)
def test_what_is_no_lock_is_not_overwritten(
    orgscan: Callable[..., Any],
    aws: Aws,
    body: bytes,
) -> None:
    """Somebody's own object under the name."""
    _put(aws, body)
    done = orgscan("scan", environ={**aws.environ, **_LOCKED})

    assert (done.status, done.report) == (2, None)
    assert "something else lies under the lock's name" in done.err
    assert aws.client("s3").get_object(Bucket=_BUCKET, Key=_KEY)["Body"].read() == body


def test_without_a_bucket_there_is_nothing_to_hold_the_lock_in(
    orgscan: Callable[..., Any],
    aws: Aws,
) -> None:
    """Said before anything is swept."""
    done = orgscan("scan", environ={**aws.environ, "ORGSCAN_RUN_LOCK": "bucket"})

    assert (done.status, done.report) == (2, None)
    assert done.err.startswith("orgscan: run_lock: there is no bucket to hold the lock in")


class _StrikeAt(Counter[tuple[str, str, str]]):
    """Counts calls, and acts when there have been so many."""

    def __init__(self, calls: int, act: Callable[[], None]) -> None:
        super().__init__()
        self._left = calls
        self._act = act

    def __setitem__(self, key: tuple[str, str, str], value: int) -> None:
        super().__setitem__(key, value)
        self._left -= 1
        if self._left == 0:
            self._act()


def _strike(child: subprocess.Popen[str], strike: signal.Signals | None) -> None:
    if strike is not None:
        child.send_signal(strike)


@pytest.fixture
def job(
    aws: Aws, environ_of: Callable[..., dict[str, str]], tmp_path: Path
) -> Iterator[Callable[..., tuple[int, str]]]:
    """A job on a machine of its own, struck by a signal after so many calls."""
    simulator = Simulator(Scenario(accounts=30, seed=4, regions=("us-east-1",), latency_ms=5))
    with simulator.serve_in_thread() as endpoint:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            **environ_of(endpoint),
            **_LOCKED,
            "AWS_ENDPOINT_URL_S3": aws.url,
        }

        def run(
            machine: str, *arguments: str, strike: signal.Signals | None = None
        ) -> tuple[int, str]:
            child = subprocess.Popen(  # noqa: S603 - this interpreter, arguments of the tests
                [sys.executable, "-m", "orgscan", "scan", "--output", machine, *arguments],
                cwd=tmp_path,
                env=environ,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            simulator.record.calls = _StrikeAt(60, lambda: _strike(child, strike))
            _, errors = child.communicate(timeout=120)
            return child.returncode, errors

        yield run


def test_a_killed_job_keeps_others_away_until_it_is_resumed(
    aws: Aws, job: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """Another machine is told whose the lock is; the resumed run takes and frees it."""
    killed, _ = job("here", "--concurrency", "2", strike=signal.SIGKILL)
    held = _now(aws)
    refused, errors = job("elsewhere")
    resumed, said = job("here", "--resume")

    assert killed == -signal.SIGKILL
    assert not held["is_free"]
    assert refused == 2
    assert f"another orgscan is scanning for this place: run {held['holder']['run_id']}" in errors
    assert (resumed in {1, 4, 5}, said) == (True, "")
    assert _now(aws)["is_free"]
    assert (tmp_path / "here" / held["holder"]["run_id"] / "report.json").exists()


def test_a_job_that_is_told_to_end_lets_the_lock_go(
    aws: Aws, job: Callable[..., tuple[int, str]]
) -> None:
    """SIGTERM, as ECS sends it: the next job need not wait."""
    status, _ = job("here", "--concurrency", "2", strike=signal.SIGTERM)

    assert status in {4, 5}
    assert _now(aws)["is_free"]
