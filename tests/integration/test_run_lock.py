"""The lock in the bucket, against moto's conditional writes, by the real command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
