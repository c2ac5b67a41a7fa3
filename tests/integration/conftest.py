"""The real command line as a process of its own, against servers on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

SECONDS = 120


class Finished(msgspec.Struct, frozen=True):
    """What a run of the command line left.

    Attributes:
        report: report.json of the newest run; None where there is no run.
    """

    status: int
    out: str
    err: str
    report: dict[str, Any] | None


@pytest.fixture
def orgscan(tmp_path: Path) -> Callable[..., Finished]:
    """Runs `orgscan` in an empty directory, with nothing of the user's own AWS set-up."""

    def run(*arguments: str, environ: Mapping[str, str]) -> Finished:
        surroundings = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "COLUMNS": "100",
        }
        done = subprocess.run(  # noqa: S603 - this interpreter, arguments of the tests
            [sys.executable, "-m", "orgscan", *arguments],
            cwd=tmp_path,
            env={**surroundings, **environ},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        newest = tmp_path / "reports" / "latest" / "report.json"
        report = msgspec.json.decode(newest.read_bytes()) if newest.exists() else None
        return Finished(done.returncode, done.stdout, done.stderr, report)

    return run
