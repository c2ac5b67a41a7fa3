"""OCSF Compliance Findings, by the judgement of the package `ocsf-json-schema`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import ExceptionNote, Finding, Status
from orgscan.model.run import RunRecord
from orgscan.report.interface import Format
from orgscan.report.ocsf import VERSION, OcsfReport
from orgscan.report.read import StoredRun

Written = Callable[[Format, RunRecord], bytes]


@pytest.fixture(scope="module")
def validator() -> jsonschema_rs.Draft202012Validator:
    """OCSF's own schema of the class, with the profile that the events name."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(VERSION))
    return jsonschema_rs.Draft202012Validator(
        schema.get_class_schema("compliance_finding", ["cloud"])
    )


def _events(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def test_every_event_is_a_valid_compliance_finding(
    full_record: StoredRun, written: Written, validator: jsonschema_rs.Draft202012Validator
) -> None:
    """Every status, exceptions, gaps, and hostile names."""
    events = _events(written(OcsfReport(), full_record))

    problems = [
        (place, error.instance_path, error.message)
        for place, event in enumerate(events)
        for error in validator.iter_errors(event)
    ]
    assert problems == []
    assert {event["class_uid"] for event in events} == {2003}


def test_the_validator_refuses_what_ocsf_does_not_have(
    full_record: StoredRun, written: Written, validator: jsonschema_rs.Draft202012Validator
) -> None:
    """So that its silence says something."""
    event = _events(written(OcsfReport(), full_record))[0]

    assert not validator.is_valid(event | {"severity_id": 42})
    assert not validator.is_valid({key: event[key] for key in event if key != "compliance"})


@pytest.mark.parametrize(
    ("status", "number", "caption"),
    [
        (Status.FAILED, 3, "Fail"),
        (Status.WARNING, 2, "Warning"),
        (Status.NOT_EVALUATED, 0, "Unknown"),
        (Status.PASSED, 1, "Pass"),
        (Status.NOT_APPLICABLE, 99, "Not Applicable"),
    ],
)
def test_a_verdict_is_ocsfs_own_and_ours_beside_it(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    written: Written,
    status: Status,
    number: int,
    caption: str,
) -> None:
    """`status_code` keeps our five."""
    (event,) = _events(written(OcsfReport(), make_record((make_finding(status=status),))))

    compliance = event["compliance"]
    assert (compliance["status_id"], compliance["status"]) == (number, caption)
    assert compliance["status_code"] == status
    assert compliance["standards"] == ["CIS Controls v8 3.3"]


def test_a_finding_says_where_it_lies_and_what_it_rests_on(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """Account, unit, region, resource, digests, fix and times have their places."""
    finding = make_finding()
    (event,) = _events(written(OcsfReport(), make_record((finding,))))

    assert event["finding_info"]["uid"] == finding.key
    assert event["finding_info"]["data_sources"] == [f"sha256:{'ab' * 32}"]
    assert event["time"] == 1795485852000
    assert event["cloud"] == {
        "provider": "AWS",
        "cloud_partition": "aws",
        "region": "eu-west-1",
        "account": {
            "uid": "111122223333",
            "name": "payments",
            "type_id": 10,
            "type": "AWS Account",
        },
        "org": {"uid": "o-exampleorg", "ou_uid": "ou-ab12-11111111"},
    }
    assert event["resources"][0]["uid"] == finding.resource.arn
    assert event["resources"][0]["labels"] == ["team:payments"]
    assert event["remediation"]["desc"].startswith("Replace the task set.")


def test_an_accepted_failure_is_suppressed_and_still_a_failure(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """The exception stands beside it."""
    note = ExceptionNote(id="b", owner="ops", reason="Known", ticket="", expires="2027-03-31")
    (event,) = _events(written(OcsfReport(), make_record((make_finding(exception=note),))))

    assert (event["status_id"], event["status"]) == (3, "Suppressed")
    assert event["compliance"]["status"] == "Fail"
    assert event["comment"] == "Accepted by ops until 2027-03-31: Known"


def test_what_was_not_seen_is_an_event_and_what_needs_no_look_is_none(
    make_record: Callable[..., StoredRun], written: Written
) -> None:
    """A lake never shows silence for a gap."""
    lines = tuple(
        CoverageEntry(
            account_id="111122223333",
            account_name="payments",
            region="eu-west-1",
            status=status,
            reason="Refused.",
        )
        for status in (
            CoverageStatus.COVERED,
            CoverageStatus.REGION_NOT_ENABLED,
            CoverageStatus.DENIED,
        )
    )
    (event,) = _events(written(OcsfReport(), make_record((), lines)))

    assert event["compliance"]["control"] == "orgscan-coverage"
    assert event["compliance"]["status_code"] == "DENIED"
    assert event["finding_info"]["uid"] == "orgscan-coverage|111122223333/eu-west-1"


def test_an_empty_run_is_an_empty_file(empty_record: StoredRun, written: Written) -> None:
    """No event."""
    assert written(OcsfReport(), empty_record) == b""
