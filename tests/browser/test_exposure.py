"""The three answers of a finding, as a person reads them in the page."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Page, expect

from orgscan.model.exposure import Exposure, Grade
from orgscan.model.finding import Finding, Observed, Status
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]
TITLE = "Configured, observed, reachable"


@pytest.fixture
def graded(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> StoredRun:
    """A public set, a scaled-down one, one that nobody could look at, and one never looked at."""

    def finding(service: str, exposure: Exposure | None, **observed: object) -> Finding:
        made = make_finding(
            service,
            status=Status.FAILED,
            observed=msgspec.convert({"assign_public_ip": "ENABLED", **observed}, Observed),
        )
        return msgspec.structs.replace(made, exposure=exposure)

    return make_record(
        (
            finding(
                "api",
                Exposure(
                    grade=Grade.REACHABLE,
                    reason="Let in.",
                    sources=("0.0.0.0/0", "pl-</script>"),
                    ports=("tcp/80", "tcp/443"),
                ),
                public_ips=["198.18.0.1"],
                ipv6=["2001:db8::1"],
                interfaces=["eni-1"],
                interfaces_seen=True,
            ),
            finding(
                "etl",
                Exposure(grade=Grade.CONFIGURED, reason="Nothing runs."),
                assign_public_ip=None,
                started_by="RunTask, started by '</script>\\u202e'",
                interfaces_seen=True,
            ),
            finding("web", Exposure(grade=Grade.UNKNOWN, reason="Denied.")),
            finding("old", None),
        )
    )


def _answers(page: Page, service: str) -> dict[str, list[str]]:
    """What the panel of a service says, by question."""
    page.locator("#findings-view .grid-row", has_text=service).click()
    title = page.locator("#detail h3", has_text=TITLE)
    if title.count() == 0:
        return {}
    facts = title.locator("xpath=following-sibling::dl[1]").locator("> div").all()
    return {
        group.locator("dt").inner_text(): group.locator("dd").all_inner_texts() for group in facts
    }


@pytest.mark.parametrize(
    ("service", "configured", "observed", "reached"),
    [
        (
            "api",
            ["assignPublicIp ENABLED"],
            ["198.18.0.1", "2001:db8::1"],
            ["Yes, from outside", "0.0.0.0/0, pl-</script> on tcp/80, tcp/443", "Let in."],
        ),
        (
            "etl",
            ["Started by: RunTask, started by '</script>\\u202e'"],
            ["No address from outside"],
            ["Not yet: nothing runs with an address", "Nothing runs."],
        ),
        ("web", ["assignPublicIp ENABLED"], ["Could not be seen"], ["Unknown", "Denied."]),
    ],
)
def test_the_panel_answers_three_questions(
    open_report: OpenReport,
    graded: StoredRun,
    service: str,
    configured: list[str],
    observed: list[str],
    reached: list[str],
) -> None:
    """Configured, observed and reachable, one below the other, in words."""
    answers = _answers(open_report(graded), service)

    assert answers["Is it configured?"] == configured
    assert answers["Does it have one now?"] == observed
    assert answers["Can the internet reach it?"] == reached
    assert answers["How it is known"] == ["Judged from configuration; nothing was sent to it."]


def test_nothing_is_answered_where_nothing_was_looked_for(
    open_report: OpenReport, graded: StoredRun
) -> None:
    """A run from before, or a control that grades nothing, has no such part."""
    assert _answers(open_report(graded), "old") == {}


def test_the_table_shows_the_grade_and_narrows_by_it(
    open_report: OpenReport, graded: StoredRun
) -> None:
    """Beside the severity, and as a filter."""
    page = open_report(graded)
    view = page.locator("#findings-view")

    expect(view.locator(".grid-row", has_text="api").locator(".cell-severity .more")).to_have_text(
        "reachable"
    )
    view.get_by_label("Exposure").select_option("configured")
    assert view.locator(".grid-body .cell-resource .main").all_inner_texts() == ["etl"]


def test_a_report_without_grades_has_no_filter_for_them(
    open_report: OpenReport,
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
) -> None:
    """Nothing to choose from is not offered."""
    page = open_report(make_record((make_finding("api"),)))

    expect(page.locator("#findings-view").get_by_label("Exposure")).to_have_count(0)
