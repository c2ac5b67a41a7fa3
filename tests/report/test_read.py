"""A `report.json` is read back whole, or refused with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.errors import ReportError
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, Finding
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun, read_report
from orgscan.report.streamed import open_report


def _written(record: StoredRun) -> bytes:
    out = io.BytesIO()
    JsonReport().write(record, out)
    return out.getvalue()


def test_what_was_written_is_read_back(
    tmp_path: Path,
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    hostile_names: tuple[str, ...],
) -> None:
    """Run, totals, controls, findings and ledger are the same, and render to the same bytes."""
    record = make_record(
        tuple(
            make_finding(name, account=AccountRef("111122223333", name, ""), tags={name: name})
            for name in hostile_names
        ),
        (
            CoverageEntry(
                account_id="111122223333",
                account_name=hostile_names[0],
                region=None,
                status=CoverageStatus.DENIED_BY_SCP,
            ),
        ),
    )
    (tmp_path / "report.json").write_bytes(_written(record))

    again = read_report(tmp_path)

    assert list(again.findings()) == list(record.findings())
    assert list(again.coverage()) == list(record.coverage())
    assert (again.run, again.totals, again.controls) == (
        record.run,
        record.totals,
        record.controls,
    )
    assert _written(again) == _written(record)


def test_the_file_itself_may_be_named(
    tmp_path: Path, make_record: Callable[..., StoredRun]
) -> None:
    """Whatever it is called."""
    file = tmp_path / "copy.json"
    file.write_bytes(_written(make_record()))

    assert read_report(file).run.id == "20261124T020000Z-1a2b3c"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "this is not a whole report: Input data was truncated"),
        (b'{"format":"orgscan.report","version":1,', "this is not a whole report: "),
        (b"[]", "this is not a whole report: Expected `object`, got `array`"),
        (b"[" * 100_000, "this is not a whole report: "),
        (b'{"format":"\xff"}', "this is not a whole report: "),
        (b"{}", 'this is not an orgscan report: it has no "format" of "orgscan.report"'),
        (
            b'{"format":"bandit","version":1}',
            'this is not an orgscan report: it has no "format" of "orgscan.report"',
        ),
        (
            b'{"format":"orgscan.report","version":2}',
            "this report is of version 2, and this program reads version 1",
        ),
        (
            b'{"format":"orgscan.report","version":true}',
            "this report is of version true, and this program reads version 1",
        ),
        (
            b'{"format":"orgscan.report","version":1}',
            "this is not a whole report: Object missing required field `run`",
        ),
    ],
)
def test_anything_else_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, what: str
) -> None:
    """No traceback: one error that says what the file is, where, and what to do."""
    file = tmp_path / "report.json"
    file.write_bytes(content)

    with pytest.raises(ReportError) as refused:
        read_report(tmp_path)

    assert refused.value.what.startswith(what)
    assert refused.value.where == str(file)
    assert refused.value.mend != ""


def test_a_directory_without_a_report_is_refused(tmp_path: Path) -> None:
    """The file that was looked for is named."""
    with pytest.raises(ReportError) as refused:
        read_report(tmp_path)

    assert refused.value.what == "the report cannot be read: No such file or directory"
    assert refused.value.where == str(tmp_path / "report.json")


@pytest.mark.parametrize("time", ["", "yesterday", "0001-01-01T00:00:00+14:00"])
def test_a_report_of_no_time_is_refused_before_it_is_rendered(
    make_record: Callable[..., StoredRun], tmp_path: Path, time: str
) -> None:
    """Other formats write times in their own ways."""
    with (tmp_path / "report.json").open("wb") as out:
        JsonReport().write(make_record(run={"finished_at": time}), out)

    with pytest.raises(ReportError, match="this is not a whole report"):
        read_report(tmp_path)
    with pytest.raises(ReportError, match="this is not a whole report"):
        open_report(tmp_path)
