"""Earlier runs beside this one, where whoever renders the page has kept them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orgscan.model.past import TrendPoint

MOST_POINTS = 30


class TrendBar(msgspec.Struct, frozen=True):
    """A point as the page draws it; heights in thousandths, what is not zero never invisible.

    Attributes:
        unknown_height: on top of what failed, and measured by the same.
    """

    point: TrendPoint
    failed_height: int
    unknown_height: int
    seen_height: int


def trend_bars(points: Sequence[TrendPoint]) -> list[TrendBar]:
    """The newest points as bars, in the order they come: the oldest first.

    Args:
        points: the oldest first, this run last.
    """
    shown = points[-MOST_POINTS:]
    most = max((point.failed + point.unknown for point in shown), default=0)
    return [
        TrendBar(
            point,
            _height(point.failed, most),
            _height(point.unknown, most),
            _height(point.covered, point.in_scope),
        )
        for point in shown
    ]


def _height(part: int, whole: int) -> int:
    return max(15, part * 1000 // whole) if part and whole else 0
