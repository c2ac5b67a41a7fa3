"""What something was in each run of a series, told by the runs in which it became another thing.

A timeline is a list of rows, the oldest first: from the run of a row on, until that of the next, it
was the row's state. Before the first row it had not been seen, and what is gone stays so until it
is seen again. No two neighbours are alike, so that there is one timeline only for what a series of
runs says, in whatever order they come in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """From the run `at` on, it was this."""

    at: int
    state: int


class Series(NamedTuple):
    """What a run that comes in has to know of the others.

    Attributes:
        later: the runs that come after it, in order; none where it is the newest.
        absent: what something is in one of them that does not name it.
        gone: the state of what is known to be gone.
        unseen: the state of what may still be there.
    """

    later: Sequence[int]
    absent: Callable[[int], int]
    gone: int
    unseen: int

    def is_absent(self, state: int) -> bool:
        """Whether the state is that of what a run does not name."""
        return state in (self.gone, self.unseen)

    def leaves(self, before: int | None, said: int) -> bool:
        """Whether what a run says leaves everything as it was before."""
        if before is None or before == self.gone:
            return self.is_absent(said)
        return said == before


def as_of(timeline: Sequence[Row], at: int) -> int | None:
    """What it was in that run; None where it had not been seen yet."""
    place = bisect_right(timeline, at, key=lambda row: row.at)
    return timeline[place - 1].state if place else None


def with_run(timeline: list[Row], row: Row, series: Series) -> list[Row]:
    """The timeline with one more run; what it says need not be new.

    Args:
        timeline: without that run.
        row: the run, and what it says.
        series: the other runs.
    """
    before = as_of(timeline, row.at)
    if series.leaves(before, row.state):
        return timeline
    rows = [each for each in timeline if each.at < row.at]
    rows.append(row)
    for at in series.later:
        stated = as_of(timeline, at)
        said = series.absent(at) if stated is None or series.is_absent(stated) else stated
        if not series.leaves(rows[-1].state, said):
            rows.append(Row(at, said))
        if rows[-1].state == stated:
            # From here on it is as it was.
            rows += (each for each in timeline if each.at > at)
            break
    return rows
