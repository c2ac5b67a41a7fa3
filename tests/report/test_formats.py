"""What holds for every format alike."""

from __future__ import annotations

import gc
import io
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec
import pytest

from orgscan.model.finding import Finding
from orgscan.model.run import RunRecord
from orgscan.report.interface import Format
from orgscan.report.read import StoredRun
from orgscan.report.registry import FORMATS

Written = Callable[[Format, RunRecord], bytes]

# The page needs its rows at once; what it holds is measured by tests/report/test_html.py.
STREAMED = [each for each in FORMATS if each.name != "html"]

each_format = pytest.mark.parametrize("report", FORMATS, ids=lambda report: report.filename)
each_streamed = pytest.mark.parametrize("report", STREAMED, ids=lambda report: report.filename)


@each_format
def test_the_same_run_gives_the_same_bytes(
    report: Format, full_record: StoredRun, written: Written
) -> None:
    """Whatever order its maps were filled in."""
    turned = StoredRun(
        msgspec.structs.replace(
            full_record.report,
            findings=tuple(map(_turned, full_record.report.findings)),
            totals=msgspec.structs.replace(
                full_record.totals,
                findings=dict(reversed(full_record.totals.findings.items())),
            ),
        )
    )

    assert written(report, turned) == written(report, full_record)


@each_streamed
def test_nothing_that_is_written_acts_on_who_prints_it(
    report: Format, full_record: StoredRun, written: Written
) -> None:
    """No control character, terminal escape or direction mark is left, whatever a name holds."""
    text = written(report, full_record).decode("utf-8-sig")

    assert [line for line in text.replace("\r\n", "\n").split("\n") if not line.isprintable()] == []


@each_streamed
def test_memory_does_not_grow_with_the_findings(
    report: Format, make_large_record: Callable[[int], StoredRun]
) -> None:
    """Twelve thousand findings take no more than two thousand do: not even a pointer for each."""
    sample = make_large_record(1000)

    small = _peak(report, _Repeated(sample.report, times=2))
    large = _peak(report, _Repeated(sample.report, times=12))

    assert large <= small + 32 * 1024


class _Repeated(StoredRun, frozen=True):
    """A record whose findings come round again, so that they need no memory of their own."""

    times: int = 1

    def findings(self) -> Iterator[Finding]:
        """The same findings, again and again."""
        for _ in range(self.times):
            yield from self.report.findings


class _Sink(io.RawIOBase):
    """Takes what is written and keeps none of it."""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        return len(memoryview(data))  # type: ignore[arg-type]  # whatever buffer there is


def _peak(report: Format, record: StoredRun) -> int:
    """The most memory, in bytes, that writing takes beyond what was there."""
    # What is made once, such as codecs and patterns, is made before.
    report.write(StoredRun(record.report), io.BufferedWriter(_Sink()))
    gc.collect()
    tracemalloc.start()
    try:
        report.write(record, io.BufferedWriter(_Sink()))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _turned(finding: Finding) -> Finding:
    resource = finding.resource
    tags = dict(reversed(resource.tags.items()))
    return msgspec.structs.replace(finding, resource=msgspec.structs.replace(resource, tags=tags))


def test_the_sample_for_measuring_is_what_it_says(
    make_large_record: Callable[[int], StoredRun],
) -> None:
    """Two rounds are twice as many findings."""
    sample = _Repeated(make_large_record(10).report, times=2)

    assert len(list(islice(sample.findings(), 30))) == 20
