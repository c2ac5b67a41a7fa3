"""What earlier runs say of findings: the column, the filter and the panel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from orgscan.model.past import Past, TrendPoint
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]

BEFORE, NOW = "2026-11-20T02:00:00Z", "2026-11-24T02:00:00Z"
TREND = [
    TrendPoint(
        run_id=f"run-{day}",
        started_at=f"2026-11-{day}T02:00:00Z",
        failed=3,
        covered=2,
        in_scope=5,
    )
    for day in (23, 24)
]


@pytest.fixture
def told(spread: StoredRun) -> StoredRun:
    """One failure of each kind, and a finding that passes."""
    pasts = (
        Past(first_seen=NOW, failing_since=NOW, times=1),
        Past(first_seen=BEFORE, failing_since=NOW, times=3),
        Past(first_seen=BEFORE, failing_since=BEFORE, times=1),
        Past(first_seen=BEFORE, failing_since=None, times=0),
    )
    findings = tuple(
        replace(finding, past=past)
        for finding, past in zip(spread.report.findings, pasts, strict=True)
    )
    return StoredRun(replace(spread.report, findings=findings))


def test_each_finding_says_when_it_was_first_seen(
    open_report: OpenReport, told: StoredRun, spread: StoredRun
) -> None:
    """And whether its failure is new; there is no such column without a history."""
    page = open_report(told, at="#findings?sort=resource")
    cells = page.locator("#findings-view .grid-body .cell-first_seen").all_inner_texts()
    assert [cell.split("\n") for cell in cells] == [
        ["2026-11-24", "new in this run"],
        ["2026-11-20", "back in this run"],
        ["2026-11-20", "fails since 2026-11-20"],
        ["2026-11-20"],
    ]
    page = open_report(spread)
    expect(page.locator("#findings-view .cell-first_seen")).to_have_count(0)
    expect(page.get_by_label("Failures", exact=True)).to_have_count(0)


def test_the_overview_counts_what_is_new_and_leads_to_it(
    open_report: OpenReport, told: StoredRun
) -> None:
    """By an address that can be sent."""
    page = open_report(told, at="", trend=TREND)
    lead = page.locator("#overview .lead").first
    expect(lead).to_have_text(
        "Since the run of 23 November 2026, 02:00 UTC: 1 new failure and 1 failure that came back."
    )
    lead.get_by_role("link", name="came back").click()
    services = page.locator("#findings-view .grid-body .cell-resource .main")
    expect(services).to_have_text(["cart"])
    assert page.url.endswith("#findings?since=back")
    page.get_by_label("Failures", exact=True).select_option(label="Known before")
    expect(services).to_have_text(["etl"])


def test_the_panel_tells_a_findings_past(open_report: OpenReport, told: StoredRun) -> None:
    """With how often it has failed, if more than once."""
    page = open_report(told, at="#findings?since=back")
    page.locator("#findings-view .grid-body .grid-row").click()
    facts = page.locator("dialog dl", has_text="First seen").locator("dt, dd")
    assert facts.all_inner_texts() == [
        "First seen",
        "2026-11-20 02:00:00 UTC",
        "Fails since",
        "2026-11-24 02:00:00 UTC, back in this run",
        "Has failed",
        "3 times",
    ]
