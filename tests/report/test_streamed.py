"""A `report.json` is read as it was written, a line at a time, or else whole."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.errors import ReportError
from orgscan.model.run import RunRecord
from orgscan.report.interface import Format
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun
from orgscan.report.streamed import StreamedRun, open_report

Written = Callable[[Format, RunRecord], bytes]


@pytest.fixture
def stored(tmp_path: Path, full_record: StoredRun, written: Written) -> Path:
    """The file of a run with everything in it."""
    file = tmp_path / "report.json"
    file.write_bytes(written(JsonReport(), full_record))
    return file


def test_a_report_is_streamed_and_is_what_was_written(
    stored: Path, full_record: StoredRun, written: Written
) -> None:
    """Twice over, since formats read the findings more than once."""
    record = open_report(stored.parent)

    assert isinstance(record, StreamedRun)
    assert tuple(record.findings()) == full_record.report.findings
    assert tuple(record.findings()) == full_record.report.findings
    assert tuple(record.coverage()) == full_record.report.coverage
    assert written(JsonReport(), record) == stored.read_bytes()


def test_an_empty_report_is_streamed_too(
    tmp_path: Path, empty_record: StoredRun, written: Written
) -> None:
    """Its lists open and close on one line."""
    file = tmp_path / "report.json"
    file.write_bytes(written(JsonReport(), empty_record))

    record = open_report(file)

    assert isinstance(record, StreamedRun)
    assert (list(record.findings()), list(record.coverage())) == ([], [])


def test_a_report_that_was_laid_out_anew_is_read_whole(
    stored: Path, full_record: StoredRun
) -> None:
    """As `jq` writes it."""
    stored.write_text(json.dumps(json.loads(stored.read_bytes()), indent=2), encoding="utf-8")

    record = open_report(stored)

    assert isinstance(record, StoredRun)
    assert tuple(record.findings()) == full_record.report.findings


def test_a_report_cut_anywhere_is_refused(stored: Path) -> None:
    """Before anything is written from it."""
    whole = stored.read_bytes()
    for length in range(0, len(whole) - 1, 997):
        stored.write_bytes(whole[:length])

        with pytest.raises(ReportError, match="not a whole report"):
            open_report(stored)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b'"version":1,\n', b'"version":2,\n', "this report is of version 2"),
        (b'"format":"orgscan.report"', b'"format":"other"', "this is not an orgscan report"),
        (b'"status":"FAILED"', b'"status":"BROKEN"', "this is not a whole report"),
        (b'"status":"COVERED"', b'"status":"SEEN"', "this is not a whole report"),
        (b'"metrics":null}\n', b'"metrics":null}\n{}', "this is not a whole report"),
    ],
)
def test_what_is_no_report_of_this_version_is_refused(
    stored: Path, old: bytes, new: bytes, what: str
) -> None:
    """With the reason that the other reader gives."""
    stored.write_bytes(stored.read_bytes().replace(old, new, 1))

    with pytest.raises(ReportError) as refused:
        open_report(stored)

    assert refused.value.what.startswith(what)


def test_memory_does_not_grow_with_the_report(
    tmp_path: Path, make_large_record: Callable[[int], StoredRun], written: Written
) -> None:
    """Twenty thousand findings are read in no more than two thousand are, and a little."""
    peaks = []
    for count in (2_000, 20_000):
        file = tmp_path / f"{count}.json"
        file.write_bytes(written(JsonReport(), make_large_record(count)))
        tracemalloc.start()
        assert sum(1 for _ in open_report(file).findings()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] <= peaks[0] + 64 * 1024
