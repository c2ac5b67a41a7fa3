"""The page of a diff in real Chromium, where scripts are off and where they are on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from orgscan.model.diff import Diff
from orgscan.report.diff.html import HtmlDiff
from tests.report.diff.made import as_written, diff_of, full_diff, hostile_diff

pytestmark = pytest.mark.browser

OpenDiff = Callable[..., Page]
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def open_diff(browser: Browser, tmp_path: Path) -> Iterator[OpenDiff]:
    """Opens the page of a diff as a file; fails at the end if it complained or asked for more."""
    complaints: list[str] = []

    def open_(
        diff: Diff,
        *,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        scripts: bool = True,
    ) -> Page:
        file = tmp_path / "diff.html"
        file.write_text(as_written(HtmlDiff(), diff), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((file.as_uri(), "data:"))
                else complaints.append(f"request: {request.url}")
            ),
        )
        page.goto(file.as_uri())
        return page

    yield open_
    for context in browser.contexts:
        context.close()
    assert complaints == []


def violations(page: Page) -> list[tuple[str, str, str]]:
    """Rule, element and summary of what axe-core finds."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (violation["id"], str(node["target"]), node["failureSummary"])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(open_diff: OpenDiff, scheme: str, width: int) -> None:
    """No violation that axe-core knows, of any impact; of a full diff, and of one without any."""
    for diff in (full_diff(), diff_of()):
        assert violations(open_diff(diff, scheme=scheme, width=width)) == []


def test_a_figure_leads_to_what_it_counts_without_any_script(open_diff: OpenDiff) -> None:
    """By an ordinary link."""
    page = open_diff(full_diff(), scripts=False)

    page.get_by_role("link", name="May be resolved").first.click()

    assert page.url.endswith("#may-be-resolved")
    assert page.get_by_role("heading", name="May be resolved (1)").is_visible()
    assert page.get_by_text("In the new run, its account was not seen").is_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_names_act_on_nothing_and_widen_nothing(
    open_diff: OpenDiff, hostile_names: Sequence[str], width: int
) -> None:
    """No dialog, no request, no element of their own, and no page that scrolls sideways."""
    page = open_diff(hostile_diff(hostile_names), width=width)

    assert page.locator("script, img, iframe").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
