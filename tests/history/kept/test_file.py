"""The file of the history: made for its owner alone, refused, or kept aside."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from orgscan.errors import HistoryError
from orgscan.history.kept.file import DamagedHistoryError, put_aside, reading, writing
from orgscan.history.kept.schema import VERSION
from orgscan.model.finding import Status
from orgscan.report.read import StoredRun
from tests.history.kept.days import content, take

Day = Callable[..., StoredRun]


def test_the_file_is_for_its_owner_alone_also_where_it_was_not(day: Day, path: Path) -> None:
    """Names of accounts and resources are nobody else's business, whatever the umask."""
    path.touch(mode=0o666)
    before = os.umask(0)
    try:
        take(path, day(0, {"api": Status.FAILED}))
        with writing(path) as store:
            store.execute("DELETE FROM remediation")
            beside = {each.name: each.stat().st_mode for each in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert beside.keys() == {"history.db", "history.db-wal", "history.db-shm"}
    assert {stat.S_IMODE(mode) for mode in beside.values()} == {0o600}


def test_it_keeps_a_log_of_writes_and_is_one_file_at_rest(day: Day, path: Path) -> None:
    """Who copies history.db between runs has all of it."""
    take(path, day(0, {"api": Status.FAILED}))
    with closing(sqlite3.connect(path)) as store:
        assert store.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert [each.name for each in path.parent.iterdir()] == ["history.db"]


def test_a_newer_version_is_refused_and_left_as_it_is(day: Day, path: Path) -> None:
    """An orgscan that does not know the tables does not touch them."""
    take(path, day(0, {"api": Status.FAILED}))
    with closing(sqlite3.connect(path)) as store:
        store.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    for way_in in (reading, writing):
        with pytest.raises(HistoryError, match="of version 2, and this orgscan knows version 1"):
            way_in(path).__enter__()
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_as_it_is(path: Path) -> None:
    """The setting may name the wrong file."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="of another program"):
        writing(path).__enter__()
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["text", "cut", "middle"])
def test_a_damaged_file_is_said_to_be_damaged(day: Day, path: Path, damage: str) -> None:
    """Whether it never was a database, was cut short, or was written over in the middle."""
    take(path, day(0, {f"service-{number}": Status.FAILED for number in range(500)}))
    whole = path.read_bytes()
    damaged = {
        "text": b"<html>This is a page of a captive portal.</html>" * 100,
        "cut": whole[: len(whole) // 2],
        "middle": whole[:4096] + b"\xff" * (len(whole) - 4096),
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(DamagedHistoryError, match="orgscan history rebuild"):
        content(path)


def test_a_damaged_file_is_kept_aside_whole(path: Path) -> None:
    """Nobody's history is thrown away."""
    for suffix in ("", "-wal"):
        path.with_name(path.name + suffix).write_text(f"damaged{suffix}")
    aside = put_aside(path, dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC))
    assert aside.name == "history.db.damaged-20261124T020000Z"
    assert {each.name: each.read_text() for each in path.parent.iterdir()} == {
        "history.db.damaged-20261124T020000Z": "damaged",
        "history.db.damaged-20261124T020000Z-wal": "damaged-wal",
    }


def test_where_there_is_no_history_it_says_what_makes_one(path: Path) -> None:
    """Reading makes no file."""
    with pytest.raises(HistoryError, match="there is no history yet"):
        reading(path).__enter__()
    assert not path.exists()


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file stands where the directory should."""
    (tmp_path / "file").touch()
    with pytest.raises(HistoryError, match=re.escape(str(tmp_path / "file" / "history.db"))):
        writing(tmp_path / "file" / "history.db").__enter__()
