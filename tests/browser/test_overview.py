"""The overview: verdict, reach, exposure and trend; and the whole page by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orgscan.model.past import TrendPoint
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]


def test_the_sentence_says_how_far_was_seen_and_what_refused(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """With a link to what mends it."""
    page = open_report(spread, at="")

    reach = page.locator("#overview .reach")
    expect(reach).to_have_text(
        "We saw 40 % of 5 account-regions; seen in part: 1 account-region; could not be entered: "
        "1 account; refused by a service control policy: 1 account-region. What mends it"
    )
    reach.get_by_role("link").click()
    expect(page.locator("#coverage .gaps tbody tr")).to_have_count(3)
    expect(page.locator("#coverage .permission")).to_have_text(["Permission: ecs:ListClusters"])


def test_exposure_is_summed_up_and_leads_to_its_findings(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """Each figure is the number of rows that it leads to."""
    page = open_report(spread, at="")

    figures = page.locator(".exposure strong").all_inner_texts()
    assert figures == ["2", "0", "1", "0", "0"]
    page.get_by_role("link", name="Reachable").click()
    services = page.locator("#findings-view .grid-body .cell-resource .main")
    expect(services).to_have_text(["api", "etl"])


def test_a_trend_is_shown_only_where_there_is_a_history(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """One run is no trend. The chart says in words what it shows, with the figures below."""
    points = [
        TrendPoint(
            run_id=f"run-{day}",
            started_at=f"2026-11-{day}T02:00:00Z",
            failed=failed,
            covered=2,
            in_scope=5,
            **others,
        )
        for day, failed, others in (
            (22, 1200, {}),
            (23, 7, {"unknown": 2, "new": 1, "resolved": 4}),
            (24, 3, {"unknown": 1, "returned": 1}),
        )
    ]

    expect(open_report(spread, at="").locator(".trend")).to_have_count(0)
    expect(open_report(spread, at="", trend=points[:1]).locator(".trend")).to_have_count(0)
    trend = open_report(spread, at="", trend=points).locator(".trend")
    expect(trend.get_by_role("img")).to_have_count(2)
    assert trend.get_by_role("img").first.get_attribute("aria-label") == (
        "Failed findings of 3 runs, from 1,200 on 22 November 2026, 02:00 UTC to 3 on "
        "24 November 2026, 02:00 UTC; 1 more unknown"
    )
    trend.get_by_text("The figures of each run").click()
    rows = [row.inner_text().split("\t")[1:] for row in trend.locator("tbody tr").all()]
    assert rows == [
        ["3", "1", "0", "1", "0", "2 of 5"],
        ["7", "2", "1", "0", "4", "2 of 5"],
        ["1,200", "0", "0", "0", "0", "2 of 5"],
    ]


def test_single_keys_lead_through_the_page(open_report: OpenReport, spread: StoredRun) -> None:
    """Figures to the parts, a slash to the search, a question mark to the list of keys."""
    page = open_report(spread, at="")

    page.keyboard.press("3")
    expect(page.locator("#coverage-title")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("/")
    expect(page.get_by_label("Search findings")).to_be_focused()
    page.keyboard.type("3?")
    expect(page.get_by_label("Search findings")).to_have_value("3?")
    expect(page.locator("#findings-title")).to_be_visible()
    page.get_by_role("heading", name="Findings").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard and help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_from_the_overview_a_slash_searches_the_findings(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """The part changes, and what is typed next is searched for."""
    page = open_report(spread, at="")

    page.keyboard.press("/")
    page.keyboard.type("etl")

    expect(page.locator("#findings-view .grid-body .cell-resource .main")).to_have_text(["etl"])


def test_single_keys_can_be_turned_off(open_report: OpenReport, spread: StoredRun) -> None:
    """For whoever speaks to the computer, which types what it hears."""
    page = open_report(spread, at="")

    page.get_by_role("button", name="Keyboard and help").click()
    page.get_by_label("Single keys lead somewhere").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("3")

    expect(page.locator("#overview")).to_be_visible()
    expect(page.locator("#coverage")).to_be_hidden()


@pytest.mark.parametrize("part", ["overview", "findings", "coverage", "controls", "run"])
def test_an_empty_report_has_words_in_every_part(
    open_report: OpenReport, make_record: Callable[..., StoredRun], part: str
) -> None:
    """Nothing in scope, nothing found, no control: each part says so and shows no empty table."""
    page = open_report(make_record(controls=()), at=f"#{part}")

    said = {
        "overview": "Nothing was in scope, so there is nothing to show.",
        "findings": "There is no finding to list.",
        "coverage": "The ledger is empty: nothing was in scope.",
        "controls": "No control ran.",
        "run": "the whole organization, every enabled region",
    }
    expect(page.locator(f"#{part}")).to_contain_text(said[part])
    expect(page.get_by_role("grid")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 1440
