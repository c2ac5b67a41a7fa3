"""The formats, by name."""

from __future__ import annotations

from typing import get_args

import pytest

from orgscan.config.settings import FormatName
from orgscan.errors import ConfigError
from orgscan.report.registry import FORMATS, formats_named

NAMES = "html, json, ndjson, csv, ocsf, asff, sarif, oscal, junit, markdown"


def test_every_file_has_its_own_name_and_csv_has_two() -> None:
    """Nothing is written over."""
    assert [(each.name, each.filename) for each in FORMATS] == [
        ("html", "report.html"),
        ("json", "report.json"),
        ("ndjson", "findings.ndjson"),
        ("csv", "findings.csv"),
        ("csv", "coverage.csv"),
        ("ocsf", "findings.ocsf.ndjson"),
        ("asff", "findings.asff.ndjson"),
        ("sarif", "report.sarif"),
        ("oscal", "assessment-results.json"),
        ("junit", "report.junit.xml"),
        ("markdown", "summary.md"),
    ]


def test_the_settings_take_the_same_names() -> None:
    """What the registry has can be configured, and nothing else."""
    assert ", ".join(get_args(FormatName)) == NAMES
    assert list(get_args(FormatName)) == list(dict.fromkeys(each.name for each in FORMATS))


def test_formats_are_found_by_name_each_once() -> None:
    """As `--format` gives them."""
    assert [each.filename for each in formats_named(["csv", "json", "csv"])] == [
        "findings.csv",
        "coverage.csv",
        "report.json",
    ]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "jsn",
            "--format: there is no report format `jsn`. Did you mean `json`? There are " + NAMES,
        ),
        ("pdf", "--format: there is no report format `pdf`. There are " + NAMES),
    ],
)
def test_an_unknown_format_is_refused_and_the_nearest_named(name: str, line: str) -> None:
    """One line says what is wrong and what there is."""
    with pytest.raises(ConfigError) as refused:
        formats_named([name])

    assert str(refused.value) == line
