"""docs/history.md says what a comparison does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orgscan.history.compare import CAME, WENT
from orgscan.history.gate import FailOn
from orgscan.model.diff import Basis, Kind
from orgscan.report.diff import html, text
from orgscan.report.diff.formats import DiffFormatName

PAGE = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")


def row(name: str) -> list[str]:
    """The cells of the one row that begins with a name."""
    (found,) = re.findall(rf"^\| `{name}` \| (.+) \|$", PAGE, re.MULTILINE)
    return [cell.strip() for cell in str(found).split("|")]


@pytest.mark.parametrize("basis", [each for each in Basis if each is not Basis.OPEN])
def test_each_basis_has_its_row_in_the_truth_table(basis: Basis) -> None:
    """What it means, and what a failure of the old run alone, or of the new one, is then."""
    meaning, before_only, now_only = row(basis)

    assert meaning
    assert before_only == f"`{Kind.RESOLVED if basis in WENT else Kind.UNKNOWN}`"
    assert now_only == f"`{Kind.NEW if basis in CAME else Kind.UNKNOWN}`"


@pytest.mark.parametrize("name", [*Kind, *FailOn, *DiffFormatName])
def test_each_kind_format_and_way_to_fail_is_explained(name: str) -> None:
    """In a row of its own."""
    assert all(row(name))


def test_how_many_are_listed_is_said() -> None:
    """As the formats have it."""
    assert f"the gravest {text.MOST_SHOWN} of each kind" in PAGE
    assert f"the gravest {html.MOST_ROWS} of each kind" in PAGE
