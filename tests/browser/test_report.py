"""The HTML report as a person uses it, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Page, expect

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, ExceptionNote, Finding, Observed, Status
from orgscan.report.columns import Numbers, joined
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

PAYMENTS = AccountRef("111122223333", "payments", "r-ab12/ou-ab12-11111111")
DATA = AccountRef("444455556666", "data-lake", "r-ab12/ou-ab12-22222222")

OpenReport = Callable[..., Page]
MakeFinding = Callable[..., Finding]
MakeRecord = Callable[..., StoredRun]


def _line(status: CoverageStatus, region: str | None = "eu-west-1", **more: str) -> CoverageEntry:
    entry = CoverageEntry(
        account_id=PAYMENTS.id, account_name=PAYMENTS.name, region=region, status=status
    )
    return msgspec.structs.replace(entry, **more)


@pytest.fixture
def mixed(make_record: MakeRecord, make_finding: MakeFinding) -> StoredRun:
    """Return four findings of two accounts, and a ledger with one gap."""
    return make_record(
        (
            make_finding("api", status=Status.PASSED, account=PAYMENTS, reason="States DISABLED."),
            make_finding("checkout", account=PAYMENTS, number=2, tags={"team": "shop"}),
            make_finding(
                "etl",
                account=DATA,
                region="us-east-1",
                number=3,
                observed=Observed(
                    assign_public_ip="ENABLED",
                    subnets=("subnet-1", "subnet-2"),
                    security_groups=("sg-1",),
                    running_count=3,
                ),
                exception=ExceptionNote(
                    id="bastion",
                    owner="ops@example.org",
                    reason="Known",
                    ticket="SEC-1",
                    expires="2027-03-31",
                ),
                evidence=(f"sha256:{'0f' * 32}", "sha256:not-one"),
            ),
            make_finding("web", status=Status.WARNING, account=DATA, number=4, reason="Unsaid."),
        ),
        (
            _line(CoverageStatus.COVERED),
            _line(
                CoverageStatus.DENIED_BY_SCP,
                "us-east-1",
                reason="A policy denies it.",
                api="ecs:ListClusters",
                error_code="AccessDeniedException",
                message="with an explicit deny",
            ),
            _line(CoverageStatus.REGION_NOT_ENABLED, "af-south-1", reason="Off."),
        ),
    )


def _services(page: Page) -> list[str]:
    """The services in view, from the top."""
    return page.locator("#findings-view .grid-body .cell-resource .main").all_inner_texts()


def test_the_verdict_comes_first_and_the_urgent_findings_on_top(
    open_report: OpenReport, mixed: StoredRun
) -> None:
    """The page opens with the answer, then failed, then undecided, then passed."""
    page = open_report(mixed)

    expect(page.locator("#verdict-title")).to_have_text(
        "2 task sets can get a public IP, 1 more cannot be decided; "
        "1 of 2 account-regions could not be seen."
    )
    assert _services(page) == ["checkout", "etl", "web", "api"]
    expect(page.locator("#findings-view .count")).to_have_text("4 of 4 findings")


def test_free_text_narrows_the_rows(open_report: OpenReport, mixed: StoredRun) -> None:
    """Every word must be found: in names, ARNs, tags, reasons, ids."""
    page = open_report(mixed)
    search = page.get_by_label("Search findings")

    found = {}
    for words in ("SHOP", "data-lake us-east-1", "task-set/prod/web/", "subnet-2", "no such"):
        search.fill(words)
        found[words] = _services(page)

    assert found == {
        "SHOP": ["checkout"],
        "data-lake us-east-1": ["etl"],
        "task-set/prod/web/": ["web"],
        "subnet-2": ["etl"],
        "no such": [],
    }
    expect(page.get_by_text("Nothing matches these filters.").first).to_be_visible()


def test_status_account_region_and_control_narrow_the_rows_together(
    open_report: OpenReport, mixed: StoredRun
) -> None:
    """Filters add up, and one button takes them all away."""
    page = open_report(mixed)
    view = page.locator("#findings-view")

    view.get_by_role("button", name="Failed").click()
    assert _services(page) == ["checkout", "etl"]
    view.get_by_label("Account").select_option(label="data-lake (444455556666)")
    assert _services(page) == ["etl"]
    view.get_by_label("Region").select_option("eu-west-1")
    assert _services(page) == []
    view.get_by_label("Control").select_option("ecs-taskset-no-public-ip")
    assert _services(page) == []
    view.get_by_role("button", name="Clear filters").click()
    assert _services(page) == ["checkout", "etl", "web", "api"]


def test_a_figure_of_the_verdict_leads_to_its_findings(
    open_report: OpenReport, mixed: StoredRun
) -> None:
    """The tile filters the table by its status."""
    page = open_report(mixed, at="")

    page.get_by_role("link", name="Warning").click()

    expect(page.locator("#findings-view .grid-body .cell-resource .main")).to_have_text(["web"])
    assert page.url.endswith("#findings?status=WARNING")


def test_a_column_sorts_both_ways(open_report: OpenReport, mixed: StoredRun) -> None:
    """And says which way, for those who cannot see the arrow."""
    page = open_report(mixed)
    head = page.locator("#findings-view [role=columnheader]", has_text="Service and task set")

    head.get_by_role("button").click()
    ascending = (_services(page), head.get_attribute("aria-sort"))
    head.get_by_role("button").click()
    descending = (_services(page), head.get_attribute("aria-sort"))

    assert ascending == (["api", "checkout", "etl", "web"], "ascending")
    assert descending == (["web", "etl", "checkout", "api"], "descending")


def test_the_details_open_and_close_by_keyboard(open_report: OpenReport, mixed: StoredRun) -> None:
    """Arrow to a row, Enter, read, arrow to the next, Escape: the place in the table is kept."""
    page = open_report(mixed)
    detail = page.locator("#detail")

    page.locator("#findings-view .grid-body .grid-row").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(detail.locator("h2")).to_have_text("etl")
    page.keyboard.press("ArrowRight")
    expect(detail.locator("h2")).to_have_text("web")
    page.keyboard.press("Escape")

    expect(detail).to_be_hidden()
    expect(page.locator(":focus .cell-resource .main")).to_have_text("web")


def test_the_details_say_all_that_the_json_report_says(
    open_report: OpenReport, mixed: StoredRun
) -> None:
    """Reason, place, configuration, exception, tags, and the evidence's digests in full."""
    page = open_report(mixed)
    page.locator("#findings-view .grid-row", has_text="etl").click()

    facts = {
        group.locator("dt").inner_text(): group.locator("dd").all_inner_texts()
        for group in page.locator("#detail .facts > div").all()
    }

    arn = "arn:aws:ecs:us-east-1:444455556666"
    assert facts == {
        "Account": ["data-lake", "444455556666"],
        "Organizational unit": ["r-ab12/ou-ab12-22222222"],
        "Region": ["us-east-1"],
        "Resource": ["AWS::ECS::TaskSet"],
        "ARN": [f"{arn}:task-set/prod/etl/ecs-svc/0000000000000000003"],
        "Service": [f"{arn}:service/prod/etl"],
        "Cluster": [f"{arn}:cluster/prod"],
        "assignPublicIp": ["ENABLED"],
        "Controller": ["EXTERNAL"],
        "Task set is": ["PRIMARY"],
        "Launch type": ["FARGATE"],
        "Subnets": ["subnet-1", "subnet-2"],
        "Security groups": ["sg-1"],
        "Scale": ["100 %"],
        "Created": ["2026-11-20 08:00:00 UTC"],
        "Tasks": ["3 running"],
        "DescribeTaskSets": ["not asked"],
        "Tags": ["team: payments"],
        "Evidence": [f"sha256:{'0f' * 32}", "sha256:not-one"],
        "Control": ["ecs-taskset-no-public-ip"],
    }
    expect(page.locator("#detail .detail-exception")).to_contain_text(
        "Excepted by bastion until 2027-03-31: Known"
    )


def test_the_ledger_shows_gaps_first_and_filters_by_status(
    open_report: OpenReport, mixed: StoredRun
) -> None:
    """Reason, API and error code stand in the row; AWS's message in the details."""
    page = open_report(mixed, at="#coverage")
    view = page.locator("#coverage-view")
    rows = view.locator(".grid-body .grid-row")

    assert rows.locator(".badge").all_inner_texts() == [
        "Denied by SCP",
        "Region not enabled",
        "Covered",
    ]
    view.get_by_role("button", name="Denied by SCP").click()
    expect(rows).to_have_count(1)
    expect(rows.locator(".cell-reason")).to_have_text("A policy denies it.")
    expect(rows.locator(".cell-api")).to_have_text("ecs:ListClustersAccessDeniedException")
    rows.click()
    expect(page.locator("#detail")).to_contain_text("with an explicit deny")


def test_names_full_of_markup_are_shown_as_text(
    open_report: OpenReport,
    make_record: MakeRecord,
    make_finding: MakeFinding,
    hostile_names: tuple[str, ...],
) -> None:
    """In rows, details, choices and the ledger; what cannot be seen is shown as its escape."""
    record = make_record(
        tuple(
            make_finding(
                name,
                account=AccountRef(f"{number:012d}", name, name),
                reason=name,
                tags={name: name},
            )
            for number, name in enumerate(hostile_names)
        ),
        tuple(_line(CoverageStatus.ERROR, reason=name, message=name) for name in hostile_names),
    )
    page = open_report(record)

    accounts = page.locator("#findings-view .grid-body .cell-account .main").all_inner_texts()
    assert accounts[0] == "</script><script>alert(1)</script>"
    assert accounts[5] == r"\x1b[2J\x1b]0;owned\x07\x9b31mred"
    assert accounts[6] == r"invoice\u202egpj.exe\u2066\u200b"
    assert page.locator("#findings-view img, #findings-view svg, #findings-view a").count() == 0
    for row in page.locator("#findings-view .grid-body .grid-row").all()[:7]:
        row.click()
        page.keyboard.press("Escape")
    page.get_by_role("link", name="Coverage").first.click()
    page.locator("#coverage-view .grid-body .grid-row").first.click()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_of_the_page(
    open_report: OpenReport,
    make_record: MakeRecord,
    make_finding: MakeFinding,
    hostile_names: tuple[str, ...],
    width: int,
    scheme: str,
) -> None:
    """However long a name, the page is as wide as its window."""
    name = hostile_names[-1]
    page = open_report(
        make_record(
            (make_finding(name, account=AccountRef("111122223333", name, name), reason=name),),
            (_line(CoverageStatus.ERROR, reason=name, api=name, error_code=name),),
            run={"notes": (name,)},
        ),
        width=width,
        scheme=scheme,
    )
    page.locator("#findings-view .grid-body .grid-row").click()

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.getElementById('detail').scrollWidth") <= width


def test_an_empty_report_says_so(open_report: OpenReport, make_record: MakeRecord) -> None:
    """No finding, no gap, no ledger: each is worded, and no empty table is shown."""
    page = open_report(make_record(services={"ECS": 312, "EXTERNAL": 0, "CODE_DEPLOY": 0}))

    expect(page.locator("#findings")).to_contain_text("There is no finding to list.")
    expect(page.locator("#coverage")).to_contain_text("The ledger is empty")
    expect(page.get_by_role("grid")).to_have_count(0)


def test_paper_gets_what_needs_a_person_and_not_the_table(
    open_report: OpenReport, mixed: StoredRun
) -> None:
    """Failed findings are printed with their ARNs, and a sentence says so; tools are not."""
    page = open_report(mixed)

    page.pdf()
    page.emulate_media(media="print")

    printed = page.locator("#findings-print tbody tr")
    expect(printed).to_have_count(2)
    expect(page.locator("#findings-print > p")).to_have_text("All 2 failed findings.")
    expect(printed.first).to_contain_text(":task-set/prod/checkout/ecs-svc/0000000000000000002")
    expect(page.locator("#findings-view")).to_be_hidden()


def test_a_long_table_has_only_the_rows_in_view_as_elements(
    open_report: OpenReport, make_large_record: Callable[[int], StoredRun]
) -> None:
    """Twenty thousand findings, some dozens of elements; the end is one key away."""
    page = open_report(make_large_record(20_000))
    rows = page.locator("#findings-view .grid-body .grid-row")

    assert rows.count() < 60
    rows.first.focus()
    page.keyboard.press("End")

    expect(page.locator(":focus")).to_have_attribute("aria-rowindex", "20001")
    assert rows.count() < 60


def test_the_page_reads_the_columns_that_were_written(
    open_report: OpenReport, make_record: MakeRecord
) -> None:
    """Differences, runs, signs and large numbers come back as they were; words too."""
    lists = [
        [],
        [0],
        [0, 0, 0, 0],
        [5, 5, 5, 5, 4, 4, -17, -17, -17, 1_795_482_000, 2**45, 0],
        [*range(40), *([7] * 1000), *range(1000, -1000, -33)],
    ]
    words = ["a b", "100%", "%20", "plain", ""]
    page = open_report(make_record())

    for numbers in lists:
        column = Numbers()
        for number in numbers:
            column.add(number)
        assert page.evaluate("text => decodeNumbers(text)", column.text()) == numbers
    assert page.evaluate("text => splitWords(text)", joined(words)) == words
