"""What a printer gets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orgscan.model.finding import Finding
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]


def _printed(page: Page) -> Page:
    page.pdf()
    page.emulate_media(media="print")
    return page


def test_paper_gets_the_summary_from_whatever_part_is_open(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """Verdict, exposure, gaps, failed findings and run; no tools, tables or heat map."""
    page = _printed(open_report(spread, at="#controls"))

    for shown in ("#verdict-title", "#exposure-title", "#gaps-title", "#findings-print", "#run"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in (".masthead", "#findings-view", "#coverage-view", "#heat-view", "#controls"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("#findings-print > p")).to_have_text("All 3 failed findings.")


@pytest.mark.parametrize(
    ("fragment", "sentence", "rows"),
    [
        ("findings?owner=ann", "All 2 failed findings that pass the filters.", 2),
        ("findings?status=PASSED", "All 1 findings of the statuses chosen.", 1),
        ("findings?q=no-such", "No failed findings that pass the filters.", 0),
    ],
)
def test_paper_follows_the_filters(
    open_report: OpenReport, spread: StoredRun, fragment: str, sentence: str, rows: int
) -> None:
    """And a sentence says which findings these are."""
    page = _printed(open_report(spread, at=f"#{fragment}"))

    expect(page.locator("#findings-print > p")).to_have_text(sentence)
    expect(page.locator("#findings-print tbody tr")).to_have_count(rows)


def test_no_hundred_thousand_rows_are_printed(
    open_report: OpenReport,
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
) -> None:
    """The first ones, how many there are, and where the others stand."""
    record = make_record(tuple(make_finding(f"s-{at}", number=at) for at in range(1_200)))

    page = _printed(open_report(record, at=""))

    expect(page.locator("#findings-print tbody tr")).to_have_count(200)
    expect(page.locator("#findings-print > p")).to_have_text(
        "The first 200 of 1,200 failed findings. The rest is in this report as it is opened in a "
        "browser, and in report.json."
    )
