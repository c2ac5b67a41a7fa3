"""What is taken away from the page: CSV, rows on the clipboard, links, digests."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, Finding
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]


def _saved(page: Page, view: str, path: Path) -> list[list[str]]:
    """The lines of the CSV file that a view's button saves."""
    with page.expect_download() as download:
        page.locator(view).get_by_role("button", name="CSV").click()
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_csv_holds_the_rows_in_view_in_their_order(
    open_report: OpenReport, spread: StoredRun, tmp_path: Path
) -> None:
    """What passes the filters, sorted as it is, with ARNs and digests in full."""
    page = open_report(spread, at="#findings?status=FAILED&sort=-resource")

    head, *lines = _saved(page, "#findings-view", tmp_path / "saved.csv")

    assert head == [
        "status", "severity", "control", "exposure", "account_id", "account_name", "ou_path",
        "region", "resource_type", "arn", "service", "owner", "assign_public_ip", "public_ips",
        "ipv6", "reason", "exception", "first_seen", "failing_since", "evidence",
    ]  # fmt: skip
    assert [line[10] for line in lines] == ["etl", "cart", "api"]
    assert lines[2] == [
        "FAILED",
        "HIGH",
        "ecs-taskset-no-public-ip",
        "reachable",
        "111122223333",
        "shop",
        "r-ab12/ou-ab12-11111111",
        "eu-west-1",
        "AWS::ECS::TaskSet",
        "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/0000000000000000001",
        "api",
        "ann",
        "ENABLED",
        "",
        "",
        "This PRIMARY task set states assignPublicIp ENABLED.",
        "",
        "",
        "",
        f"sha256:{'ab' * 32}",
    ]


def test_no_cell_of_a_csv_is_a_formula(
    open_report: OpenReport,
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    tmp_path: Path,
) -> None:
    """An apostrophe says that it is text; quotes and commas keep to their cell."""
    names = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a "b", c', "two\nlines", "1=1")
    page = open_report(
        make_record(
            tuple(
                make_finding("api", account=AccountRef(f"{at:012d}", name, ""), number=at)
                for at, name in enumerate(names)
            )
        )
    )

    _, *lines = _saved(page, "#findings-view", tmp_path / "saved.csv")

    assert [line[5] for line in lines] == [
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\\t=1", "'\\r=1", 'a "b", c', "two\\nlines", "1=1",
    ]  # fmt: skip


def test_the_ledger_is_saved_with_what_mends_it(
    open_report: OpenReport, spread: StoredRun, tmp_path: Path
) -> None:
    """Reason, mend and permission in the line of each account-region."""
    page = open_report(spread, at="#coverage?status=DENIED_BY_SCP")

    (head, line) = _saved(page, "#coverage-view", tmp_path / "saved.csv")

    assert dict(zip(head, line, strict=True)) == {
        "status": "DENIED_BY_SCP",
        "account_id": "111122223333",
        "account_name": "shop",
        "ou_path": "r-ab12/ou-ab12-11111111",
        "region": "us-east-1",
        "reason": "A policy denies it.",
        "mend": (
            "Let the service control policy except the read role, or accept that this stays unseen."
        ),
        "permissions": "ecs:ListClusters",
        "api": "ecs:ListClusters",
        "error_code": "AccessDeniedException",
        "message": "",
        "api_calls": "0",
        "duration_ms": "0",
    }


def test_rows_are_copied_for_a_spreadsheet(open_report: OpenReport, spread: StoredRun) -> None:
    """A head and the rows in view, their cells apart by tabs; the page says how many."""
    page = open_report(spread, at="#findings?owner=ann")

    page.locator("#findings-view").get_by_role("button", name="Copy rows").click()
    expect(page.locator("#said")).to_have_text("Copied 2 rows")

    head, first, second = (line.split("\t") for line in _clipboard(page).split("\n"))
    assert head[:2] == ["status", "severity"]
    assert [first[10], second[10]] == ["api", "cart"]


def test_the_link_that_is_copied_is_this_view(open_report: OpenReport, spread: StoredRun) -> None:
    """With its filters."""
    page = open_report(spread, at="#findings?owner=ann")

    page.locator("#findings-view").get_by_role("button", name="Copy link").click()
    expect(page.locator("#said")).to_have_text("Copied the link")

    assert _clipboard(page) == page.url
    assert page.url.endswith("#findings?owner=ann")


def test_a_digest_is_copied_whole(open_report: OpenReport, spread: StoredRun) -> None:
    """By the sign beside it, which says what it copies to those who hear the page."""
    page = open_report(spread)
    page.locator("#findings-view .grid-body .grid-row").first.click()

    page.get_by_role("button", name=f"Copy sha256:{'ab' * 32}").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert _clipboard(page) == f"sha256:{'ab' * 32}"


def test_without_a_clipboard_the_older_way_is_taken(
    open_report: OpenReport, spread: StoredRun
) -> None:
    """A browser that gives the clipboard to no file still copies what is selected."""
    page = open_report(spread)
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); }"
    )

    page.locator("#findings-view").get_by_role("button", name="Copy link").click()

    expect(page.locator("#said")).to_have_text("Copied the link")
    assert _clipboard(page) == page.url


def test_a_line_of_the_ledger_says_what_mends_it(
    open_report: OpenReport, make_record: Callable[..., StoredRun]
) -> None:
    """In its panel: the sentence, and the permission to copy."""
    entry = CoverageEntry(
        account_id="111122223333",
        account_name="shop",
        region="eu-west-1",
        status=CoverageStatus.DENIED,
        reason="Denied.",
        api="ecs:ListClusters",
        error_code="AccessDeniedException",
    )
    page = open_report(make_record((), (entry,)), at="#coverage")

    page.locator("#coverage-view .grid-body .grid-row").click()

    panel = page.locator("#detail")
    expect(panel).to_contain_text("Allow the call in the read role's policy")
    panel.get_by_role("button", name="Copy ecs:ListClusters").click()
    assert _clipboard(page) == "ecs:ListClusters"
