"""What report.html costs who opens it: `python -m benchmarks.page`, in headless Chromium.

The page is opened from a file. It is interactive when everything in it has been set up and the
frame after that has been drawn. A filter takes from the reader's key or choice to the frame that
shows what it left.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, sync_playwright

from benchmarks.findings import large_run
from orgscan.report.html import HtmlReport

HEADER = "findings   ledger lines   file MB   interactive ms   slowest filter ms   its name"

_READY = """addEventListener('load', () => requestAnimationFrame(() => setTimeout(() => {
    window.readyAfter = performance.now();
})));"""

_DRAWN = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"

# Each sets a filter as its control does.
_FILTERS = {
    "a letter": "search('s')",
    "a name": "search('service-1')",
    "two words": "search('team-5 reachable')",
    "a part of an ARN": "search('prod/service-99')",
    "no match": "search('nothing-of-that-name')",
    "everything again": "search('')",
    "a status": "view.chipOf.get('FAILED').click()",
    "an account": "choose('account', '100000007919')",
    "a unit": "choose('ou', 'ou-ab12-00000001')",
}

_TIMED = """async (filter) => {
    const view = router.views.get('findings');
    const search = (text) => { view.search.value = text; view.search.oninput(); };
    const choose = (key, name) => {
        const { select } = view.selects.find((each) => each.choice.key === key);
        select.value = name;
        select.onchange();
    };
    const began = performance.now();
    FILTER;
    await DRAWN;
    return performance.now() - began;
}"""


class PageCost(msgspec.Struct, frozen=True):
    """One page, the median of several openings.

    Attributes:
        megabytes: of the file, in millions of bytes.
        interactive_ms: from the start of the navigation.
        filter_ms: by the filter's name.
    """

    findings: int
    lines: int
    megabytes: float
    interactive_ms: float
    filter_ms: dict[str, float]

    @property
    def slowest(self) -> str:
        """The name of the filter that takes longest."""
        return max(self.filter_ms, key=lambda name: self.filter_ms[name])

    def line(self) -> str:
        """The figures under `HEADER`."""
        return (
            f"{self.findings:8,} {self.lines:14,} {self.megabytes:9.1f} {self.interactive_ms:16.0f}"
            f" {self.filter_ms[self.slowest]:19.0f}   {self.slowest}"
        )


def measure_page(findings: int, rounds: int, accounts: int = 0) -> PageCost:
    """Write a page of that many findings, and open it in Chromium so many times.

    Raises:
        SystemExit: there is no Chromium.
    """
    executable = shutil.which("chromium")
    if executable is None:
        raise SystemExit("there is no chromium on this machine; `make browser` installs it")
    record = large_run(findings, accounts)
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        file = Path(directory) / "report.html"
        with file.open("wb") as out:
            HtmlReport().write(record, out)
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        opened = [_open(browser, file) for _ in range(rounds)]
        browser.close()
        return PageCost(
            findings=findings,
            lines=len(record.report.coverage),
            megabytes=file.stat().st_size / 1e6,
            interactive_ms=statistics.median(ready for ready, _ in opened),
            filter_ms={
                name: statistics.median(times[name] for _, times in opened) for name in _FILTERS
            },
        )


def _open(browser: Browser, file: Path) -> tuple[float, dict[str, float]]:
    """Milliseconds until it is interactive, and for each filter."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(_READY)
    page.goto(f"{file.as_uri()}#findings")
    ready = page.wait_for_function("window.readyAfter").json_value()
    # What the page does when it is idle, such as filling its selects, is not part of a filter.
    page.evaluate("new Promise((done) => requestIdleCallback(done))")
    times = {}
    for name, filter_ in _FILTERS.items():
        timed = _TIMED.replace("FILTER", filter_).replace("DRAWN", _DRAWN)
        times[name] = page.evaluate(timed)
    page.close()
    return ready, times


def main() -> None:
    """Measure and print."""
    print(HEADER)
    print(measure_page(100_000, rounds=5).line(), flush=True)
    print(measure_page(100_000, rounds=3, accounts=10_000).line())


if __name__ == "__main__":
    main()
