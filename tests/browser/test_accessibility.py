"""No violation that axe-core knows, of any impact, in any part, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page

from orgscan.model.past import TrendPoint
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PARTS = ("overview", "findings", "coverage", "controls", "run")


def _violations(page: Page) -> list[tuple[str, str, str]]:
    """Rule, element and summary; the program runs in the page without being a script of it."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (violation["id"], str(node["target"]), node["failureSummary"])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_is_accessible(
    open_report: OpenReport, spread: StoredRun, scheme: str, width: int
) -> None:
    """Each part by itself, then an open finding and the help."""
    page = open_report(spread, at="", scheme=scheme, width=width)
    found = {}
    for part in PARTS:
        page.locator(f'.masthead [data-part="{part}"]').click()
        page.locator(f"#{part}").wait_for()
        found[part] = _violations(page)
    page.locator('.masthead [data-part="findings"]').click()
    page.locator("#findings-view .grid-body .grid-row").first.click()
    found["detail"] = _violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keyboard and help").click()
    found["help"] = _violations(page)

    assert list(found) == [*PARTS, "detail", "help"]
    assert [each for each in found.values() if each] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_empty_report_is_accessible(
    open_report: OpenReport, make_record: Callable[..., StoredRun], scheme: str
) -> None:
    """What is said instead of tables can be read as well."""
    page = open_report(make_record(), at="", scheme=scheme)
    found = {}
    for part in PARTS:
        page.locator(f'.masthead [data-part="{part}"]').click()
        page.locator(f"#{part}").wait_for()
        found[part] = _violations(page)

    assert [each for each in found.values() if each] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_trend_is_accessible(open_report: OpenReport, spread: StoredRun, scheme: str) -> None:
    """Its charts have their words, and its figures are a table."""
    points = [
        TrendPoint(
            run_id=f"run-{day}",
            started_at=f"2026-11-{day:02d}T02:00:00Z",
            failed=day,
            unknown=day % 3,
            covered=2,
            in_scope=5,
        )
        for day in range(1, 24)
    ]
    page = open_report(spread, at="", scheme=scheme, trend=points)
    page.get_by_text("The figures of each run").click()

    assert _violations(page) == []
