"""The file that the history lies in: made, opened, refused, or kept aside where it is damaged."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Literal

from orgscan.errors import HistoryError
from orgscan.history.kept.schema import APPLICATION, VERSION, migrate
from orgscan.private_file import open_private

NAME = "history.db"

_BUSY_SECONDS = 60.0
# SQLite's own codes, https://www.sqlite.org/rescode.html
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BESIDE = ("", "-wal", "-shm")


class DamagedHistoryError(HistoryError):
    """A store that SQLite cannot read."""


def writing(path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """One transaction on a store, which is made where there is none; all of it holds, or nothing.

    The file is for its owner alone. Another orgscan that is writing is waited for.

    Raises:
        DamagedHistoryError: it cannot be read.
        HistoryError: it is of a newer orgscan, is no store, or the disk does not take it.
    """
    return _transaction(path, "COMMIT")


def trying(path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """As `writing`, and nothing of it holds: what a store would say."""
    return _transaction(path, "ROLLBACK")


@contextmanager
def _transaction(path: Path, end: Literal["COMMIT", "ROLLBACK"]) -> Iterator[sqlite3.Connection]:
    with _on_disk(path):
        _make(path)
    with _explained(path), closing(_connected(path)) as store:
        _require_own(store, path)
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = NORMAL")
        store.execute("PRAGMA temp_store = MEMORY")
        store.execute("BEGIN IMMEDIATE")
        try:
            migrate(store)
            yield store
            store.execute(end)
        except BaseException:
            # A transaction that a full disk has ended is no longer there to be ended.
            with suppress(sqlite3.Error):
                store.execute("ROLLBACK")
            raise


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A store as it is, which nothing is written to.

    Raises:
        DamagedHistoryError: it cannot be read.
        HistoryError: there is none, it is of another version, or is no store.
    """
    if not path.exists():
        raise HistoryError(
            "there is no history yet",
            where=str(path),
            mend="A scan writes it at its end; `orgscan history rebuild` makes it of earlier runs",
        )
    with _explained(path), closing(_read_only(path)) as store:
        version = _require_own(store, path)
        if version < VERSION:
            raise HistoryError(
                f"the history is of version {version}, and this orgscan reads version {VERSION}",
                where=str(path),
                mend="The next scan brings it up to date, and so does `orgscan history rebuild`",
            )
        yield store


def check(path: Path) -> None:
    """Look at all of a store, which takes a second for each 100 MB.

    Raises:
        DamagedHistoryError: something in it is not as SQLite wrote it.
        HistoryError: it is of another version, or is no store.
    """
    with _explained(path), closing(_read_only(path)) as store:
        _require_own(store, path)
        (found,) = store.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise _damaged(path, found)


def put_aside(path: Path, now: dt.datetime) -> Path:
    """Rename a damaged store and what SQLite keeps beside it; gives the new name.

    Raises:
        HistoryError: the disk does not take that.
    """
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    with _on_disk(path):
        for suffix in _BESIDE:
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def _make(path: Path) -> None:
    """Make the file for its owner alone, where there is none; SQLite gives its others the same."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(open_private(path, os.O_RDWR | os.O_CREAT))


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)


def _read_only(path: Path) -> sqlite3.Connection:
    # SQLite keeps files beside a store also for who reads it. A connection that may write takes
    # them away again; where nothing can be written, none can be made.
    may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    mode = "mode=rw" if may_write else "mode=ro&immutable=1"
    address = f"{path.resolve().as_uri()}?{mode}"
    store = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    store.execute("PRAGMA query_only = ON")
    return store


def _require_own(store: sqlite3.Connection, path: Path) -> int:
    """The store's version, which is 0 where it is empty."""
    (application,) = store.execute("PRAGMA application_id").fetchone()
    (version,) = store.execute("PRAGMA user_version").fetchone()
    (tables,) = store.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and tables:
        raise HistoryError(
            "this is a database of another program",
            where=str(path),
            mend="Name another file with the setting history_file",
        )
    if version > VERSION:
        raise HistoryError(
            f"the history is of version {version}, and this orgscan knows version {VERSION}",
            where=str(path),
            mend="Use the orgscan that wrote it, or a newer one; nothing was changed",
        )
    return int(version)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """SQLite's and the disk's errors, as a person can use them."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            raise _damaged(path, str(error)) from error
        if not isinstance(error, sqlite3.OperationalError):
            raise
        raise HistoryError(
            f"the history cannot be used: {error}",
            where=str(path),
            mend="Free some space, or let whatever holds it end, and run `orgscan history rebuild`",
        ) from error


def _damaged(path: Path, why: str) -> DamagedHistoryError:
    return DamagedHistoryError(
        f"the history is damaged: {why}",
        where=str(path),
        mend="`orgscan history rebuild` keeps it aside and makes it anew",
    )


@contextmanager
def _on_disk(path: Path) -> Iterator[None]:
    """The disk's errors likewise; never those of whoever uses the store."""
    try:
        yield
    except OSError as error:
        raise HistoryError(
            f"the history cannot be written: {error.strerror or error}",
            where=str(path),
            mend="Make the directory writable, or name another file with the setting history_file",
        ) from error
