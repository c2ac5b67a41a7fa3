"""A stored run is rendered again, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.errors import ConfigError, ReportError
from orgscan.model.run import RunRecord
from orgscan.report.html import HtmlReport
from orgscan.report.interface import Format
from orgscan.report.json_v1 import JsonReport
from orgscan.report.markdown import MarkdownSummary
from orgscan.report.read import StoredRun
from orgscan.report.registry import FORMATS
from orgscan.report.render import render

Written = Callable[[Format, RunRecord], bytes]


@pytest.fixture
def run(tmp_path: Path, full_record: StoredRun, written: Written) -> Path:
    """The directory of a run with its report.json, and nothing else."""
    directory = tmp_path / "20261124T020000Z-1a2b3c"
    directory.mkdir()
    (directory / "report.json").write_bytes(written(JsonReport(), full_record))
    return directory


def _names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_every_format_is_the_same_as_the_scans_own(
    run: Path, full_record: StoredRun, written: Written
) -> None:
    """The page too, byte for byte; report.json itself may be among them."""
    names = [each.name for each in FORMATS]

    files = render(run, names)

    assert [file.name for file in files] == [each.filename for each in FORMATS]
    assert {file.name: file.read_bytes() for file in files} == {
        each.filename: written(each, full_record) for each in FORMATS
    }
    assert _names(run) == sorted(each.filename for each in FORMATS)


def test_the_run_may_be_a_file_or_the_link_to_the_newest(run: Path) -> None:
    """What is written lies beside the report itself."""
    (run.parent / "latest").symlink_to(run.name)

    assert render(run / "report.json", ["markdown"]) == (run / "summary.md",)
    assert render(run.parent / "latest", ["html"]) == (run / "report.html",)


def test_another_directory_is_made_where_it_is_not_there(run: Path) -> None:
    """And the run's own is left alone."""
    files = render(run, ["csv"], run.parent / "new" / "place")

    assert [file.name for file in files] == ["findings.csv", "coverage.csv"]
    assert _names(run) == ["report.json"]


def test_an_unknown_format_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """Even where there is no report."""
    with pytest.raises(ConfigError):
        render(tmp_path / "nowhere", ["pdf"])


def test_a_broken_report_writes_nothing(run: Path) -> None:
    """Its directory stays as it was."""
    file = run / "report.json"
    file.write_bytes(file.read_bytes()[:-100])

    with pytest.raises(ReportError):
        render(run, ["html"], run.parent / "out")

    assert not (run.parent / "out").exists()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_breaks_off_leaves_what_was_there(
    run: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """A full disk or Ctrl-C in the second format: no file is new, and none is half there."""
    (run / "report.html").write_bytes(b"before")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(MarkdownSummary, "write", fail)

    with pytest.raises((ReportError, KeyboardInterrupt)) as broken:
        render(run, [HtmlReport.name, MarkdownSummary.name])

    assert _names(run) == ["report.html", "report.json"]
    assert (run / "report.html").read_bytes() == b"before"
    if isinstance(error, OSError):
        assert str(broken.value) == (
            f"{run}: the reports cannot be written: No space left on device. Free some space, "
            "make it writable, or name another one with --output"
        )


def test_an_output_that_is_a_file_is_refused(run: Path) -> None:
    """In one line."""
    place = run.parent / "taken"
    place.write_bytes(b"")

    with pytest.raises(ReportError, match="the reports cannot be written: File exists"):
        render(run, ["html"], place)


def test_a_link_that_lies_where_a_report_is_made_is_not_written_through(
    make_record: Callable[..., StoredRun], tmp_path: Path
) -> None:
    """A run's directory may have come from somebody else."""
    with (tmp_path / "report.json").open("wb") as out:
        JsonReport().write(make_record(), out)
    (tmp_path / "mine").write_text("mine")
    for name in (".summary.md.partial", "summary.md"):
        (tmp_path / name).symlink_to(tmp_path / "mine")
    render(tmp_path, ["markdown"])

    assert (tmp_path / "mine").read_text() == "mine"
    assert not (tmp_path / "summary.md").is_symlink()
