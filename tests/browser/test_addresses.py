"""The page's address says what is shown, and can be sent to somebody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]


def _services(page: Page) -> Locator:
    return page.locator("#findings-view .grid-body .cell-resource .main")


def _fragment(page: Page) -> str:
    return page.url.partition("#")[2]


def test_filters_are_written_into_the_address(open_report: OpenReport, spread: StoredRun) -> None:
    """By what they mean: status, account id, region, words, sorting."""
    page = open_report(spread)
    view = page.locator("#findings-view")

    view.get_by_role("button", name="Failed").click()
    view.get_by_label("Account").select_option("111122223333")
    view.locator("[role=columnheader]", has_text="Account").get_by_role("button").click()
    view.get_by_label("Search findings").fill("cart & co")

    page.wait_for_url("**#findings?status=FAILED&account=111122223333&q=cart+%26+co&sort=account")


@pytest.mark.parametrize(
    ("fragment", "services"),
    [
        ("findings?status=FAILED", ["api", "cart", "etl"]),
        ("findings?status=FAILED,PASSED&region=us-east-1", ["etl"]),
        ("findings?account=444455556666", ["etl", "web"]),
        ("findings?ou=ou-ab12-22222222", ["etl", "web"]),
        ("findings?ou=r-ab12&exposure=reachable", ["api", "etl"]),
        ("findings?exposure=not+graded", ["web"]),
        ("findings?owner=ann&sort=-resource", ["cart", "api"]),
        ("findings?q=task-set/prod/w", ["web"]),
        ("findings?control=ecs-taskset-no-public-ip&q=etl", ["etl"]),
        ("findings?status=NO_SUCH&sort=no-such", ["api", "cart", "etl", "web"]),
        ("findings?account=000000000000", []),
    ],
)
def test_an_address_brings_its_filters_back(
    open_report: OpenReport, spread: StoredRun, fragment: str, services: list[str]
) -> None:
    """Each filter, several together, and what this report does not know."""
    page = open_report(spread, at=f"#{fragment}")

    expect(_services(page)).to_have_text(services)


def test_an_address_with_an_unknown_account_shows_what_it_asks_for(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """A link from another run: the filter is there to be seen, and to be taken away."""
    page = open_report(spread, at="#findings?account=<b>000")

    chosen = page.locator("#findings-view").get_by_label("Account").locator("option:checked")
    expect(chosen).to_have_text("<b>000 (not in this report)")
    page.get_by_role("button", name="Clear filters").first.click()
    expect(_services(page)).to_have_count(4)


def test_back_and_forward_go_through_the_filters(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """Each choice is a place of its own, and so is each part of the page."""
    page = open_report(spread, at="")
    view = page.locator("#findings-view")

    page.get_by_role("link", name="Findings", exact=True).click()
    view.get_by_label("Region").select_option("us-east-1")
    expect(_services(page)).to_have_text(["etl"])
    page.get_by_role("link", name="Coverage", exact=True).click()
    expect(view).to_be_hidden()

    page.go_back()
    expect(_services(page)).to_have_text(["etl"])
    page.go_back()
    expect(_services(page)).to_have_count(4)
    expect(view.get_by_label("Region")).to_have_value("")
    page.go_back()
    expect(page.locator("#overview")).to_be_visible()
    page.go_forward()
    page.go_forward()
    expect(_services(page)).to_have_text(["etl"])
    expect(view.get_by_label("Region")).to_have_value("us-east-1")


def test_an_open_finding_is_in_the_address(open_report: OpenReport, spread: StoredRun) -> None:
    """By its key, which stays the same from run to run; closed, it is gone from there."""
    page = open_report(spread, at="#findings?status=FAILED")

    page.locator("#findings-view .grid-row", has_text="etl").click()
    page.wait_for_url("**open=ecs-taskset-no-public-ip%7C444455556666%7Cus-east-1%7Carn**")
    page.reload()
    expect(page.locator("#detail h2")).to_have_text("etl")
    page.keyboard.press("Escape")
    page.wait_for_url("**#findings?status=FAILED")


def test_the_links_of_the_masthead_lead_back_to_the_filters_left(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """Looking at the coverage does not cost what was chosen among the findings."""
    page = open_report(spread, at="#findings?owner=ann")

    page.get_by_role("link", name="Coverage", exact=True).click()
    page.get_by_role("link", name="Findings", exact=True).click()

    expect(_services(page)).to_have_text(["api", "cart"])
    assert _fragment(page) == "findings?owner=ann"
