"""The heat map: accounts and regions at a glance, by eye, by keyboard and by ear."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, Finding
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]


def _names(page: Page) -> list[str]:
    return page.locator("#heat-view .heat-body [role=rowheader] .main").all_inner_texts()


def _many(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], count: int
) -> StoredRun:
    """So many accounts of ten units in three regions; the last one of all has a failed finding."""
    accounts = [
        AccountRef(f"{at:012d}", f"account-{at}", f"r-ab12/ou-ab12-{at % 10:08d}")
        for at in range(count)
    ]
    return make_record(
        (make_finding("api", account=accounts[-1], region="r-2"),),
        tuple(
            CoverageEntry(
                account_id=account.id,
                account_name=account.name,
                ou_path=account.ou_path,
                region=f"r-{region}",
                status=CoverageStatus.COVERED,
            )
            for account in accounts
            for region in range(3)
        ),
    )


def test_each_cell_says_in_words_what_it_shows(open_report: OpenReport, spread: StoredRun) -> None:
    """The accounts with most failed findings come first; what was not seen is said as such."""
    page = open_report(spread, at="#overview")

    cells = page.locator("#heat-view .heat-body .heat-cell").all()

    assert [cell.get_attribute("aria-label") for cell in cells] == [
        "shop, eu-west-1: 2 failed of 2 findings; seen",
        "shop, us-east-1: no findings; not seen",
        "data, eu-west-1: 0 failed of 1 findings; seen",
        "data, us-east-1: 1 failed of 1 findings; seen in part",
        "dark, eu-west-1: no findings; not seen",
        "dark, us-east-1: no findings; not seen",
    ]
    assert [cell.inner_text() for cell in cells] == ["2", "", "", "1", "", ""]


@pytest.mark.parametrize(
    ("cell", "fragment"),
    [
        ("shop, eu-west-1", "findings?status=FAILED&account=111122223333&region=eu-west-1"),
        ("data, eu-west-1", "findings?account=444455556666&region=eu-west-1"),
        ("shop, us-east-1", "coverage?account=111122223333&region=us-east-1"),
        ("dark, us-east-1", "coverage?account=777788889999"),
        ("data: 1 failed", "findings?status=FAILED&account=444455556666"),
    ],
)
def test_a_cell_leads_to_its_findings_or_to_why_there_are_none(
    open_report: OpenReport, spread: StoredRun, cell: str, fragment: str
) -> None:
    """Filtered to what the cell is about; an account that was not entered has one line."""
    page = open_report(spread, at="#overview")

    page.locator(f'#heat-view [aria-label^="{cell}"]').click()

    page.wait_for_url(f"**#{fragment}")
    part = fragment.partition("?")[0]
    expect(page.locator(f"#{part}-view .grid-body .grid-row").first).to_be_visible()


def test_the_keyboard_moves_through_the_cells(open_report: OpenReport, spread: StoredRun) -> None:
    """One stop for Tab, arrows within, Enter to its findings."""
    page = open_report(spread, at="#overview")
    focused = page.locator("#heat-view :focus")

    page.locator('#heat-view [tabindex="0"]').focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(focused).to_have_attribute(
        "aria-label", "data, us-east-1: 1 failed of 1 findings; seen in part"
    )
    page.keyboard.press("Home")
    expect(focused).to_have_attribute("role", "rowheader")
    page.keyboard.press("Control+End")
    expect(focused).to_have_attribute("aria-label", "dark, us-east-1: no findings; not seen")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    page.wait_for_url("**#findings?status=FAILED&account=444455556666&region=us-east-1")
    assert page.locator('#heat-view [tabindex="0"]').count() == 1


def test_a_large_organization_is_grouped_by_unit(
    open_report: OpenReport,
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
) -> None:
    """A unit opens to its accounts and closes again, and its cells lead to its findings."""
    page = open_report(_many(make_record, make_finding, 100), at="#overview")

    assert len(_names(page)) == 10
    first = page.locator("#heat-view [role=rowheader]").first
    expect(first).to_have_text("ou-ab12-0000000910 accounts")
    first.click()
    assert _names(page)[:3] == ["ou-ab12-00000009", "account-99", "account-9"]
    expect(page.locator("#heat-view :focus")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    assert len(_names(page)) == 10
    page.locator('#heat-view [aria-label^="ou-ab12-00000009, r-2"]').click()
    page.wait_for_url("**#findings?status=FAILED&ou=ou-ab12-00000009&region=r-2")
    expect(page.locator("#findings-view .grid-body .grid-row")).to_have_count(1)


def test_ten_thousand_accounts_have_only_the_rows_in_view_as_elements(
    open_report: OpenReport,
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
) -> None:
    """By account instead of by unit; the last row is one key away."""
    page = open_report(_many(make_record, make_finding, 10_000), at="#overview")

    page.get_by_role("button", name="By account").click()
    assert _names(page)[:2] == ["account-9999", "account-0"]
    assert page.locator("#heat-view .heat-row").count() < 60
    page.locator('#heat-view [tabindex="0"]').focus()
    page.keyboard.press("Control+End")

    expect(page.locator("#heat-view :focus")).to_have_attribute(
        "aria-label", "account-9998, r-2: no findings; seen"
    )
    assert page.locator("#heat-view .heat-row").count() < 60


def test_hostile_names_are_text_in_the_heat_map_too(
    open_report: OpenReport, make_record: Callable[..., StoredRun], hostile_names: tuple[str, ...]
) -> None:
    """Names of accounts, units and regions."""
    page = open_report(
        make_record(
            (),
            tuple(
                CoverageEntry(
                    account_id=name,
                    account_name=name,
                    ou_path=name,
                    region=name,
                    status=CoverageStatus.COVERED,
                )
                for name in hostile_names
            ),
        ),
        at="#overview",
    )

    names = _names(page)
    assert r"invoice\u202egpj.exe\u2066\u200b" in names
    assert "</script><script>alert(1)</script>" in names
    assert page.locator("#heat-view img, #heat-view svg, #heat-view script").count() == 0
