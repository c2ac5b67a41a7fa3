"""One scan at a time in one output directory.

The lock is the kernel's (`flock` of `OUTPUT/.lock`): it ends with the process, however that dies,
so that nobody has to clear it away. The file stays; it names whoever holds it.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from orgscan.errors import AlreadyRunning, ReportError
from orgscan.journal.files import take_lock, write_all
from orgscan.model.holder import Holder, this_process

NAME = ".lock"
_LONGEST = 4096
# Nobody has a file of somebody else's emptied; Windows has no such links to follow.
_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)

_log = logging.getLogger(__name__)


@contextmanager
def output_held(output: Path, run_id: str) -> Iterator[None]:
    """Keep every other scan from an output directory while this lasts.

    Args:
        output: made where it is not there.
        run_id: of the run that holds it.

    Raises:
        AlreadyRunning: another scan holds it.
        ReportError: the directory cannot be made or written to.
    """
    file = _open(output)
    try:
        _take(file, output, run_id)
        yield
    finally:
        os.close(file)


def _open(output: Path) -> int:
    try:
        output.mkdir(parents=True, exist_ok=True)
        return os.open(output / NAME, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o600)
    except OSError as error:
        raise ReportError(
            f"the output directory cannot be written: {error.strerror or error}",
            where=str(output),
            mend="Make it writable, or name another one with --output",
        ) from None


def _take(file: int, output: Path, run_id: str) -> None:
    try:
        is_free = take_lock(file)
    except OSError as error:
        # Some network file systems have no locks: a scan there is better than none.
        _log.warning("%s cannot be locked against a second scan: %s", output, error.strerror)
        return
    if not is_free:
        holder = _holder(file)
        raise AlreadyRunning(
            "another orgscan is scanning into this directory" + (f": {holder}" if holder else ""),
            where=str(output),
            mend="Wait for it to end, or name another directory with --output",
        )
    os.ftruncate(file, 0)
    write_all(file, msgspec.json.encode(this_process(run_id, dt.datetime.now(dt.UTC))))


def _holder(file: int) -> Holder | None:
    """Who holds the lock; None in the moment before that is written."""
    try:
        return msgspec.json.decode(os.pread(file, _LONGEST, 0), type=Holder)
    except msgspec.MsgspecError:
        return None
