"""The page of the pre-flight, held to the code."""

from __future__ import annotations

from pathlib import Path

from orgscan.remediation.preflight.operations import OPERATIONS

PAGE = Path(__file__).parents[2] / "docs" / "preflight.md"


def test_the_page_names_every_permission() -> None:
    """As IAM spells it."""
    text = PAGE.read_text(encoding="utf-8")
    assert [each.api for each in OPERATIONS if f"`{each.api}`" not in text] == []
