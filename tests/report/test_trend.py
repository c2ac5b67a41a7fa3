"""Earlier runs as bars."""

from __future__ import annotations

import msgspec

from orgscan.model.past import TrendPoint
from orgscan.report.trend import MOST_POINTS, trend_bars


def _point(failed: int, covered: int = 1, in_scope: int = 2) -> TrendPoint:
    return TrendPoint(
        run_id="run", started_at="2026-11-24", failed=failed, covered=covered, in_scope=in_scope
    )


def test_bars_are_measured_by_the_highest() -> None:
    """Coverage by its own scope; what is not zero can be seen, and zero is nothing."""
    bars = trend_bars([_point(0, 0), _point(1, 2), _point(1_000, 1), _point(500, 0, 0)])

    assert [(bar.failed_height, bar.seen_height) for bar in bars] == [
        (0, 0),
        (15, 1_000),
        (1_000, 500),
        (500, 0),
    ]


def test_what_is_unknown_stands_on_what_failed_and_is_measured_with_it() -> None:
    """The highest of both together fills the place."""
    bars = trend_bars([msgspec.structs.replace(_point(3), unknown=1), _point(2)])

    assert [(bar.failed_height, bar.unknown_height) for bar in bars] == [(750, 250), (500, 0)]


def test_only_the_newest_runs_are_drawn() -> None:
    """However many were kept."""
    bars = trend_bars([_point(failed) for failed in range(100)])

    assert len(bars) == MOST_POINTS
    assert bars[-1].point.failed == 99
