"""The formats, by name."""

from __future__ import annotations

import pytest

from orgscan.errors import ConfigError
from orgscan.report.registry import FORMATS, format_named


def test_every_format_has_its_own_name_and_file() -> None:
    """Nothing is written over."""
    assert [(each.name, each.filename) for each in FORMATS] == [
        ("html", "report.html"),
        ("json", "report.json"),
    ]


def test_a_format_is_found_by_its_name() -> None:
    """As `--format` gives it."""
    assert format_named("json").filename == "report.json"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "jsn",
            "--format: there is no report format `jsn`. Did you mean `json`? There are html, json",
        ),
        ("pdf", "--format: there is no report format `pdf`. There are html, json"),
    ],
)
def test_an_unknown_format_is_refused_and_the_nearest_named(name: str, line: str) -> None:
    """One line says what is wrong and what there is."""
    with pytest.raises(ConfigError) as refused:
        format_named(name)

    assert str(refused.value) == line
