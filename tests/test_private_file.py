"""Every writer of what others may not read, under any umask, over any file, past any link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orgscan.delivery.receipt import Receipt, write_receipt
from orgscan.evidence.bundle import whole_archive
from orgscan.journal.journal import Journal
from orgscan.journal.records import Begun
from orgscan.journal.spool import Spool
from orgscan.private_file import new_file, open_private
from orgscan.remediation.plan_file import write_whole

_BEGUN = Begun(run_id="20261124T020000Z-1a2b3c", started_at="2026-11-24T02:00:00Z", basis={})


def _journal(path: Path) -> None:
    with Journal.create(path, _BEGUN):
        pass


def _resumed(path: Path) -> None:
    if not path.exists():
        _journal(path)
    path.chmod(0o644)
    with Journal.reopen(path):
        pass


def _spool(path: Path) -> None:
    with Spool(path):
        pass


def _plan(path: Path) -> None:
    write_whole(path, b"{}")


def _evidence(path: Path) -> None:
    with whole_archive(path):
        pass


def _receipt(path: Path) -> None:
    write_receipt(path.parent, Receipt(run_id="1")).rename(path)


Writer = Callable[[Path], None]
WRITERS: dict[str, Writer] = {
    "journal": _journal,
    "resumed journal": _resumed,
    "spool": _spool,
    "plan and remediation": _plan,
    "evidence": _evidence,
    "receipt": _receipt,
}
# What makes its file anew, and refuses one that is there, cannot write over one.
OVER = {name: writer for name, writer in WRITERS.items() if name != "journal"}


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The one that hides nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path, write: Writer) -> None:
    """Mode 0600 from the first byte on."""
    write(tmp_path / "file")

    assert _mode(tmp_path / "file") == 0o600


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("write", OVER.values(), ids=OVER)
def test_a_file_that_was_there_becomes_its_owners_alone(tmp_path: Path, write: Writer) -> None:
    """Whoever could read it before cannot any more."""
    (tmp_path / "file").touch(mode=0o666)
    write(tmp_path / "file")

    assert _mode(tmp_path / "file") == 0o600


@pytest.mark.parametrize("working", [".file.new", ".file.partial", ".delivery.json.partial"])
@pytest.mark.parametrize("write", OVER.values(), ids=OVER)
def test_no_link_in_the_place_of_a_working_file_is_written_through(
    tmp_path: Path, write: Writer, working: str
) -> None:
    """In a directory of somebody else's making it would lead to a file of the reader's."""
    (tmp_path / "theirs").write_text("mine")
    (tmp_path / working).symlink_to(tmp_path / "theirs")
    write(tmp_path / "file")

    assert (tmp_path / "theirs").read_text() == "mine"
    assert not (tmp_path / "file").is_symlink()


def test_a_link_of_the_files_own_name_is_refused_or_replaced(tmp_path: Path) -> None:
    """What is opened where it is, is refused; what is made anew takes the link's place."""
    (tmp_path / "theirs").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="symbolic links"):
        open_private(tmp_path / "link", os.O_RDWR | os.O_CREAT)
    with new_file(tmp_path / "link") as out:
        out.write(b"new")

    assert (tmp_path / "theirs").read_text() == "mine"
    assert _mode(tmp_path / "link") == 0o600
