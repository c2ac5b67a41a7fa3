"""`findings.csv` and `coverage.csv`, as Python's own reader takes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import Finding, Status
from orgscan.model.run import RunRecord
from orgscan.report.csv_files import (
    COVERAGE_COLUMNS,
    FINDING_COLUMNS,
    CsvCoverage,
    CsvFindings,
    cell,
)
from orgscan.report.interface import Format
from orgscan.report.read import StoredRun
from orgscan.report.visible import visible

Written = Callable[[Format, RunRecord], bytes]


def _rows(data: bytes) -> list[dict[str, str]]:
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, strict=True))


def test_a_finding_is_a_row_with_every_column(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    written: Written,
) -> None:
    """Lists are joined by semicolons, and what is not there is an empty cell."""
    finding = make_finding(tags={"b": "2", "a": "1"})
    arn = "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/0000000000000000001"

    (row,) = _rows(written(CsvFindings(), make_record((finding,))))

    assert tuple(row) == FINDING_COLUMNS
    assert {name: value for name, value in row.items() if value} == {
        "status": "FAILED",
        "severity": "HIGH",
        "control_id": "ecs-taskset-no-public-ip",
        "account_id": "111122223333",
        "account_name": "payments",
        "ou_path": "r-ab12/ou-ab12-11111111",
        "region": "eu-west-1",
        "resource_type": "AWS::ECS::TaskSet",
        "resource_arn": arn,
        "cluster_arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "service_name": "api",
        "resource_status": "PRIMARY",
        "deployment_controller": "EXTERNAL",
        "launch_type": "FARGATE",
        "reason": "This PRIMARY task set states assignPublicIp ENABLED.",
        "assign_public_ip": "ENABLED",
        "subnets": "subnet-1",
        "tags": "a=1; b=2",
        "key": f"ecs-taskset-no-public-ip|111122223333|eu-west-1|{arn}",
        "evidence": f"sha256:{'ab' * 32}",
    }


def test_the_bytes_are_those_of_the_rfc_behind_a_byte_order_mark(
    empty_record: StoredRun, written: Written
) -> None:
    """CRLF and a header line, also where there is nothing."""
    assert written(CsvFindings(), empty_record) == (
        b"\xef\xbb\xbf" + ",".join(FINDING_COLUMNS).encode() + b"\r\n"
    )
    assert written(CsvCoverage(), empty_record) == (
        b"\xef\xbb\xbf" + ",".join(COVERAGE_COLUMNS).encode() + b"\r\n"
    )


def test_every_status_exception_and_hostile_name_stays_in_its_cell(
    full_record: StoredRun, written: Written, hostile_names: tuple[str, ...]
) -> None:
    """Rows and columns are as many as there are findings and members."""
    rows = _rows(written(CsvFindings(), full_record))

    assert len(rows) == len(full_record.report.findings)
    assert all(None not in row and None not in row.values() for row in rows)
    assert [row["status"] for row in rows[:5]] == list(Status)
    (excepted,) = [row for row in rows if row["exception_id"]]
    assert excepted["exception_expires"] == "2027-03-31"
    names = [row["account_name"] for row in rows if row["account_id"] == "444455556666"]
    assert [name.removeprefix("'") for name in names] == [visible(name) for name in hostile_names]


def test_no_cell_is_a_formula(full_record: StoredRun, written: Written) -> None:
    """Whatever sign a spreadsheet begins a formula by."""
    rows = [
        *_rows(written(CsvFindings(), full_record)),
        *_rows(written(CsvCoverage(), full_record)),
    ]

    cells = [value for row in rows for value in row.values()]
    assert [value for value in cells if value.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert "'=cmd|' /C calc'!A0" in cells


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ('"=1+1"', '\'"=1+1"'),
        ("  =1+1", "'  =1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\t=1", r"\t=1"),
        ("\r=1", r"\r=1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (7, "7"),
    ],
)
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(value: object, expected: str) -> None:
    """Also behind quotes and spaces; a tab and a return are shown, and begin nothing."""
    assert cell(value) == expected


def test_the_ledger_says_what_is_a_gap(full_record: StoredRun, written: Written) -> None:
    """A row for each line, gaps told apart."""
    rows = _rows(written(CsvCoverage(), full_record))

    gaps = {row["status"]: row["gap"] for row in rows}
    assert list(gaps) == list(CoverageStatus)
    assert [status for status, gap in gaps.items() if gap == "no"] == [
        "COVERED",
        "ACCOUNT_NOT_ACTIVE",
        "REGION_NOT_ENABLED",
    ]
