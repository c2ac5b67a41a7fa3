"""Real Chromium, and reports opened in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.finding import AccountRef, Finding, Status
from orgscan.model.past import TrendPoint
from orgscan.report.html import HtmlReport
from orgscan.report.read import StoredRun

# The origin of a page that is opened as a file; what it saves has an address of its own.
OPENED_AS = "null/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium.

    One for each module and not for the session: while Playwright's synchronous interface is open,
    no asynchronous test can run.
    """
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("there is no chromium on this machine")
    quiet = ("first-run", "sandbox")
    disabled = ("gpu", "background-networking", "component-update", "sync")
    args = [*(f"--no-{name}" for name in quiet), *(f"--disable-{name}" for name in disabled)]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=args)
        yield chromium
        chromium.close()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a run's report as a file, at the findings if not told where.

    Whatever the test does, it fails at its end if the page logged anything to the console (which
    is where a breach of the content security policy is told), raised an error, opened a dialog of
    its own or asked for anything but itself.
    """
    complaints: list[str] = []

    def open_(
        record: StoredRun,
        *,
        at: str = "#findings",
        width: int = 1440,
        scheme: Literal["light", "dark"] = "light",
        trend: Sequence[TrendPoint] = (),
    ) -> Page:
        file = tmp_path / "report.html"
        with file.open("wb") as out:
            HtmlReport().write(_with_trend(record, trend), out)
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((file.as_uri(), "data:", f"blob:{OPENED_AS}"))
                else complaints.append(f"request: {request.url}")
            ),
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(file.as_uri() + at)
        return page

    yield open_
    for context in browser.contexts:
        context.close()
    assert complaints == []


def _with_trend(record: StoredRun, trend: Sequence[TrendPoint]) -> StoredRun:
    run = msgspec.structs.replace(record.run, trend=tuple(trend))
    return StoredRun(msgspec.structs.replace(record.report, run=run))


@pytest.fixture
def spread(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> StoredRun:
    """Return four findings over three accounts of two units, two regions and a ledger with gaps."""
    shop = AccountRef("111122223333", "shop", "r-ab12/ou-ab12-11111111")
    data = AccountRef("444455556666", "data", "r-ab12/ou-ab12-22222222/ou-ab12-33333333")
    dark = AccountRef("777788889999", "dark", "r-ab12/ou-ab12-22222222")

    def finding(service: str, grade: Grade | None, owner: str | None, **how: Any) -> Finding:  # noqa: ANN401 - as make_finding
        exposure = None if grade is None else Exposure(grade=grade, reason="Judged.")
        made = make_finding(service, **how)
        return msgspec.structs.replace(made, exposure=exposure, owner=owner)

    def line(account: AccountRef, region: str | None, status: str, **more: Any) -> CoverageEntry:  # noqa: ANN401 - as CoverageEntry
        return CoverageEntry(
            account_id=account.id,
            account_name=account.name,
            ou_path=account.ou_path,
            region=region,
            status=CoverageStatus(status),
            **more,
        )

    refused = {"api": "ecs:ListClusters", "error_code": "AccessDeniedException"}
    return make_record(
        (
            finding("api", Grade.REACHABLE, "ann", account=shop),
            finding("cart", Grade.CONFIGURED, "ann", account=shop, number=2),
            finding("etl", Grade.REACHABLE, None, account=data, number=3, region="us-east-1"),
            finding("web", None, None, account=data, number=4, status=Status.PASSED),
        ),
        (
            line(shop, "eu-west-1", "COVERED"),
            line(shop, "us-east-1", "DENIED_BY_SCP", reason="A policy denies it.", **refused),
            line(data, "eu-west-1", "COVERED"),
            line(data, "us-east-1", "PARTLY_COVERED", reason="A part was not seen."),
            line(dark, None, "ROLE_NOT_ASSUMABLE", reason="No role.", api="sts:AssumeRole"),
        ),
    )
