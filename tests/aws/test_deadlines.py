"""Each thing expires at its own time, whatever order they were added in."""

from __future__ import annotations

import asyncio

from orgscan.aws.deadlines import Deadlines


class _Thing:
    """Notes when it expired, and lets others wait for it."""

    def __init__(self, name: str, order: list[str]) -> None:
        self.name = name
        self.over = asyncio.Event()
        self._order = order

    def expire(self) -> None:
        """As `Expiring.expire`."""
        self._order.append(self.name)
        self.over.set()


async def test_what_has_to_end_first_expires_first() -> None:
    """Also where it was added last, when the timer stood on another."""
    order: list[str] = []
    late, soon, never = (_Thing(name, order) for name in ("late", "soon", "never"))
    deadlines, now = Deadlines(), asyncio.get_running_loop().time()

    deadlines.add(never, now + 3_600)
    deadlines.add(late, now + 0.02)
    deadlines.add(soon, now + 0.01)
    await late.over.wait()

    assert order == ["soon", "late"]


async def test_what_was_dropped_does_not_expire() -> None:
    """And the timer that stood on it goes on to the next."""
    order: list[str] = []
    dropped, kept = _Thing("dropped", order), _Thing("kept", order)
    deadlines, now = Deadlines(), asyncio.get_running_loop().time()

    deadlines.add(dropped, now + 0.01)
    deadlines.add(kept, now + 0.02)
    deadlines.drop(dropped)
    await kept.over.wait()

    assert order == ["kept"]


async def test_deadlines_draw_near_together_and_none_moves_away() -> None:
    """What had less time left keeps it."""
    order: list[str] = []
    first, second = _Thing("first", order), _Thing("second", order)
    deadlines, now = Deadlines(), asyncio.get_running_loop().time()

    deadlines.add(second, now + 3_600)
    deadlines.add(first, now + 0.01)
    deadlines.draw_near(now + 0.02)
    await second.over.wait()

    assert order == ["first", "second"]


async def test_what_begins_when_another_expires_has_its_own_time() -> None:
    """A thing that expires may well start the next one."""
    order: list[str] = []
    deadlines, now = Deadlines(), asyncio.get_running_loop().time()
    second = _Thing("second", order)

    class _First(_Thing):
        def expire(self) -> None:
            super().expire()
            deadlines.add(second, now)

    deadlines.add(_First("first", order), now)
    await second.over.wait()

    assert order == ["first", "second"]
