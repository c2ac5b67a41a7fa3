"""A sign of life at equal distances; time passes here by events alone."""

from __future__ import annotations

import asyncio
import logging

import pytest

from orgscan.scan.heartbeat import heartbeat
from orgscan.scan.progress import Progress


class _Clock:
    """Sleeps until it is told that the time is over."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._over: asyncio.Queue[None] = asyncio.Queue()
        self._sleeping: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._sleeping.put_nowait(None)
        await self._over.get()

    async def passes(self) -> None:
        """One distance, and whatever comes of it until the next sleep."""
        await self._sleeping.get()
        self._over.put_nowait(None)
        await self._sleeping.get()
        self._sleeping.put_nowait(None)

    async def passes_for_the_last_time(self) -> None:
        """One distance, and the turns of the loop that the beat takes."""
        await self._sleeping.get()
        self._over.put_nowait(None)
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_a_beat_comes_while_nothing_moves_and_says_how_far_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The same figure twice, then the next one: who reads it sees what stands still."""
    clock, progress = _Clock(), Progress(accounts=40, targets=3, gaps=1)
    told: list[int] = []
    with caplog.at_level(logging.INFO):
        async with heartbeat(
            30.0, progress, lambda now: told.append(now.targets), sleep=clock.sleep
        ):
            await clock.passes()
            await clock.passes()
            progress.targets = 7
            await clock.passes()

    assert told == [3, 3, 7]
    assert set(clock.asked) == {30.0}
    assert caplog.messages[0] == (
        "Sweeping: 3 account-regions of 40 accounts are done, 1 of them not seen in full"
    )
    assert caplog.records[2].__dict__["targets"] == 7


async def test_no_beat_follows_the_end_of_a_sweep() -> None:
    """The task ends with what it watches, whatever ends that."""
    clock = _Clock()
    before = asyncio.all_tasks()
    with pytest.raises(ZeroDivisionError):
        async with heartbeat(1.0, Progress(), lambda _: None, sleep=clock.sleep):
            raise ZeroDivisionError

    assert asyncio.all_tasks() == before


async def test_a_bug_in_what_is_told_is_not_swallowed() -> None:
    """It comes out where the sweep ends."""
    clock = _Clock()

    def fails(_: Progress) -> None:
        raise ZeroDivisionError

    async def sweep() -> None:
        async with heartbeat(1.0, Progress(), fails, sleep=clock.sleep):
            await clock.passes_for_the_last_time()

    with pytest.raises(ZeroDivisionError):
        await sweep()
