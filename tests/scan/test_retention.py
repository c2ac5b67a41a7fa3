"""Old runs: which are removed, which never, and what a crash leaves."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.config.settings import Settings
from orgscan.scan.retention import remove_old_runs

NOW = dt.datetime(2026, 11, 26, 2, 5, tzinfo=dt.UTC)
_OLD, _OLDER, _OLDEST = (
    "20261020T020000Z-aaaaaa",
    "20261010T020000Z-bbbbbb",
    "20261001T020000Z-cccccc",
)
_NEWEST = "20261126T020000Z-dddddd"
Removal = Callable[..., tuple[str, ...]]


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """Writes a run's directory, with more files where they are named."""

    def make(run_id: str, **more: str) -> Path:
        path = tmp_path / run_id
        path.mkdir()
        for name, text in {"report.json": "{}", "report.html": "", **more}.items():
            (path / name).write_text(text)
        return path

    return make


@pytest.fixture
def removal(tmp_path: Path, make_run: Callable[..., Path]) -> Removal:
    """Removes with these settings, from four runs of which `latest` is the newest."""
    for run_id in (_OLDEST, _OLD, _OLDER, _NEWEST):
        make_run(run_id)
    (tmp_path / "latest").symlink_to(_NEWEST)

    def remove(keep_runs: int | None = None, keep_days: int | None = None) -> tuple[str, ...]:
        settings = Settings(output=tmp_path, keep_runs=keep_runs, keep_days=keep_days)
        return remove_old_runs(settings, NOW)

    return remove


def _there(output: Path) -> set[str]:
    return {path.name for path in output.iterdir()} - {"latest"}


@pytest.mark.parametrize(
    ("keep_runs", "keep_days", "removed"),
    [
        (None, None, set()),
        (1, None, {_OLD, _OLDER, _OLDEST}),
        (3, None, {_OLDEST}),
        (9, None, set()),
        (None, 40, {_OLDER, _OLDEST}),
        (None, 400, set()),
        (3, 1, {_OLDEST}),
        (1, 50, {_OLDEST}),
    ],
)
def test_what_neither_number_nor_age_keeps_is_removed(
    tmp_path: Path,
    removal: Removal,
    keep_runs: int | None,
    keep_days: int | None,
    removed: set[str],
) -> None:
    """Off by default; with both settings a run stays that either keeps."""
    assert set(removal(keep_runs, keep_days)) == removed
    assert _there(tmp_path) == {_OLD, _OLDER, _OLDEST, _NEWEST} - removed


def test_the_newest_run_and_latest_stay_whatever_their_age(
    tmp_path: Path, removal: Removal
) -> None:
    """`latest` may point to another one, where somebody has pointed it there."""
    (tmp_path / "latest").unlink()
    (tmp_path / "latest").symlink_to(_OLDEST)
    shutil.rmtree(tmp_path / _NEWEST)

    assert removal(keep_days=1) == (_OLDER,)
    assert _there(tmp_path) == {_OLD, _OLDEST}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"notes.txt": "mine"}, "it holds 'notes.txt', which orgscan did not write there"),
        ({"delivery.json": '{"delivered_at":null}'}, "it is not delivered yet (orgscan deliver"),
        ({"delivery.json": "{]"}, "its delivery.json cannot be read"),
    ],
)
def test_a_run_with_something_of_worth_in_it_is_kept_and_that_is_said(
    tmp_path: Path,
    make_run: Callable[..., Path],
    removal: Removal,
    caplog: pytest.LogCaptureFixture,
    more: dict[str, str],
    why: str,
) -> None:
    """A person's own file, or what is still to be sent."""
    make_run("20260901T020000Z-eeeeee", **more)
    with caplog.at_level(logging.WARNING):
        removal(keep_runs=1)

    assert _there(tmp_path) == {_NEWEST, "20260901T020000Z-eeeeee"}
    assert f"Old run 20260901T020000Z-eeeeee is kept: {why}" in caplog.text


def test_a_delivered_run_is_removed_with_its_receipt_and_evidence(
    tmp_path: Path, make_run: Callable[..., Path], removal: Removal
) -> None:
    """Everything that orgscan itself writes into a run."""
    receipt = '{"delivered_at":"2026-09-01T03:00:00Z"}'
    make_run("20260901T020000Z-eeeeee", **{"delivery.json": receipt, "evidence.zip": ""})

    assert "20260901T020000Z-eeeeee" in removal(keep_runs=1)
    assert _there(tmp_path) == {_NEWEST}


def test_what_orgscan_did_not_make_is_left_alone(
    tmp_path: Path, make_run: Callable[..., Path], removal: Removal
) -> None:
    """Other names, files, links, times that no calendar has, and parts that wait to be merged."""
    make_run("20261301T990000Z-ffffff")
    make_run("audit-2026")
    make_run("20260904T020000Z-eeeeee", **{"shard.json": "{}"})
    make_run("20260901T020000Z-eeeeee.bak")
    (tmp_path / "20260902T020000Z-eeeeee").write_text("a file")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "20260903T020000Z-eeeeee").symlink_to("elsewhere")
    before = _there(tmp_path)
    removal(keep_days=1, keep_runs=1)

    assert before - _there(tmp_path) == {_OLD, _OLDER, _OLDEST}


def test_a_broken_off_run_is_kept_until_it_is_too_old_to_resume(
    make_run: Callable[..., Path], removal: Removal
) -> None:
    """By its age alone: the number of whole runs says nothing about it."""
    young, old = make_run(".20261120T020000Z-eeeeee.partial"), make_run(f".{_OLDEST}.partial")

    assert removal(keep_runs=1)
    assert young.exists()
    assert old.exists()
    assert removal(keep_days=30) == (_OLDEST,)
    assert young.exists()
    assert not old.exists()


def test_a_crash_halfway_leaves_nothing_under_a_runs_name_and_is_cleared_away(
    tmp_path: Path, removal: Removal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name goes first, the files afterwards; the next run ends what was begun."""

    def dies(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", dies)
        with pytest.raises(KeyboardInterrupt):
            removal(keep_runs=3)
    assert _there(tmp_path) == {_OLD, _OLDER, _NEWEST, f".{_OLDEST}.removing"}

    assert removal(keep_runs=3) == ()
    assert _there(tmp_path) == {_OLD, _OLDER, _NEWEST}


def test_what_cannot_be_removed_is_said_and_costs_nothing(
    tmp_path: Path,
    removal: Removal,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The run that has just ended is whole all the same."""

    def refuses(path: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path), None, str(target))

    monkeypatch.setattr(Path, "rename", refuses)
    with caplog.at_level(logging.WARNING):
        assert removal(keep_runs=3) == ()

    assert f"Old run {tmp_path / _OLDEST} is not removed: Permission denied" in caplog.text
    assert _OLDEST in _there(tmp_path)
