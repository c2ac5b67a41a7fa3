"""What a scan wrote is rendered again to the same page, and validates by its published schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from orgscan.report.registry import FORMATS
from orgscan.report.render import render
from orgscan.report.report_schema import report_schema

pytestmark = pytest.mark.integration


def test_a_demos_page_is_rendered_again_byte_for_byte(
    orgscan: Callable[..., Any], tmp_path: Path
) -> None:
    """From report.json alone; every other format is written from it too."""
    done = orgscan("demo", "--accounts", "6", environ={})
    page = Path(done.out.splitlines()[-2].split(maxsplit=1)[1])

    files = render(tmp_path / page.parent, [each.name for each in FORMATS], tmp_path / "again")

    assert (tmp_path / "again" / "report.html").read_bytes() == (tmp_path / page).read_bytes()
    assert all(file.stat().st_size for file in files)


def test_a_demos_report_is_valid_by_the_published_schema(orgscan: Callable[..., Any]) -> None:
    """By another implementation's judgement."""
    done = orgscan("demo", "--accounts", "6", environ={})

    validator = jsonschema_rs.Draft202012Validator(report_schema())
    assert [error.message for error in validator.iter_errors(done.report)] == []
