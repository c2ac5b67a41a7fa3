"""Runs that come into the history."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgscan.errors import HistoryError
from orgscan.history.kept.file import writing
from orgscan.history.kept.ingest import ingest
from orgscan.history.kept.schema import migrate
from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import AccountRef, Finding, Status
from orgscan.report.read import StoredRun
from tests.history.kept.days import content, content_of, run_id, take

Day = Callable[..., StoredRun]

FAILED, PASSED = Status.FAILED, Status.PASSED


def test_a_run_in_which_nothing_changed_adds_its_own_row_only(day: Day, path: Path) -> None:
    """A year of quiet days costs a year of rows, not of findings."""
    take(path, day(0, {"api": FAILED, "web": PASSED}))
    before = content(path)
    take(path, day(1, {"api": FAILED, "web": PASSED}))
    after = content(path)
    of_runs = {"run", "run_control", "account"}
    assert {name for name in after if after[name] != before[name]} == of_runs
    assert [run[1] for run in after["run"]] == [run_id(0), run_id(1)]


def test_the_same_run_twice_is_the_same_as_once(day: Day, path: Path) -> None:
    """What is there already is left as it is."""
    one = day(0, {"api": FAILED})
    assert take(path, one) == [True]
    before = content(path)
    assert take(path, one) == [False]
    assert content(path) == before


_SAID = st.dictionaries(st.sampled_from(["api", "web", "job"]), st.sampled_from(list(Status)))
_COVERED = st.sampled_from(
    [CoverageStatus.COVERED, CoverageStatus.COVERED, CoverageStatus.DENIED, None]
)
_DAYS = st.lists(st.tuples(_SAID, _COVERED), min_size=2, max_size=6)


@given(days=_DAYS, order=st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_runs_give_the_same_history_in_whatever_order_they_come(
    day: Day, days: list[tuple[dict[str, Status], CoverageStatus | None]], order: random.Random
) -> None:
    """An older run finds its place among newer ones."""
    runs = [day(number, *said) for number, said in enumerate(days)]
    shuffled = runs.copy()
    order.shuffle(shuffled)
    assert _kept(runs) == _kept(shuffled)


def _kept(runs: list[StoredRun]) -> dict[str, list[tuple[str | int, ...]]]:
    """What a store in memory holds of runs."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as store:
        migrate(store)
        for run in runs:
            ingest(store, run)
        return content_of(store)


def test_runs_of_two_organizations_do_not_touch_each_other(day: Day, path: Path) -> None:
    """What one organization does not have is not gone in the other."""
    other = day(1, {"web": FAILED})
    elsewhere = type(other.run.organization)("o-other", "999988887777")
    take(path, day(0, {"api": FAILED}), day(1, {"web": FAILED}, organization=elsewhere))
    there = content(path)
    assert [row[0] for row in there["run"]] == ["o-exampleorg", "o-other"]
    assert [row[3] for row in there["change"]] == ["FAILED", "FAILED"]


def test_accounts_that_are_not_in_order_are_refused_and_change_nothing(
    day: Day, make_finding: Callable[..., Finding], path: Path
) -> None:
    """A report that somebody put together would have findings taken for gone."""
    take(path, day(0, {"api": FAILED}))
    before = content(path)
    last = AccountRef("999900001111", "z", "")
    wrong = day(1, {"api": make_finding("api", account=last), "web": make_finding("web")})
    with pytest.raises(HistoryError, match="111122223333 after 999900001111"):
        take(path, wrong)
    assert content(path) == before


def test_what_is_no_run_id_is_refused(day: Day, path: Path) -> None:
    """Runs are put in order by their ids."""
    for wrong in ("latest", "20269924T020000Z-1a2b3c", "20261124T020000Z-1A2B3C"):
        with pytest.raises(HistoryError, match="is not the id of a run"):
            take(path, day(0, id=wrong))


def test_an_account_is_called_what_the_newest_run_calls_it(
    day: Day, make_finding: Callable[..., Finding], path: Path
) -> None:
    """An older run that comes later does not bring the old name back."""
    names = ["old", "middle", "<script>new\x1b[2J"]
    runs = [
        day(number, {"api": make_finding(account=AccountRef("111122223333", name, "r-1"))}, None)
        for number, name in enumerate(names)
    ]
    take(path, runs[0], runs[2], runs[1])
    assert [row[1] for row in content(path)["account"]] == [names[2]]


def test_a_run_that_breaks_off_leaves_the_history_as_it_was(day: Day, path: Path) -> None:
    """Ctrl-C in the middle is one transaction that never was."""
    take(path, day(0, {"api": FAILED}))
    before = content(path)
    with pytest.raises(KeyboardInterrupt):
        _break_off(path, day(1, {"web": FAILED}))
    assert content(path) == before


def _break_off(path: Path, run: StoredRun) -> None:
    with writing(path) as store:
        ingest(store, run)
        raise KeyboardInterrupt


def test_a_full_disk_leaves_the_history_as_it_was(day: Day, path: Path) -> None:
    """SQLite is given no page more than it has."""
    take(path, day(0, {"api": FAILED}))
    before = content(path)
    many = {f"service-{number}": FAILED for number in range(2_000)}
    with pytest.raises(HistoryError, match=r"full.*Free some space"):
        _take_on_a_full_disk(path, day(1, many))
    assert content(path) == before


def _take_on_a_full_disk(path: Path, run: StoredRun) -> None:
    with writing(path) as store:
        (pages,) = store.execute("PRAGMA page_count").fetchone()
        store.execute(f"PRAGMA max_page_count = {pages}")
        ingest(store, run)
