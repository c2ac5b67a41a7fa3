"""The pictures in `docs/images/`, of a demo's report and of two days' diff: `make images`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

import msgspec
from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).parent / "images"


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of one part of the page.

    Attributes:
        fragment: what the page's address says after `#`.
        click: a selector of what is clicked before; nothing if empty.
    """

    name: str
    fragment: str
    width: int = 1280
    height: int = 900
    scheme: Literal["light", "dark"] = "light"
    click: str = ""


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
        browser.close()


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
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


if __name__ == "__main__":
    main()
