"""The write-ahead journal: an intent is on the disk before its call is made.

Append-only NDJSON, readable by its owner alone, every line synced before anything follows from it.
Whatever instant the process dies at, the journal says which call may have happened; everything else
is read from AWS again.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from orgscan.errors import RemediationError
from orgscan.journal.files import hold_alone, write_all
from orgscan.model.remediation import Answered, Begun, Direction, Failed, Intent, Line, Mark
from orgscan.private_file import open_private

FORMAT, VERSION = "orgscan.remediation-journal", 1

_LINES: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class Written(msgspec.Struct, frozen=True):
    """One call as the journal knows it; `outcome` is None where the process died during it."""

    intent: Intent
    outcome: Answered | Failed | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may have happened or not."""
        return self.outcome is None or (isinstance(self.outcome, Failed) and self.outcome.lost)

    @property
    def may_have_happened(self) -> bool:
        """Anything but a plain refusal."""
        return self.is_open or isinstance(self.outcome, Answered)


class Story(msgspec.Struct, kw_only=True):
    """A journal read back.

    Attributes:
        calls: by action, in order.
        marks: by action, in order.
        torn: whether the last line was cut short by a crash, and dropped.
    """

    begun: Begun
    calls: dict[str, list[Written]]
    marks: dict[str, list[Mark]]
    torn: bool = False

    def take(self, line: Line) -> None:
        """One more line."""
        match line:
            case Intent():
                self.calls[line.action].append(Written(line))
            case Answered() | Failed():
                for calls in self.calls.values():
                    if calls and calls[-1].intent.number == line.number:
                        calls[-1] = Written(calls[-1].intent, line)
            case Mark():
                self.marks[line.action].append(line)
            case Begun():
                raise ValueError("a second beginning")

    def ending(self, action: str, direction: Direction) -> Mark | None:
        """How an action ended in one direction; None while it has not."""
        ends = [
            mark
            for mark in self.marks[action]
            if mark.direction is direction and mark.name in {"done", "stopped"}
        ]
        return ends[-1] if ends else None

    @property
    def numbered(self) -> int:
        """How many intents there are."""
        return sum(map(len, self.calls.values()))


class RemediationJournal:
    """A journal held by this process alone."""

    def __init__(self, path: Path, file: int, story: Story) -> None:
        self.path = path
        self.story = story
        self._file = file

    @classmethod
    def create(cls, path: Path, begun: Begun) -> Self:
        """A new one.

        Raises:
            RemediationError: there is one already, or the disk does not take it.
        """
        try:
            file = open_private(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND)
        except FileExistsError:
            raise applied_before(path) from None
        except OSError as error:
            raise _cannot_write(path, error) from None
        hold_alone(file, path)
        story = Story(begun=begun, calls=defaultdict(list), marks=defaultdict(list))
        journal = cls(path, file, story)
        journal._put(begun)
        _sync_name(path)
        return journal

    @classmethod
    def reopen(cls, path: Path) -> Self:
        """One that was begun before; a torn last line is cut off.

        Raises:
            RemediationError: it cannot be read or written, or is damaged.
            ReportError: another process holds it.
        """
        read_journal(path)
        try:
            file = open_private(path, os.O_RDWR | os.O_APPEND)
        except OSError as error:
            raise _cannot_write(path, error) from None
        hold_alone(file, path)
        # Read again, now that nobody else writes it.
        story, whole = _replayed(path)
        os.truncate(file, whole)
        return cls(path, file, story)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def append(self, line: Intent | Answered | Failed | Mark) -> None:
        """Write one line, and see it on the disk before anything else is done.

        Raises:
            RemediationError: the disk does not take it: nothing more may be changed.
        """
        self._put(line)
        self.story.take(line)

    def _put(self, line: Line) -> None:
        try:
            write_all(self._file, msgspec.json.encode(line) + b"\n")
            os.fsync(self._file)
        except OSError as error:
            raise _cannot_write(self.path, error) from None


def applied_before(path: Path) -> RemediationError:
    """The error where a journal is there already."""
    return RemediationError(
        "this plan has been applied, or begun to be",
        where=str(path),
        mend="Go on with --resume, take it back with `orgscan remediate rollback`, or plan again",
    )


def read_journal(path: Path) -> Story:
    """What a journal says, without holding it.

    Raises:
        RemediationError: it cannot be read, or is damaged.
    """
    return _replayed(path)[0]


def _replayed(path: Path) -> tuple[Story, int]:
    """The story, and how many bytes of the file are whole lines."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RemediationError(
            f"the journal cannot be read: {error.strerror}",
            where=str(path),
            mend="Name the journal that `orgscan remediate apply` wrote",
        ) from None
    whole = raw.rfind(b"\n") + 1
    story: Story | None = None
    for number, line in enumerate(raw[:whole].splitlines(), start=1):
        try:
            read = _LINES.decode(line)
            if story is None:
                story = _begun(read)
            else:
                story.take(read)
        except (ValueError, RecursionError) as error:
            raise _damaged(f"{path}:{number}", error) from None
    if story is None:
        raise _damaged(str(path), "it holds no whole line, so nothing was changed by it; delete it")
    story.torn = whole < len(raw)
    return story, whole


def _begun(line: Line) -> Story:
    if not isinstance(line, Begun) or (line.format, line.version) != (FORMAT, VERSION):
        raise ValueError("its first line does not begin a journal of a version that is known here")
    return Story(begun=line, calls=defaultdict(list), marks=defaultdict(list))


def now_text(now: float) -> str:
    """UTC, ISO 8601, of seconds since 1970."""
    return f"{dt.datetime.fromtimestamp(now, tz=dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def seconds_of(text: str) -> float:
    """The reverse of `now_text`."""
    return dt.datetime.fromisoformat(text).timestamp()


def _sync_name(path: Path) -> None:
    """The file's name is in its directory, which is synced by itself."""
    if sys.platform == "win32":
        return  # directories cannot be opened there
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _damaged(where: str, why: object) -> RemediationError:
    return RemediationError(
        f"the journal is damaged: {why}",
        where=where,
        mend="Look at the services themselves; their plan has what was there before",
    )


def _cannot_write(path: Path, error: OSError) -> RemediationError:
    return RemediationError(
        f"the journal cannot be written, and nothing is changed without it: {error.strerror}",
        where=str(path),
        mend="Free some space, then go on with --resume or take it back with rollback",
    )
