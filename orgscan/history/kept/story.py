"""What a finding's timeline amounts to: from when to when it failed, and what counts move.

A failure ends only where the finding was seen without it, or its resource was seen to be gone.
What could not be looked at, or not be decided, leaves it open: unknown is not fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from orgscan.history.kept.schema import COUNTS
from orgscan.history.kept.timeline import Row
from orgscan.model.finding import Status

GONE = "GONE"
"""The status of what is not there, where it would have been seen."""

UNSEEN = "UNSEEN"
"""The status of what is not there, where that says nothing."""

IN_USE, LOOKED_FOR = "in use", "looked for"
"""Whether a verdict rests on addresses in use, or would have if there had been any."""

_GOOD = frozenset({Status.PASSED, Status.NOT_APPLICABLE})
_PLACE = {name: place for place, name in enumerate(COUNTS)}


class Kind(NamedTuple):
    """What matters of a state here.

    Attributes:
        status: of `Status`, GONE or UNSEEN.
        is_excepted: whether an exception of the allowlist covers it.
        addresses: IN_USE, LOOKED_FOR, or empty where nobody looked for any.
    """

    status: str
    is_excepted: bool = False
    addresses: str = ""


class Failure(NamedTuple):
    """From the run `opened` on it failed; `closed` is the first run without; None while open."""

    opened: int
    closed: int | None


class Count(NamedTuple):
    """In the run `at` the column of `COUNTS` at `place` changes by `by`."""

    at: int
    place: int
    by: int


class Story(NamedTuple):
    """A timeline, told."""

    failures: tuple[Failure, ...]
    counts: tuple[Count, ...]


def story(timeline: Sequence[Row], kind_of: Callable[[int], Kind]) -> Story:
    """Tell a finding's timeline.

    Args:
        timeline: its rows.
        kind_of: what a state is.
    """
    telling = _Telling()
    for at, state in timeline:
        telling.take(at, kind_of(state))
    return telling.told()


class _Telling:
    def __init__(self) -> None:
        self._failures: list[Failure] = []
        self._counts: list[Count] = []
        self._opened: int | None = None
        self._by_addresses = False
        self._held: tuple[int, ...] = ()

    def take(self, at: int, kind: Kind) -> None:
        """The next state."""
        if kind.status == Status.FAILED:
            self._fail(at, kind)
        elif self._opened is not None and self._ends(kind):
            self._failures.append(Failure(self._opened, at))
            self._opened = None
            self._counts.append(Count(at, _PLACE["resolved"], 1))
        self._counts += (Count(at, place, -1) for place in self._held)
        self._held = tuple(_columns(kind, is_open=self._opened is not None))
        self._counts += (Count(at, place, 1) for place in self._held)

    def _fail(self, at: int, kind: Kind) -> None:
        if self._opened is None:
            self._opened, self._by_addresses = at, False
            self._counts.append(Count(at, _PLACE["returned" if self._failures else "new"], 1))
        self._by_addresses |= kind.addresses == IN_USE

    def _ends(self, kind: Kind) -> bool:
        """Whether the failure is over, which of addresses only who looks for them can say."""
        if self._by_addresses and kind.addresses != LOOKED_FOR:
            return kind.status == GONE
        return kind.status == GONE or kind.status in _GOOD

    def told(self) -> Story:
        """All of it."""
        still = () if self._opened is None else (Failure(self._opened, None),)
        return Story((*self._failures, *still), tuple(self._counts))


def _columns(kind: Kind, *, is_open: bool) -> Iterator[int]:
    """Where a finding of this kind counts."""
    place = _PLACE.get(kind.status.lower())
    if place is not None:
        yield place
    if kind.status == Status.FAILED and kind.is_excepted:
        yield _PLACE["excepted"]
    if kind.status != Status.FAILED and is_open:
        yield _PLACE["unknown"]
