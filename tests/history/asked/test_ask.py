"""What the history answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from orgscan.errors import HistoryError
from orgscan.history.asked.answer import Answer
from orgscan.history.asked.ask import ask
from orgscan.history.asked.narrow import Question
from orgscan.history.kept.file import reading
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, ExceptionNote, Finding, Status
from orgscan.model.run import Scope
from orgscan.report.read import StoredRun
from tests.history.kept.days import ACCOUNT, REGION, run_id, take

Day = Callable[..., StoredRun]

FAILED, PASSED = Status.FAILED, Status.PASSED
GONE: dict[str, Status] = {}


def _asked(path: Path, **question: object) -> Answer:
    with reading(path) as store:
        return ask(store, msgspec.convert(question, Question))


def _columns(answer: Answer, *names: str) -> list[tuple[int, ...]]:
    return [tuple(getattr(point.counts, name) for name in names) for point in answer.trend]


def test_the_trend_tells_what_is_so_and_what_happened_in_each_run(day: Day, path: Path) -> None:
    """New, resolved and returned are counted in the run that saw it."""
    take(
        path,
        day(0, {"api": FAILED, "web": PASSED}),
        day(1, {"api": PASSED, "web": FAILED}),
        day(2, {"api": FAILED, "web": FAILED}),
        day(3, {"api": FAILED}),
    )
    found = _asked(path)
    assert [point.run_id for point in found.trend] == [run_id(number) for number in range(4)]
    assert _columns(found, "failed", "passed", "new", "returned", "resolved") == [
        (1, 1, 1, 0, 0),
        (1, 1, 1, 0, 1),
        (2, 0, 0, 1, 0),
        (1, 0, 0, 0, 1),
    ]


def test_what_was_not_seen_is_unknown_and_never_resolved(day: Day, path: Path) -> None:
    """Denied for two days, and seen again: the same failure."""
    take(
        path,
        day(0, {"api": FAILED}),
        day(1, {}, CoverageStatus.DENIED),
        day(2, {}, None),
        day(3, {"api": FAILED}),
    )
    found = _asked(path)
    assert _columns(found, "failed", "unknown", "new", "returned", "resolved") == [
        (1, 0, 1, 0, 0),
        (0, 1, 0, 0, 0),
        (0, 1, 0, 0, 0),
        (1, 0, 0, 0, 0),
    ]
    assert found.fix_times == ()
    assert [(change.run_id, change.lost, change.gained) for change in found.coverage] == [
        (run_id(1), 1, 0),
        (run_id(3), 0, 1),
    ]


def test_only_the_newest_runs_are_told_of_and_groups_start_before_them(
    day: Day, path: Path
) -> None:
    """`before` is what was open in the run before the first that is shown."""
    take(path, *(day(number, {"api": FAILED, f"new-{number}": FAILED}) for number in range(4)))
    found = _asked(path, last=2)
    assert [point.run_id for point in found.trend] == [run_id(2), run_id(3)]
    (control,) = found.controls
    assert (control.before, control.failed, control.new, control.resolved) == (2, 2, 2, 2)


def test_units_hold_what_is_below_them_and_can_be_asked_for(
    day: Day, make_finding: Callable[..., Finding], path: Path
) -> None:
    """A unit's name is matched whole, wherever it stands in the path."""
    shop = AccountRef("111122223333", "shop", "r-ab12/ou-1/ou-11")
    data = AccountRef("444455556666", "data", "r-ab12/ou-1")
    findings = {
        "api": make_finding("api", account=shop),
        "etl": make_finding("etl", account=data),
        "job": make_finding("job", account=data),
    }
    take(path, day(0, findings, None))
    units = {unit.id: unit.failed for unit in _asked(path).units}
    assert units == {"r-ab12": 3, "ou-1": 3, "ou-11": 1}
    assert [(each.id, each.name, each.failed) for each in _asked(path).accounts] == [
        ("444455556666", "data", 2),
        ("111122223333", "shop", 1),
    ]
    assert _columns(_asked(path, ou="ou-11"), "failed") == [(1,)]
    assert _columns(_asked(path, account_id="444455556666"), "failed") == [(2,)]
    with pytest.raises(HistoryError, match="does not have 'ou-'"):
        _asked(path, ou="ou-")


def test_ages_are_those_of_open_failures_up_to_the_newest_run(day: Day, path: Path) -> None:
    """The oldest first, with what it is now."""
    take(
        path,
        day(0, {"api": FAILED, "web": FAILED}),
        day(10, {"api": FAILED, "job": FAILED}),
        day(12, {"api": Status.NOT_EVALUATED, "job": FAILED}),
    )
    ages = _asked(path).ages
    assert (ages.open, ages.median_days) == (2, 7.0)
    assert {days: number for days, number in ages.by_days.items() if number} == {"7": 1, "30": 1}
    assert [(each.arn.split("/")[2], each.days, each.status) for each in ages.oldest] == [
        ("api", 12.0, "NOT_EVALUATED"),
        ("job", 2.0, "FAILED"),
    ]


def test_time_to_fix_is_from_the_run_that_saw_it_to_the_one_that_saw_it_resolved(
    day: Day, path: Path
) -> None:
    """Gone is resolved as well."""
    take(
        path,
        day(0, {"api": FAILED, "web": FAILED}),
        day(2, {"api": PASSED, "web": FAILED}),
        day(8, {"api": PASSED}),
    )
    (times,) = _asked(path).fix_times
    assert (times.resolved, times.median_days, times.p90_days) == (2, 5.0, 8.0)


def test_what_comes_back_is_named_with_how_often(day: Day, path: Path) -> None:
    """Only what is open now, the most frequent first."""
    said = [FAILED, PASSED, FAILED, PASSED, FAILED]
    take(
        path,
        *(
            day(number, {"api": status, "web": FAILED, "job": said[-1 - number // 4]})
            for number, status in enumerate(said)
        ),
    )
    (one,) = _asked(path).returned
    assert (one.arn.split("/")[2], one.times, one.days) == ("api", 3, 0.0)


def test_runs_of_another_scope_are_told_of_and_not_compared(day: Day, path: Path) -> None:
    """A scan of one account says nothing of the others."""
    narrow = Scope(account=(ACCOUNT,), role_name="orgscan-audit")
    take(path, day(0, {"api": FAILED, "web": FAILED}), day(1, {"api": FAILED}, scope=narrow))
    newest = _asked(path)
    assert newest.series.scope == '{"account":["111122223333"]}'
    assert [(each.scope, each.runs) for each in newest.others] == [("{}", 1)]
    assert _columns(_asked(path, run_id=run_id(0)), "failed", "unknown") == [(2, 0)]


def test_exceptions_are_counted_among_what_failed(
    day: Day, make_finding: Callable[..., Finding], path: Path
) -> None:
    """Until the exception has expired."""
    note = ExceptionNote(
        id="bastion", owner="ops", reason="Known", ticket="SEC-1", expires="2027-01-01"
    )
    take(path, day(0, {"api": make_finding(exception=note)}), day(1, {"api": FAILED}))
    assert _columns(_asked(path), "failed", "excepted") == [(1, 1), (1, 0)]


def test_a_control_that_did_not_run_leaves_its_findings_unknown(day: Day, path: Path) -> None:
    """As where --collect named it one day and not the next."""
    run = day(1, {})
    without = StoredRun(replace(run.report, controls=()))
    take(path, day(0, {"api": FAILED}), without)
    assert _columns(_asked(path), "failed", "unknown", "resolved") == [(1, 0, 0), (0, 1, 0)]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"run_id": "20000101T000000Z-000000"}, "run '20000101T000000Z-000000'"),
        ({"control_id": "no-such-control"}, "control 'no-such-control'"),
        ({"account_id": "000000000000"}, "account '000000000000'"),
    ],
)
def test_what_the_history_does_not_have_is_named(
    day: Day, path: Path, question: dict[str, str], said: str
) -> None:
    """With what tells what it has."""
    take(path, day(0, {"api": FAILED}))
    with pytest.raises(HistoryError, match=f"does not have {said}"):
        _asked(path, **question)


def test_an_account_that_left_is_unknown_not_fixed(
    day: Day, make_finding: Callable[..., Finding], path: Path
) -> None:
    """Nobody looked into it any more."""
    other = AccountRef("444455556666", "left", "r-ab12")
    line = CoverageEntry(
        account_id=other.id, account_name=other.name, region=REGION, status=CoverageStatus.COVERED
    )
    first = day(0, {"api": make_finding(account=other)}, None)
    first = StoredRun(replace(first.report, coverage=(line,)))
    take(path, first, day(1, GONE))
    assert _columns(_asked(path), "failed", "unknown", "resolved") == [(1, 0, 0), (0, 1, 0)]
