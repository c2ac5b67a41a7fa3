"""One scan at a time in one output directory."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orgscan.errors import AlreadyRunning, ReportError
from orgscan.journal import output_lock
from orgscan.journal.output_lock import NAME, output_held

_HOLD = """
import sys
from pathlib import Path
from orgscan.journal.output_lock import output_held
with output_held(Path(sys.argv[1]), "20261124T020000Z-1a2b3c"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_scan_is_told_who_holds_the_directory(tmp_path: Path) -> None:
    """By run, process, machine and time; the first goes on undisturbed."""
    with (
        output_held(tmp_path, "20261124T020000Z-1a2b3c"),
        pytest.raises(AlreadyRunning) as refused,
        output_held(tmp_path, "20261124T020500Z-4d5e6f"),
    ):
        pass

    assert str(refused.value).startswith(
        f"{tmp_path}: another orgscan is scanning into this directory: run "
        f"20261124T020000Z-1a2b3c, process {os.getpid()} on "
    )


def test_a_killed_process_locks_nobody_out(tmp_path: Path) -> None:
    """The kernel lets go of the lock; what the file says is overwritten."""
    child = subprocess.Popen(  # noqa: S603 - this interpreter, arguments of the test
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunning), output_held(tmp_path, "another"):
        pass
    child.send_signal(signal.SIGKILL)
    child.communicate()

    with output_held(tmp_path, "20261124T020500Z-4d5e6f"):
        assert "20261124T020500Z-4d5e6f" in (tmp_path / NAME).read_text()


def test_the_lock_is_the_owners_alone_and_one_after_another_may_have_it(tmp_path: Path) -> None:
    """The file stays, readable by nobody else."""
    for run_id in ("one", "two"):
        with output_held(tmp_path / "made", run_id):
            pass

    assert (tmp_path / "made" / NAME).stat().st_mode & 0o777 == 0o600


def test_a_holder_who_has_not_said_its_name_yet_still_holds(tmp_path: Path) -> None:
    """The moment between locking and writing."""
    with output_held(tmp_path, "one"):
        (tmp_path / NAME).write_bytes(b"")
        with pytest.raises(AlreadyRunning, match=r"into this directory\. Wait"):
            output_held(tmp_path, "two").__enter__()


def test_a_link_in_the_locks_place_is_not_followed(tmp_path: Path) -> None:
    """Nobody has a file of somebody else's emptied."""
    (tmp_path / "precious").write_text("kept")
    (tmp_path / NAME).symlink_to("precious")

    with pytest.raises(ReportError, match="cannot be written"), output_held(tmp_path, "one"):
        pass
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_file_system_without_locks_is_said_and_scanned_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A scan is better than none."""

    def refuses(_: int) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(output_lock, "take_lock", refuses)
    with caplog.at_level(logging.WARNING), output_held(tmp_path, "one"):
        pass

    assert "cannot be locked against a second scan: No locks available" in caplog.text
