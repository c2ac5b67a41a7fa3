"""`reports/sample/` is what the demo gives today; `make sample` makes it anew."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration

SAMPLE = Path(__file__).parents[2] / "reports" / "sample"


def _without_run_data(report: dict[str, Any]) -> dict[str, Any]:
    """Everything that the same organization gives twice.

    Denials name the session by the run, and the note on where calls went the simulator's port.
    """
    text = json.dumps(report).replace(report["run"]["id"], "RUN")
    report = json.loads(re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1", text))
    when = {"id", "started_at", "finished_at"}
    return {
        **{name: value for name, value in report.items() if name != "metrics"},
        "run": {name: value for name, value in report["run"].items() if name not in when},
        "coverage": [
            {name: value for name, value in entry.items() if name != "duration_ms"}
            for entry in report["coverage"]
        ],
    }


def test_the_sample_is_a_run_of_the_demo_as_it_is_now(orgscan: Callable[..., Any]) -> None:
    """But for its times. Where this fails, `make sample` shows the change."""
    done = orgscan("demo", "--accounts", "5", environ={})
    sample = json.loads((SAMPLE / "report.json").read_bytes())

    assert done.status == 0
    assert done.report is not None
    assert _without_run_data(sample) == _without_run_data(done.report)


def test_the_samples_page_is_rendered_from_its_report(
    orgscan: Callable[..., Any], tmp_path: Path
) -> None:
    """Byte for byte, by the templates as they are now."""
    done = orgscan("report", str(SAMPLE), "--output", str(tmp_path / "again"), environ={})

    assert (done.status, done.err) == (0, "")
    assert (tmp_path / "again" / "report.html").read_bytes() == (
        SAMPLE / "report.html"
    ).read_bytes()


def test_the_samples_evidence_holds(orgscan: Callable[..., Any]) -> None:
    """As whoever looks at it would check it."""
    done = orgscan("verify", str(SAMPLE / "evidence.zip"), environ={})

    assert done.status == 0, done.err
    assert done.out.startswith("Everything holds: ")
