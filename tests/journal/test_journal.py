"""The journal gives back in order what was appended in any order."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from orgscan.errors import ReportError, ScopeError
from orgscan.journal.journal import Journal, first_line
from orgscan.journal.records import Begun, Line, Opened, Record
from orgscan.journal.run_directory import RunDirectory, broken_off
from orgscan.model.finding import Finding

FULL = Path("/dev/full")
BEGUN = Begun(run_id="r", started_at="2026-11-24T00:00:00Z", basis={"role_name": "a"})
MakeRecord = Callable[..., Record]
MakeFinding = Callable[..., Finding]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A new journal."""
    with Journal.create(tmp_path / "j", BEGUN) as journal:
        yield journal


def places(journal: Journal) -> list[tuple[str, str | None]]:
    """Account and region of each entry, in order."""
    return [(entry.account_id, entry.region) for entry in journal.coverage()]


def test_coverage_comes_by_account_and_region_whatever_the_order_of_arrival(
    journal: Journal, make_record: MakeRecord
) -> None:
    """An account's own entry stands before its regions, and leading zeros are kept."""
    one, two = "000000000001", "222222222222"
    for place in ((two, "eu-west-1"), (one, "us-east-1"), (two, None), (one, "eu-west-1")):
        journal.append(make_record(*place))

    in_order = [(one, "eu-west-1"), (one, "us-east-1"), (two, None), (two, "eu-west-1")]
    assert places(journal) == in_order
    assert journal.known() == set(in_order)


def test_findings_come_by_account_region_and_arn(
    journal: Journal, make_record: MakeRecord, make_finding: MakeFinding
) -> None:
    """Also within one target, and also when read a second time."""
    journal.append(make_record("222", "a", findings=(make_finding("222", "a", "arn:1"),)))
    two = (make_finding("111", "a", "arn:9"), make_finding("111", "a", "arn:2"))
    journal.append(make_record("111", "a", findings=two))

    first = [(finding.account.id, finding.resource.arn) for finding in journal.findings()]
    second = [(finding.account.id, finding.resource.arn) for finding in journal.findings()]

    assert first == [("111", "arn:2"), ("111", "arn:9"), ("222", "arn:1")]
    assert second == first


def test_records_come_back_as_they_went_in(journal: Journal, make_record: MakeRecord) -> None:
    """Names with markup, line breaks and escapes survive."""
    record = make_record()
    journal.append(record)

    assert list(journal.records()) == [record]


def test_the_file_is_its_owners_alone(journal: Journal) -> None:
    """What is found in accounts is not for everybody on the machine."""
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full to play a full disk")
def test_a_full_disk_is_said_with_the_place_and_the_mend(make_record: MakeRecord) -> None:
    """ENOSPC is an error a person can mend, not a traceback."""
    with (
        Journal.reopen(FULL) as journal,
        pytest.raises(ReportError, match=r"No space left on device.*--output"),
    ):
        journal.append(make_record())


def test_a_reopened_journal_gives_its_lines_and_goes_on(
    tmp_path: Path, make_record: MakeRecord
) -> None:
    """What one process wrote another reads, appends to, and reads back in order."""
    lines: list[Line] = [
        Opened(account_id="111111111111", regions=()),
        make_record("111111111111", "b"),
    ]
    with Journal.create(tmp_path / "j", BEGUN) as first:
        for line in lines:
            first.append(line)

    with Journal.reopen(tmp_path / "j") as second:
        assert list(second.replay()) == [BEGUN, *lines]
        assert not second.torn
        second.append(make_record("111111111111", "a"))
        assert places(second) == [("111111111111", "a"), ("111111111111", "b")]
    assert first_line(tmp_path / "j") == BEGUN


@pytest.mark.parametrize("kept", [1, 20, -1])
def test_a_torn_last_record_is_dropped_and_said(
    tmp_path: Path, make_record: MakeRecord, kept: int
) -> None:
    """Wherever the crash cut the last line, the lines before it hold, and writing goes on."""
    path = tmp_path / "j"
    with Journal.create(path, BEGUN) as first:
        first.append(make_record("111111111111", "a"))
    whole = path.read_bytes()
    with Journal.reopen(path) as again:
        list(again.replay())
        again.append(make_record("111111111111", "b"))
    torn = path.read_bytes()[len(whole) :][:kept]
    path.write_bytes(whole + torn)

    with Journal.reopen(path) as journal:
        assert len(list(journal.replay())) == 2
        assert journal.torn
        journal.append(make_record("111111111111", "c"))
        assert places(journal) == [("111111111111", "a"), ("111111111111", "c")]


def test_a_line_damaged_in_the_middle_is_refused_with_its_number(
    tmp_path: Path, make_record: MakeRecord
) -> None:
    """A journal that somebody edited is not half believed."""
    path = tmp_path / "j"
    with Journal.create(path, BEGUN) as first:
        first.append(make_record())
    begun, record = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(begun + b"{nonsense}\n" + record)

    with (
        Journal.reopen(path) as journal,
        pytest.raises(ReportError, match=r"j:2: .*damaged.*Scan anew"),
    ):
        list(journal.replay())


def test_two_processes_never_write_one_journal(journal: Journal) -> None:
    """The second one is told that the first is at work."""
    with pytest.raises(ReportError, match="another orgscan is writing this run"):
        Journal.reopen(journal.path)


def test_a_journal_of_another_version_is_refused(tmp_path: Path) -> None:
    """With what to resume it with."""
    path = tmp_path / "j"
    with Journal.create(path, replace(BEGUN, version=9)):
        pass

    with pytest.raises(ReportError, match=r"version 9, not 1.*the orgscan that began it"):
        first_line(path)


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[[str], RunDirectory]:
    """A run's directory with something in it, by the run's id."""

    def make(run_id: str) -> RunDirectory:
        directory = RunDirectory(tmp_path, run_id)
        directory.create()
        directory.journal.write_text("")
        (directory.path / "report.json").write_text(run_id)
        return directory

    return make


def test_a_run_appears_under_its_name_only_when_it_is_whole(
    tmp_path: Path, make_run: Callable[[str], RunDirectory]
) -> None:
    """Before `finish` there is nothing under the final name; after it, all but the journal."""
    directory = make_run("20261124T000000Z-abc")
    assert not directory.final.exists()
    directory.finish()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["20261124T000000Z-abc", "latest"]
    assert [path.name for path in (tmp_path / "latest").iterdir()] == ["report.json"]


def test_latest_moves_on_to_the_newest_run(
    tmp_path: Path, make_run: Callable[[str], RunDirectory]
) -> None:
    """A second run takes over the link of the first."""
    for name in ("1", "2"):
        make_run(name).finish()

    assert (tmp_path / "latest" / "report.json").read_text() == "2"


def test_a_run_that_broke_off_is_found_by_name_or_as_the_newest(
    tmp_path: Path, make_run: Callable[[str], RunDirectory]
) -> None:
    """Run ids sort by time; finished runs are not among them."""
    for name in ("1", "3", "2"):
        make_run(name)
    make_run("4").finish()

    assert broken_off(tmp_path, "newest").run_id == "3"
    assert broken_off(tmp_path, "2").run_id == "2"
    with pytest.raises(ScopeError, match=r"there is no run '9' to resume.*There are: 1, 2, 3"):
        broken_off(tmp_path, "9")
    with pytest.raises(ScopeError, match=r"there is no run to resume.*scan anew"):
        broken_off(tmp_path / "elsewhere", "newest")


def test_an_output_that_is_a_file_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    """The error names the place and the option."""
    (tmp_path / "reports").write_text("")
    with pytest.raises(ReportError, match="--output"):
        RunDirectory(tmp_path / "reports", "r").create()
