"""What a comparison reads of report.json."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.errors import ReportError
from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import Status
from orgscan.model.seen import SeenRun
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun
from orgscan.report.seen import read_seen


def opener(data: bytes) -> Callable[[], BinaryIO]:
    """Opens it as often as is asked."""
    return lambda: io.BytesIO(data)


@pytest.fixture
def text(full_record: StoredRun) -> bytes:
    """A report as orgscan writes it."""
    out = io.BytesIO()
    JsonReport().write(full_record, out)
    return out.getvalue()


def test_it_reads_who_when_over_what_and_what_was_found(
    text: bytes, full_record: StoredRun
) -> None:
    """What is open is kept whole, of all else the verdict, and every line of the ledger."""
    seen = read_seen(opener(text), "report.json")

    findings = full_record.report.findings
    still_open = [each for each in findings if each.status in {Status.FAILED, Status.WARNING}]
    others = [each for each in findings if each not in still_open]
    assert (seen.id, seen.organization_id) == (full_record.run.id, full_record.run.organization.id)
    assert seen.started_at == full_record.run.started_at
    assert seen.controls == {control.id for control in full_record.controls}
    assert list(seen.open) == [each.key for each in still_open]
    assert [each.reason for each in seen.open.values()] == [each.reason for each in still_open]
    assert {key: each.status for key, each in seen.others.items()} == {
        each.key: each.status for each in others
    }
    for entry in full_record.coverage():
        target = seen.coverage[entry.account_id][entry.region]
        assert (target.status, target.reason) == (entry.status, entry.reason)


def test_a_report_that_was_laid_out_anew_reads_the_same(text: bytes) -> None:
    """As jq does."""
    anew = json.dumps(json.loads(text), indent=2).encode()

    assert read_seen(opener(anew), "report.json") == read_seen(opener(text), "report.json")


def test_a_ledger_of_an_earlier_orgscan_does_not_say_what_was_missed(text: bytes) -> None:
    """Which is something else than that nothing was."""
    report = json.loads(text)
    for entry in report["coverage"]:
        del entry["missed"]

    seen = read_seen(opener(json.dumps(report).encode()), "report.json")

    targets = [target for regions in seen.coverage.values() for target in regions.values()]
    assert {target.missed for target in targets} == {None}
    assert {target.status for target in targets} <= set(CoverageStatus)


def _cut(text: bytes) -> bytes:
    return text[: len(text) // 2]


def _nested(text: bytes) -> bytes:
    """A member of the run that goes down without end."""
    return text.replace(b'"run":{', b'"run":{"x":' + b"[" * 100_000, 1)


def _of_another_version(text: bytes) -> bytes:
    return text.replace(b'"version":1', b'"version":2', 1)


def _with(member: str, value: object) -> Callable[[bytes], bytes]:
    return lambda text: json.dumps(json.loads(text) | {member: value}).encode()


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda _: b"", "this is not a whole report"),
        (lambda _: b"\x00\xff" * 50, "this is not a whole report"),
        (lambda _: b"[" * 100_000, "this is not a whole report"),
        (lambda _: b"{}", 'it has no "format" of "orgscan.report"'),
        (_cut, "this is not a whole report"),
        (_nested, "this is not a whole report"),
        (lambda text: text + b"{}", "this is not a whole report"),
        (_of_another_version, "this report is of version 2, and this program reads version 1"),
        (_with("findings", {}), "this is not a whole report"),
        (_with("coverage", [{"status": "SEEN"}]), "this is not a whole report"),
    ],
)
def test_what_is_no_report_says_why(
    text: bytes, damage: Callable[[bytes], bytes], what: str
) -> None:
    """In one sentence, with the file, and what to do."""
    with pytest.raises(ReportError, match=what) as raised:
        read_seen(opener(damage(text)), "runs/report.json")
    assert raised.value.where == "runs/report.json"
    assert raised.value.mend


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """It is not there, or is a directory."""
    with pytest.raises(ReportError, match="cannot be read: Is a directory"):
        read_seen(lambda: tmp_path.open("rb"), str(tmp_path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_an_error_that_says_so_or_does_no_harm(
    text: bytes, data: st.DataObject
) -> None:
    """A changed, missing or doubled part is never a bug of ours."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    damaged = text[:start] + data.draw(st.binary(max_size=20)) + text[end:]

    with suppress(ReportError):
        assert isinstance(read_seen(opener(damaged), "report.json"), SeenRun)
