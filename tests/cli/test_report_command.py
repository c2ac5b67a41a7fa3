"""`orgscan report`, as a person runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orgscan.cli.app import app
from orgscan.errors import Interrupted, ReportError
from orgscan.model.finding import Finding
from orgscan.report.html import HtmlReport
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
) -> Path:
    """`reports/a-run` in the current directory, and `reports/latest` to it."""
    monkeypatch.chdir(tmp_path)
    directory = Path("reports/a-run")
    directory.mkdir(parents=True)
    for report in (HtmlReport(), JsonReport()):
        with (directory / report.filename).open("wb") as out:
            report.write(make_record((make_finding(),)), out)
    Path("reports/latest").symlink_to("a-run")
    return directory


def _invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments])


def test_the_page_is_the_default_and_equals_the_scans_own(run: Path) -> None:
    """Its path is printed."""
    page = (run / "report.html").read_bytes()
    (run / "report.html").unlink()

    result = _invoke(str(run))

    assert result.exit_code == 0, result.output
    assert result.stdout == f"{run.resolve() / 'report.html'}\n"
    assert (run / "report.html").read_bytes() == page


def test_latest_is_the_newest_run_where_runs_are_written(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default, or where the settings say."""
    assert _invoke("latest", "--format", "markdown", "--format", "csv").exit_code == 0
    assert (run / "summary.md").exists()
    assert (run / "coverage.csv").exists()

    Path("reports").rename("elsewhere")
    monkeypatch.setenv("ORGSCAN_OUTPUT", "elsewhere")

    assert _invoke("latest", "--format", "junit", "--output", "out").exit_code == 0
    assert Path("out/report.junit.xml").exists()


def test_a_run_that_is_not_there_is_named(run: Path) -> None:
    """With what to name instead."""
    result = _invoke(str(run.parent / "other"))

    assert isinstance(result.exception, ReportError)
    assert str(result.exception) == (
        "reports/other: the report cannot be read: No such file or directory. "
        "Name a run directory, or the report.json in it"
    )


def test_ctrl_c_says_that_nothing_was_written(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And ends as every interrupted command does."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(HtmlReport, "write", interrupted)

    result = _invoke(str(run))

    assert isinstance(result.exception, Interrupted)
    assert str(result.exception) == "stopped: no report was written"
    assert sorted(path.name for path in run.iterdir()) == ["report.html", "report.json"]
