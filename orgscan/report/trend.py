"""Earlier runs beside this one, where whoever renders the page has kept them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

MOST_POINTS = 30


class TrendPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the past, or this one.

    Attributes:
        run_id: as `Run.id`.
        started_at: UTC, ISO 8601.
        failed: findings that failed.
        covered, in_scope: account-regions.
    """

    run_id: str
    started_at: str
    failed: int
    covered: int
    in_scope: int


class TrendBar(msgspec.Struct, frozen=True):
    """A point as the page draws it; heights in thousandths, what is not zero never invisible."""

    point: TrendPoint
    failed_height: int
    seen_height: int


def trend_bars(points: Sequence[TrendPoint]) -> list[TrendBar]:
    """The newest points as bars, in the order they come: the oldest first.

    Args:
        points: the oldest first, this run last.
    """
    shown = points[-MOST_POINTS:]
    most = max((point.failed for point in shown), default=0)
    return [
        TrendBar(point, _height(point.failed, most), _height(point.covered, point.in_scope))
        for point in shown
    ]


def _height(part: int, whole: int) -> int:
    return max(15, part * 1000 // whole) if part and whole else 0
