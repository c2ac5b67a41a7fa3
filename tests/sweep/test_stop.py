"""Whatever is under way ends in its time, or with the grace once the run is to end."""

from __future__ import annotations

import asyncio

import pytest

from orgscan.sweep.stop import Stop

# Long enough that nothing here waits for it.
_LONG = 3_600.0


async def _forever() -> None:
    await asyncio.Event().wait()


async def _within(stop: Stop, seconds: float) -> str:
    try:
        with stop.in_time(seconds):
            await _forever()
    except TimeoutError:
        return "late"
    return "in time"


async def test_what_takes_too_long_is_ended_and_what_does_not_goes_on() -> None:
    """Each has its own time, whichever began first."""
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        patient = group.create_task(_within(stop, _LONG))
        assert await _within(stop, 0.0) == "late"
        assert await _within(stop, 0.01) == "late"
        assert not patient.done()
        stop.GRACE_SECONDS = 0.0  # what is waited for otherwise
        stop.now("enough")
        assert await patient == "late"


async def test_what_ends_in_time_is_not_cancelled_later() -> None:
    """The task goes on with something else, which has no limit."""
    stop = Stop()
    with stop.in_time(0.01):
        pass
    assert await _within(stop, 0.02) == "late"  # long after the first one's time


async def test_what_begins_once_the_run_is_to_end_does_not_begin() -> None:
    """Its body is not entered at all."""
    stop = Stop()
    stop.now("enough")

    with pytest.raises(TimeoutError), stop.in_time(_LONG):
        pytest.fail("it began")


async def test_who_else_cancels_a_late_task_has_it_cancelled() -> None:
    """A time that is over hides no cancellation."""
    one, begun = Stop().in_time(_LONG), asyncio.Event()

    async def work() -> None:
        with one:
            begun.set()
            await _forever()

    task = asyncio.create_task(work())
    await begun.wait()

    one.expire()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_of_its_own_passes_through() -> None:
    """It is no time-out, even of something that has no time at all."""
    with pytest.raises(KeyError), Stop().in_time(_LONG):
        raise KeyError


async def test_the_reason_of_the_first_stop_holds() -> None:
    """And whoever wants to know is told once."""
    stop = Stop()
    told: list[str] = []
    stop.tells(told.append)

    stop.now("a signal")
    stop.now("the time is over")

    assert stop.reason == "a signal"
    assert told == ["a signal"]


async def test_a_stop_before_all_accounts_are_listed_says_nothing_of_any_target() -> None:
    """Its task is cancelled, and none of its targets counts as one that was not reached."""
    stop = Stop()
    begun = asyncio.Event()

    async def scan() -> None:
        stop.cancels(asyncio.current_task())
        with stop.in_time(_LONG):
            begun.set()
            await _forever()

    task = asyncio.create_task(scan())
    await begun.wait()
    stop.now("a signal")

    assert not stop.is_over
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_stop_once_all_accounts_are_listed_ends_targets_and_not_the_scan() -> None:
    """The report says what was not reached."""
    stop = Stop()
    stop.cancels(asyncio.current_task())
    stop.accounts_are_listed()
    stop.GRACE_SECONDS = 0.0  # what is waited for otherwise

    stop.now("a signal")

    assert stop.is_over
    assert await _within(stop, _LONG) == "late"
