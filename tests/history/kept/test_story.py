"""When a failure begins and ends."""

from __future__ import annotations

from collections import Counter

import pytest

from orgscan.history.kept.schema import COUNTS
from orgscan.history.kept.story import GONE, IN_USE, LOOKED_FOR, UNSEEN, Kind, story
from orgscan.history.kept.timeline import Row


def _told(*kinds: Kind | str) -> tuple[list[tuple[int, int | None]], dict[str, int]]:
    """Failures and the counts in the end, of a finding that was each of these in turn."""
    said = [kind if isinstance(kind, Kind) else Kind(kind) for kind in kinds]
    told = story([Row(at, at) for at in range(len(said))], said.__getitem__)
    counts: Counter[str] = Counter()
    for count in told.counts:
        counts[COUNTS[count.place]] += count.by
    return [(failure.opened, failure.closed) for failure in told.failures], {
        name: number for name, number in counts.items() if number
    }


@pytest.mark.parametrize("good", ["PASSED", "NOT_APPLICABLE", GONE])
def test_a_failure_ends_where_it_was_seen_to_be_over(good: str) -> None:
    """It passes, the control does not apply any more, or it is gone."""
    failures, counts = _told("FAILED", good)
    assert failures == [(0, 1)]
    assert counts.pop("resolved") == 1
    assert counts == {"new": 1} | ({} if good == GONE else {good.lower(): 1})


@pytest.mark.parametrize("doubt", ["WARNING", "NOT_EVALUATED", UNSEEN])
def test_doubt_leaves_a_failure_open_and_counts_it_as_unknown(doubt: str) -> None:
    """Unknown is not fixed."""
    failures, counts = _told("FAILED", doubt)
    assert failures == [(0, None)]
    seen = {} if doubt == UNSEEN else {doubt.lower(): 1}
    assert counts == {"new": 1, "unknown": 1} | seen


def test_a_failure_that_is_seen_again_after_doubt_is_the_same_failure() -> None:
    """Nobody saw it fixed in between."""
    failures, counts = _told("FAILED", UNSEEN, "NOT_EVALUATED", "FAILED")
    assert failures == [(0, None)]
    assert counts == {"new": 1, "failed": 1}


def test_a_failure_after_it_was_seen_to_be_over_has_returned() -> None:
    """It counts once as new, and then as returned."""
    failures, counts = _told("FAILED", "PASSED", "FAILED", GONE, UNSEEN, "FAILED")
    assert failures == [(0, 1), (2, 3), (5, None)]
    assert counts == {"new": 1, "returned": 2, "resolved": 2, "failed": 1}


def test_a_failure_of_addresses_in_use_ends_only_where_somebody_looked_for_them() -> None:
    """That its configuration passes says nothing of what runs."""
    failed = Kind("FAILED", addresses=IN_USE)
    assert _told(failed, Kind("PASSED"))[0] == [(0, None)]
    assert _told(failed, "FAILED", Kind("PASSED"))[0] == [(0, None)]
    assert _told(failed, Kind("PASSED", addresses=LOOKED_FOR))[0] == [(0, 1)]
    assert _told(failed, Kind(GONE))[0] == [(0, 1)]


def test_what_never_failed_has_no_failure() -> None:
    """However it changes."""
    assert _told("PASSED", "WARNING", UNSEEN, "NOT_EVALUATED") == ([], {"not_evaluated": 1})


def test_an_excepted_failure_is_a_failure() -> None:
    """It is counted with the others, and by itself."""
    excepted = Kind("FAILED", is_excepted=True)
    assert _told(excepted) == ([(0, None)], {"new": 1, "failed": 1, "excepted": 1})
    assert _told(excepted, "FAILED") == ([(0, None)], {"new": 1, "failed": 1})
