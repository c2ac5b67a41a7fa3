"""What a scan wrote is rendered again to the same bytes, and validates by its published schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from orgscan.report.registry import FORMATS
from orgscan.report.render import render
from orgscan.report.report_schema import report_schema
from orgscan.simulator import demo_scenario

pytestmark = pytest.mark.integration


def test_every_report_of_a_scan_is_rendered_again_byte_for_byte(
    sweep: Callable[..., Any], tmp_path: Path
) -> None:
    """The page and all the others, from report.json alone; which is valid by its schema."""
    names = tuple(dict.fromkeys(each.name for each in FORMATS))
    scenario = demo_scenario(accounts=6, seed=1)
    # Evidence is no report: it cannot be made again.
    swept = sweep(scenario, format=names, collect=("launchers",), evidence=False)
    (tmp_path / "report.json").write_bytes(swept.written["report.json"])

    files = render(tmp_path, names)

    assert {file.name: file.read_bytes() for file in files} == swept.written
    validator = jsonschema_rs.Draft202012Validator(report_schema())
    assert [error.message for error in validator.iter_errors(swept.report)] == []
