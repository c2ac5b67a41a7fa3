"""`findings.ndjson`, line by line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from orgscan.model.run import RunRecord
from orgscan.report.interface import Format
from orgscan.report.json_v1 import JsonReport
from orgscan.report.ndjson import NdjsonReport
from orgscan.report.read import StoredRun

Written = Callable[[Format, RunRecord], bytes]


def _lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def test_each_line_has_a_type_and_report_jsons_own_members(
    full_record: StoredRun, written: Written
) -> None:
    """First the run, then controls, findings and ledger in order, and the numbers last."""
    first, *rest, last = _lines(written(NdjsonReport(), full_record))
    report = json.loads(written(JsonReport(), full_record))

    assert first == {
        "type": "run",
        "format": "orgscan.findings",
        "version": 1,
        "run": report["run"],
        "totals": report["totals"],
    }
    assert rest == [
        {"type": kind} | value
        for kind, name in (
            ("control", "controls"),
            ("finding", "findings"),
            ("coverage", "coverage"),
        )
        for value in report[name]
    ]
    assert last == {
        "type": "end",
        "control": len(report["controls"]),
        "finding": len(report["findings"]),
        "coverage": len(report["coverage"]),
    }


def test_an_empty_run_says_that_it_is_whole(empty_record: StoredRun, written: Written) -> None:
    """The last line tells it from a file that was cut off."""
    lines = _lines(written(NdjsonReport(), empty_record))

    assert [line["type"] for line in lines] == ["run", "end"]
    assert lines[1] == {"type": "end", "control": 0, "finding": 0, "coverage": 0}
