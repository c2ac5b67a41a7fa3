"""The pictures in `docs/images/`, of a demo's report and of two days' diff: `make images`."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace
from playwright.sync_api import Browser, sync_playwright

from orgscan.config.settings import Settings
from orgscan.history.kept.file import NAME, writing
from orgscan.history.kept.ingest import ingest
from orgscan.report.html import HtmlReport
from orgscan.report.read import StoredRun, read_report
from orgscan.scan.past import with_past

IMAGES = Path(__file__).parent / "images"


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of one part of the page.

    Attributes:
        fragment: what the page's address says after `#`.
        click: a selector of what is clicked before; nothing if empty.
        part: a selector of what is taken; the whole window if empty.
    """

    name: str
    fragment: str
    width: int = 1280
    height: int = 900
    scheme: Literal["light", "dark"] = "light"
    click: str = ""
    part: str = ""


PICTURES = (
    Picture(name="report", fragment="overview", height=1560),
    Picture(name="findings", fragment="findings?status=FAILED&exposure=reachable", height=760),
    Picture(
        name="finding",
        fragment="findings?exposure=reachable",
        click="#findings-view .grid-body .grid-row",
    ),
    Picture(name="coverage", fragment="coverage", height=1100, scheme="dark"),
    Picture(name="controls", fragment="controls", height=960),
    Picture(name="phone", fragment="overview", width=390, height=1180, scheme="dark"),
)
DIFF = Picture(name="diff", fragment="content", height=1180)
TREND = Picture(name="trend", fragment="overview", part="section:has(> #trend-title)")
TREND_DAYS = 12


def main() -> None:
    """Run the demo, open its report and take each picture."""
    executable = shutil.which("chromium")
    if executable is None:
        raise SystemExit("there is no chromium on this machine; `make browser` installs it")
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        _orgscan("demo", "--output", directory)
        first = (Path(directory) / "latest").resolve()
        _orgscan("demo", "--day", "1", "--output", directory)
        second, changes = (
            Path(directory, "latest").resolve(),
            Path(directory, "diff.html").resolve(),
        )
        _orgscan("diff", str(first), str(second), "--format", "html", "--output", str(changes))
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in PICTURES:
            _take(browser, (first / "report.html").as_uri(), picture)
        _take(browser, changes.as_uri(), DIFF)
        _take(browser, _days(Path(directory, "days")).as_uri(), TREND)
        browser.close()


def _days(output: Path) -> Path:
    """The report of the last of some days of the demo, each dated as if it had been one."""
    settings = Settings(output=output)
    report = output / "trend.html"
    for day in range(TREND_DAYS):
        _orgscan("demo", "--accounts", "20", "--day", str(day), "--output", str(output / "runs"))
        run = _dated(read_report(output / "runs" / "latest"), day)
        with with_past(run, settings) as told, report.open("wb") as out:
            HtmlReport().write(told, out)
        with writing(output / NAME) as store:
            ingest(store, run)
    return report.resolve()


def _dated(run: StoredRun, day: int) -> StoredRun:
    began = dt.datetime(2026, 11, 13 + day, 2, tzinfo=dt.UTC)
    at = {"id": f"{began:%Y%m%dT%H%M%SZ}-{day:06x}", "started_at": f"{began:%Y-%m-%dT%H:%M:%SZ}"}
    return StoredRun(replace(run.report, run=replace(run.run, **at)))


def _orgscan(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "orgscan", *arguments],
        check=False,  # findings that fail, and changes that are new, are what the demo has
        stdout=subprocess.DEVNULL,
    )


def _take(browser: Browser, address: str, picture: Picture) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height}, color_scheme=picture.scheme
    )
    page = context.new_page()
    page.goto(f"{address}#{picture.fragment}")
    if picture.click:
        page.locator(picture.click).first.click()
    taken = page.locator(picture.part) if picture.part else page
    taken.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


if __name__ == "__main__":
    main()
