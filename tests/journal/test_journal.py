"""The journal gives back in order what was appended in any order."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.errors import ReportError
from orgscan.journal.journal import Journal
from orgscan.journal.records import Record
from orgscan.journal.run_directory import RunDirectory, run_directory
from orgscan.model.finding import Finding

FULL = Path("/dev/full")
MakeRecord = Callable[..., Record]
MakeFinding = Callable[..., Finding]


def test_coverage_comes_by_account_and_region_whatever_the_order_of_arrival(
    tmp_path: Path, make_record: MakeRecord
) -> None:
    """An account's own entry stands before its regions."""
    arrived = [("222", "eu-west-1"), ("111", "us-east-1"), ("222", None), ("111", "eu-west-1")]
    with Journal(tmp_path / "j") as journal:
        for account, region in arrived:
            journal.append(make_record(account, region))

        found = [(entry.account_id, entry.region) for entry in journal.coverage()]

    assert found == [
        ("111", "eu-west-1"),
        ("111", "us-east-1"),
        ("222", None),
        ("222", "eu-west-1"),
    ]


def test_findings_come_by_account_region_and_arn(
    tmp_path: Path, make_record: MakeRecord, make_finding: MakeFinding
) -> None:
    """Also within one target, and also when read a second time."""
    with Journal(tmp_path / "j") as journal:
        journal.append(make_record("222", "a", findings=(make_finding("222", "a", "arn:1"),)))
        two = (make_finding("111", "a", "arn:9"), make_finding("111", "a", "arn:2"))
        journal.append(make_record("111", "a", findings=two))

        first = [(finding.account.id, finding.resource.arn) for finding in journal.findings()]
        second = [(finding.account.id, finding.resource.arn) for finding in journal.findings()]

    assert first == [("111", "arn:2"), ("111", "arn:9"), ("222", "arn:1")]
    assert second == first


def test_records_come_back_as_they_went_in(tmp_path: Path, make_record: MakeRecord) -> None:
    """Names with markup, line breaks and escapes survive."""
    record = make_record()
    with Journal(tmp_path / "j") as journal:
        journal.append(record)

        assert list(journal.records()) == [record]


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """What is found in accounts is not for everybody on the machine."""
    with Journal(tmp_path / "j"):
        assert stat.S_IMODE((tmp_path / "j").stat().st_mode) == 0o600


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full to play a full disk")
def test_a_full_disk_is_said_with_the_place_and_the_mend(
    tmp_path: Path, make_record: MakeRecord
) -> None:
    """ENOSPC is an error a person can mend, not a traceback, and closing raises no second one."""
    with Journal(tmp_path / "j") as journal:
        journal._file.close()
        journal._file = FULL.open("r+b")
        journal.append(make_record())
        with pytest.raises(ReportError, match=r"No space left on device.*--output"):
            next(journal.records())


def test_a_run_appears_under_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    """Before `finish` there is nothing under the final name; after it there is all of it."""
    with run_directory(tmp_path, "20261124T000000Z-abc") as directory:
        (directory.path / "report.json").write_text("{}")
        assert not directory.final.exists()
        directory.finish()

    assert (tmp_path / "latest" / "report.json").read_text() == "{}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["20261124T000000Z-abc", "latest"]


def test_a_run_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither a half-written run nor a `latest` that points to it."""

    def broken_off() -> None:
        with run_directory(tmp_path, "r") as directory:
            (directory.path / "report.json").write_text("{")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()

    assert list(tmp_path.iterdir()) == []


def test_latest_moves_on_to_the_newest_run(tmp_path: Path) -> None:
    """A second run takes over the link of the first."""
    for name in ("1", "2"):
        with run_directory(tmp_path, name) as directory:
            directory.finish()

    assert (tmp_path / "latest").resolve().name == "2"


def test_an_output_that_is_a_file_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    """The error names the place and the option."""
    (tmp_path / "reports").write_text("")
    with pytest.raises(ReportError, match="--output"):
        RunDirectory(tmp_path / "reports", "r")
