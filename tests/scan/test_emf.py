"""Metrics, held to the public specification of the embedded metric format."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from orgscan.model.finding import AccountRef, Status
from orgscan.report.read import StoredRun
from orgscan.scan.emf import heartbeat_line, run_lines
from orgscan.scan.progress import Progress

# The rules of the specification, as of 2026:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
_NAME = {"type": "string", "minLength": 1, "maxLength": 1024}
_UNITS = ["Seconds", "Milliseconds", "Bytes", "Percent", "Count", "Count/Second", "None"]
_METRIC = {
    "type": "object",
    "required": ["Name"],
    "additionalProperties": False,
    "properties": {
        "Name": _NAME,
        "Unit": {"enum": _UNITS},
        "StorageResolution": {"enum": [1, 60]},
    },
}
_DIRECTIVE = {
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "additionalProperties": False,
    "properties": {
        "Namespace": _NAME,
        "Dimensions": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "array",
                "maxItems": 30,
                "items": {"type": "string", "minLength": 1, "maxLength": 250},
            },
        },
        "Metrics": {"type": "array", "maxItems": 100, "items": _METRIC},
    },
}
_ROOT = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "additionalProperties": False,
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {"type": "array", "items": _DIRECTIVE},
            },
        }
    },
}
_MOST_BYTES = 256 * 1024


def _checked(line: bytes) -> dict[str, Any]:
    """The line, if it is what CloudWatch takes: on one line, with every member that it names."""
    assert len(line) < _MOST_BYTES
    assert b"\n" not in line
    document: dict[str, Any] = json.loads(line)
    jsonschema_rs.validate(_ROOT, document)
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for name in (name for names in directive["Dimensions"] for name in names):
            assert isinstance(document[name], str)
            assert 0 < len(document[name]) <= 1024
        for metric in directive["Metrics"]:
            assert type(document[metric["Name"]]) in {int, float}
    return document


def _lines(record: StoredRun, **changes: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any argument
    told = {"exit_status": 1, "is_successful": True, **changes}
    return [_checked(line) for line in run_lines(record.run, record.totals, **told)]


def test_a_run_is_one_line_and_one_more_for_each_control(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Any]
) -> None:
    """Its sums are those of the report."""
    record = make_record((make_finding(), make_finding("b", status=Status.PASSED)))
    run, control = _lines(record)

    assert run["Organization"] == control["Organization"] == "o-exampleorg"
    assert run["run_id"] == "20261124T020000Z-1a2b3c"
    assert run["_aws"]["Timestamp"] == 1795485852000
    assert (run["SuccessfulRuns"], run["NoGaps"], run["ExitStatus"]) == (1, 1, 1)
    assert (run["ApiCalls"], run["Throttles"], run["Duration"]) == (720, 2, 252.0)
    assert control["Control"] == "ecs-taskset-no-public-ip"
    assert (control["FindingsFailed"], control["FindingsPassed"]) == (1, 1)
    assert control["FindingsNotEvaluated"] == 0


@pytest.mark.parametrize(("status", "no_gaps"), [(0, 1), (1, 1), (4, 0), (5, 0)])
def test_gaps_are_those_of_the_exit_status(
    make_record: Callable[..., StoredRun], status: int, no_gaps: int
) -> None:
    """Whatever became of the delivery."""
    run, _ = _lines(make_record(run={"exit_status": status}), exit_status=3, is_successful=False)

    assert (run["NoGaps"], run["ExitStatus"], run["SuccessfulRuns"]) == (no_gaps, 3, 0)


def test_nothing_that_somebody_named_reaches_a_metric(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Any],
    hostile_names: tuple[str, ...],
) -> None:
    """However many accounts and services there are, there are as many metrics as before."""
    findings = tuple(
        make_finding(name, account=AccountRef(f"{at:012d}", name, name), tags={name: name})
        for at, name in enumerate(hostile_names)
    )
    named = _lines(make_record(findings))
    plain = _lines(make_record((make_finding(),)))

    assert [list(line) for line in named] == [list(line) for line in plain]
    text = json.dumps(named, ensure_ascii=False)
    assert not any(name in text for name in hostile_names)


def test_a_heartbeat_is_a_metric_too() -> None:
    """Of the organization alone."""
    at = dt.datetime(2026, 11, 24, 2, 1, tzinfo=dt.UTC)
    progress = Progress(run_id="20261124T020000Z-1a2b3c", organization_id="o-1", targets=7)
    line = _checked(heartbeat_line(progress, at))

    assert (line["Heartbeat"], line["TargetsDone"], line["Organization"]) == (1, 7, "o-1")
