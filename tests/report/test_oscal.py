"""OSCAL assessment results, by NIST's schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Finding, Status
from orgscan.model.run import RunRecord
from orgscan.report.interface import Format
from orgscan.report.oscal import VERSION, OscalReport
from orgscan.report.read import StoredRun

Written = Callable[[Format, RunRecord], bytes]


@pytest.fixture(scope="module")
def validator(schemas: Path) -> jsonschema_rs.Draft7Validator:
    """NIST's schema of the release that the file names."""
    file = schemas / f"oscal_assessment-results_schema-{VERSION}.json"
    return jsonschema_rs.Draft7Validator(
        json.loads(file.read_text(encoding="utf-8")), validate_formats=True
    )


def _results(data: bytes) -> dict[str, Any]:
    results = json.loads(data)["assessment-results"]
    assert isinstance(results, dict)
    return results


def _uuids(value: object, name: str = "uuid") -> Iterator[str]:
    """Every value of the members called `name`."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == name and isinstance(each, str):
                yield each
            else:
                yield from _uuids(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _uuids(each, name)


@pytest.mark.parametrize("which", ["full_record", "empty_record"])
def test_the_file_is_valid_oscal(
    which: str,
    request: pytest.FixtureRequest,
    written: Written,
    validator: jsonschema_rs.Draft7Validator,
) -> None:
    """With everything in it, and with nothing."""
    document = json.loads(written(OscalReport(), request.getfixturevalue(which)))

    problems = [(error.instance_path, error.message) for error in validator.iter_errors(document)]
    assert problems == []
    assert not validator.is_valid({"assessment-results": {}})


def test_uuids_are_unique_and_what_names_one_finds_it(
    full_record: StoredRun, written: Written
) -> None:
    """Findings lead to observations, and these to inventory items."""
    results = _results(written(OscalReport(), full_record))

    uuids = list(_uuids(results))
    assert len(set(uuids)) == len(uuids)
    assert set(_uuids(results, "observation-uuid")) <= set(uuids)
    assert set(_uuids(results, "subject-uuid")) <= set(uuids)
    assert results["import-ap"]["href"].removeprefix("#") in uuids


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.FAILED, {"state": "not-satisfied", "reason": "fail"}),
        (Status.WARNING, {"state": "not-satisfied", "reason": "other"}),
        (Status.NOT_EVALUATED, {"state": "not-satisfied", "reason": "other"}),
        (Status.PASSED, {"state": "satisfied", "reason": "pass"}),
        (Status.NOT_APPLICABLE, {"state": "satisfied", "reason": "pass"}),
    ],
)
def test_a_control_is_satisfied_only_where_nothing_speaks_against_it(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    written: Written,
    status: Status,
    expected: dict[str, str],
) -> None:
    """The observation keeps our own word."""
    record = make_record((make_finding(status=status), make_finding("b", status=Status.PASSED)))
    (result,) = _results(written(OscalReport(), record))["results"]

    (finding,) = result["findings"]
    assert finding["target"]["status"] == expected
    assert len(finding["related-observations"]) == 2
    told = {each["name"]: each["value"] for each in result["observations"][0]["props"]}
    assert told["status"] == status


def test_a_control_is_not_satisfied_while_something_was_not_seen(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """And the gap is an observation."""
    line = CoverageEntry(
        account_id="444455556666",
        account_name="b",
        region=None,
        status=CoverageStatus.ROLE_NOT_ASSUMABLE,
        reason="Refused.",
    )
    record = make_record((make_finding(status=Status.PASSED),), (line,))
    (result,) = _results(written(OscalReport(), record))["results"]

    assert result["findings"][0]["target"]["status"]["state"] == "not-satisfied"
    assert result["observations"][1]["description"] == "Refused."


def test_a_resource_is_one_inventory_item_however_many_findings_it_has(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """Findings of one resource come one after the other."""
    record = make_record(
        (make_finding(), make_finding(control_id="ecs-task-no-public-ip"), make_finding(number=2))
    )
    (result,) = _results(written(OscalReport(), record))["results"]

    assert len(result["local-definitions"]["inventory-items"]) == 2
    assert len(result["observations"]) == 3
