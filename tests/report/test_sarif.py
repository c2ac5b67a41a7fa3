"""`report.sarif`, by OASIS's schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import ExceptionNote, Finding, Severity, Status
from orgscan.model.run import RunRecord
from orgscan.report.interface import Format
from orgscan.report.read import StoredRun
from orgscan.report.sarif import SarifReport

Written = Callable[[Format, RunRecord], bytes]


@pytest.fixture(scope="module")
def validator(schemas: Path) -> jsonschema_rs.Draft4Validator:
    """OASIS's schema."""
    schema = json.loads((schemas / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft4Validator(schema, validate_formats=True)


def _run(data: bytes) -> dict[str, Any]:
    (run,) = json.loads(data)["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("which", ["full_record", "empty_record"])
def test_the_file_is_valid_sarif(
    which: str,
    request: pytest.FixtureRequest,
    written: Written,
    validator: jsonschema_rs.Draft4Validator,
) -> None:
    """With everything in it, and with nothing."""
    log = json.loads(written(SarifReport(), request.getfixturevalue(which)))

    assert [error.message for error in validator.iter_errors(log)] == []
    assert not validator.is_valid(log | {"version": "2.0.0"})


@pytest.mark.parametrize(
    ("status", "severity", "expected"),
    [
        (Status.FAILED, Severity.CRITICAL, [("fail", "error")]),
        (Status.FAILED, Severity.HIGH, [("fail", "error")]),
        (Status.FAILED, Severity.MEDIUM, [("fail", "warning")]),
        (Status.FAILED, Severity.LOW, [("fail", "note")]),
        (Status.WARNING, Severity.MEDIUM, [("review", "none")]),
        (Status.NOT_EVALUATED, Severity.INFORMATIONAL, [("open", "none")]),
        (Status.PASSED, Severity.INFORMATIONAL, []),
        (Status.NOT_APPLICABLE, Severity.INFORMATIONAL, []),
    ],
)
def test_what_wants_attention_is_a_result(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    written: Written,
    status: Status,
    severity: Severity,
    expected: list[tuple[str, str]],
) -> None:
    """Only a failure has a level; what passed would be an alert, and is counted instead."""
    finding = msgspec.structs.replace(make_finding(status=status), severity=severity)
    run = _run(written(SarifReport(), make_record((finding,))))

    assert [(result["kind"], result["level"]) for result in run["results"]] == expected
    assert run["properties"]["findings"]["ecs-taskset-no-public-ip"][status] == 1


def test_a_result_is_placed_by_its_arn_and_told_apart_by_its_key(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """The path is for code scanners, which refuse a result without one."""
    finding = make_finding("api v2")
    (result,) = _run(written(SarifReport(), make_record((finding,))))["results"]

    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == (
        "111122223333/eu-west-1/task-set/prod/api%20v2/ecs-svc/0000000000000000001"
    )
    assert location["logicalLocations"][0]["fullyQualifiedName"] == finding.resource.arn
    assert result["fingerprints"] == {"orgscanKey/v1": finding.key}
    assert (result["ruleId"], result["ruleIndex"]) == (finding.control_id, 0)


def test_a_rule_is_the_catalogues_entry(
    make_record: Callable[..., StoredRun], written: Written
) -> None:
    """Only requirements that can be relied on are tags."""
    (rule,) = _run(written(SarifReport(), make_record()))["tool"]["driver"]["rules"]

    assert rule["id"] == "ecs-taskset-no-public-ip"
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["properties"] == {
        "tags": ["security", "CIS Controls v8 3.3"],
        "security-severity": "8.0",
    }


def test_a_gap_is_a_notification(make_record: Callable[..., StoredRun], written: Written) -> None:
    """What was not looked at is never silence."""
    line = CoverageEntry(
        account_id="111122223333",
        account_name="payments",
        region="eu-west-1",
        status=CoverageStatus.DENIED,
        reason="Not allowed.",
        api="ecs:ListClusters",
        error_code="AccessDeniedException",
    )
    run = _run(written(SarifReport(), make_record((), (line,), run={"exit_status": 4})))

    (invocation,) = run["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 4)
    assert invocation["toolExecutionNotifications"] == [
        {
            "level": "error",
            "descriptor": {"id": "DENIED"},
            "message": {
                "text": "111122223333/eu-west-1: DENIED (ecs:ListClusters AccessDeniedException). "
                "Not allowed."
            },
            "locations": [{"logicalLocations": [{"fullyQualifiedName": "111122223333/eu-west-1"}]}],
        }
    ]


def test_an_accepted_failure_is_suppressed(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """With who accepted it."""
    note = ExceptionNote(id="b", owner="ops", reason="Known", ticket="", expires="2027-03-31")
    (result,) = _run(written(SarifReport(), make_record((make_finding(exception=note),))))[
        "results"
    ]

    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "Accepted by ops until 2027-03-31: Known",
        }
    ]


def test_a_message_makes_no_link_and_fills_nothing_in(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """SARIF reads `[text](place)` and `{0}` in messages."""
    record = make_record((make_finding(reason="[a](https://b) {0}"),))
    (result,) = _run(written(SarifReport(), record))["results"]

    assert "\\[a\\](https://b) {{0}}" in result["message"]["text"]
