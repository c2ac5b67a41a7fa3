"""The published schema describes what is written, by another implementation's judgement."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, Finding
from orgscan.model.run import ApiMetrics, Metrics
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun
from orgscan.report.report_schema import report_schema


def _parsed(record: StoredRun) -> dict[str, Any]:
    out = io.BytesIO()
    JsonReport().write(record, out)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(report_schema())


def _violations(report: dict[str, Any]) -> list[str]:
    return [error.message for error in _validator().iter_errors(report)]


def test_a_report_with_every_coverage_status_and_hostile_names_is_valid(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    hostile_names: tuple[str, ...],
) -> None:
    """The schema covers whatever is written."""
    record = make_record(
        tuple(make_finding(account=AccountRef("111122223333", n, "")) for n in hostile_names),
        tuple(
            CoverageEntry(account_id="111122223333", account_name="a", region=None, status=status)
            for status in CoverageStatus
        ),
    )

    assert _violations(_parsed(record)) == []


def test_a_report_with_every_optional_member_is_valid(full_record: StoredRun) -> None:
    """Exposure, exception, owner, everything observed, and what the run cost."""
    metrics = Metrics(
        seconds=1.5,
        cpu_seconds=0.5,
        peak_rss_mib=93.0,
        retried=1,
        apis={"ecs:ListClusters": ApiMetrics(attempts=2, p50_ms=1.0, p95_ms=2.0)},
    )
    record = StoredRun(msgspec.structs.replace(full_record.report, metrics=metrics))
    report = _parsed(record)

    assert _violations(report) == []
    told = [finding for finding in report["findings"] if finding["exposure"]]
    assert {finding["exposure"]["grade"] for finding in told} == {"reachable"}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"version": 2}, ["version"]),
        ({"format": "other"}, ["format"]),
        ({"totals": None}, ["totals"]),
        ({"coverage": [{"region": 1}]}, ["coverage", 0, "region"]),
    ],
)
def test_what_is_no_report_of_this_version_is_refused(
    make_record: Callable[..., StoredRun], change: dict[str, Any], where: list[str | int]
) -> None:
    """The schema is not so loose that everything passes."""
    report = _parsed(make_record()) | change

    assert where in [list(error.instance_path) for error in _validator().iter_errors(report)]


def test_every_member_that_is_written_is_required_and_more_are_allowed(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """A reader may rely on a member being there; version 1 may grow."""
    report = _parsed(make_record((make_finding(),)))
    grown = report | {"more": 1, "findings": [report["findings"][0] | {"more": 1}]}
    shrunk = report | {"findings": [{**report["findings"][0]}]}
    del shrunk["findings"][0]["exception"]

    assert _violations(grown) == []
    assert _violations(shrunk) == ['"exception" is a required property']


def test_members_are_described() -> None:
    """A reader of the schema learns what a member means."""
    finding = report_schema()["$defs"]["CoverageEntry"]

    assert finding["description"].startswith("One line of the ledger.")
