"""`report.junit.xml`, by the schema that Jenkins reads JUnit with."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
import xmlschema

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import ExceptionNote, Finding, Status
from orgscan.model.run import RunRecord
from orgscan.report.interface import Format
from orgscan.report.junit import JunitReport
from orgscan.report.read import StoredRun

Written = Callable[[Format, RunRecord], bytes]


def _parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - what was just written


def _outcomes(root: ET.Element) -> list[str]:
    """What each case came to, `coverage` left out."""
    return [
        case[0].tag if len(case) else "passed"
        for case in root.iter("testcase")
        if case.get("classname") != "coverage"
    ]


@pytest.mark.parametrize("which", ["full_record", "empty_record"])
def test_the_file_is_what_jenkins_reads(
    which: str, request: pytest.FixtureRequest, written: Written, schemas: Path
) -> None:
    """With everything in it, and with nothing."""
    data = written(JunitReport(), request.getfixturevalue(which))

    schema = xmlschema.XMLSchema(schemas / "junit-10.xsd")
    assert [error.reason for error in schema.iter_errors(io.BytesIO(data))] == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.FAILED, "failure"),
        (Status.WARNING, "skipped"),
        (Status.NOT_EVALUATED, "error"),
        (Status.PASSED, "passed"),
        (Status.NOT_APPLICABLE, "skipped"),
    ],
)
def test_a_build_fails_where_a_scan_would(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    written: Written,
    status: Status,
    expected: str,
) -> None:
    """FAILED and what could not be seen."""
    root = _parsed(written(JunitReport(), make_record((make_finding(status=status),))))

    assert _outcomes(root) == [expected]


def test_an_accepted_failure_is_skipped_and_says_why(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """As it counts for no exit status."""
    note = ExceptionNote(id="b", owner="ops", reason="Known", ticket="", expires="2027-03-31")
    root = _parsed(written(JunitReport(), make_record((make_finding(exception=note),))))

    assert _outcomes(root) == ["skipped"]
    told = "".join(root.itertext())
    assert "Accepted by ops until 2027-03-31: Known" in told


def test_a_suite_counts_its_own_cases(full_record: StoredRun, written: Written) -> None:
    """A build server shows what the suite says."""
    for suite in _parsed(written(JunitReport(), full_record)).iter("testsuite"):
        counted = [len(suite.findall(path)) for path in ("testcase", *_BELOW)]

        assert counted == [
            int(suite.get(name, "-1")) for name in ("tests", "failures", "errors", "skipped")
        ]


_BELOW = ("testcase/failure", "testcase/error", "testcase/skipped")


def test_a_suite_is_an_account_region_and_a_case_a_resource_and_control(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """In the report's order."""
    record = make_record((make_finding(), make_finding(number=2), make_finding(region="us-east-1")))
    suites = list(_parsed(written(JunitReport(), record)).iter("testsuite"))

    assert [(suite.get("name"), len(suite)) for suite in suites] == [
        ("coverage", 1),
        ("111122223333 eu-west-1", 2),
        ("111122223333 us-east-1", 1),
    ]
    assert suites[1][0].get("classname") == "111122223333.eu-west-1.ecs-taskset-no-public-ip"
    assert suites[1][0].get("name") == make_finding().resource.arn


def test_a_gap_is_an_error_and_what_needs_no_look_is_no_case(
    make_record: Callable[..., StoredRun], written: Written
) -> None:
    """Coverage is a suite of its own."""
    lines = tuple(
        CoverageEntry(
            account_id="111122223333",
            account_name="payments",
            region="eu-west-1",
            status=status,
            reason="Refused.",
        )
        for status in (CoverageStatus.COVERED, CoverageStatus.DENIED_BY_SCP)
    )
    (suite,) = _parsed(written(JunitReport(), make_record((), lines))).iter("testsuite")

    (case,) = suite
    assert case.get("name") == "111122223333 eu-west-1"
    assert case[0].attrib == {"message": "DENIED_BY_SCP: Refused."}
    assert (suite.get("errors"), case[0].tag) == ("1", "error")


def test_what_xml_cannot_hold_is_shown(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """A control character has no way into XML 1.0, and a non-character none either."""
    record = make_record((make_finding(reason="a\x00b\x1b[2Jc\uffffd<&\"'"),))
    root = _parsed(written(JunitReport(), record))

    (failure,) = root.iter("failure")
    assert failure.get("message") == "FAILED: a\\x00b\\x1b[2Jc\\uffffd<&\"'"
