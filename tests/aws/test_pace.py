"""Pacing gives way where AWS says so, and never exceeds what AWS documents."""

from __future__ import annotations

import asyncio

import pytest

from orgscan.aws.pace import Bucket, Pacer, Paces


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Now, in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Move on."""
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that `asyncio.sleep` moves."""
    clock = Clock()
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)
    return clock


async def test_a_burst_waits_for_nothing(clock: Clock) -> None:
    """As many calls as the bucket holds go out at once."""
    pacer = Pacer(Bucket("b", burst=5, rate=1), clock)
    for _ in range(5):
        await pacer.admit()

    assert clock.now == 100.0


async def test_beyond_the_burst_calls_go_out_at_the_documented_rate(clock: Clock) -> None:
    """Twenty calls more than the burst take twenty calls' time."""
    pacer = Pacer(Bucket("b", burst=5, rate=10), clock)
    for _ in range(25):
        await pacer.admit()

    assert clock.now == pytest.approx(102.0)


async def test_a_throttle_halves_the_rate_and_empties_the_bucket(clock: Clock) -> None:
    """After a throttle the next call waits, at half the pace."""
    pacer = Pacer(Bucket("b", burst=50, rate=20), clock)
    pacer.throttled()
    await pacer.admit()

    assert pacer.rate == 10
    assert clock.now == pytest.approx(100.1)


async def test_the_rate_never_falls_to_nothing(clock: Clock) -> None:
    """However often AWS throttles, calls go on."""
    pacer = Pacer(Bucket("b", burst=1, rate=20), clock)
    for _ in range(50):
        pacer.throttled()

    assert pacer.rate == Pacer.MIN_RATE


async def test_answers_win_the_rate_back_but_never_more(clock: Clock) -> None:
    """A long row of answers ends at the documented rate."""
    pacer = Pacer(Bucket("b", burst=1, rate=20), clock)
    pacer.throttled()
    pacer.answered()
    assert pacer.rate == pytest.approx(11.0)

    for _ in range(100):
        pacer.answered()
    assert pacer.rate == 20


async def test_where_nothing_is_documented_the_rate_climbs_until_aws_objects(clock: Clock) -> None:
    """Answers raise the rate up to the ceiling; a throttle halves it."""
    pacer = Pacer(Bucket("b", burst=1, rate=5, ceiling=20), clock)
    for _ in range(100):
        pacer.answered()
    assert pacer.rate == 20

    pacer.throttled()
    assert pacer.rate == 10


async def test_a_throttle_now_and_then_is_no_overrun_and_a_row_of_them_is(clock: Clock) -> None:
    """Four in a row bring the rate below an eighth; one does not."""
    pacer = Pacer(Bucket("b", burst=1, rate=20), clock)
    pacer.throttled()
    assert not pacer.is_overrun

    for _ in range(3):
        pacer.throttled()
    assert pacer.is_overrun


async def test_four_callers_together_keep_to_the_rate_of_one(clock: Clock) -> None:
    """Each has a quarter of burst and rate, and so all of them the whole."""
    pacers = [Pacer(Bucket("b", burst=8, rate=4), clock, among=4) for _ in range(4)]
    for _ in range(2):
        for pacer in pacers:
            await pacer.admit()
    assert clock.now == 100.0

    await pacers[0].admit()
    assert clock.now == 101.0


def test_who_comes_later_takes_a_part_of_what_was_learnt(clock: Clock) -> None:
    """A rate that was halved by a throttle stays halved for each, and can climb to its part."""
    paces = Paces(clock)
    bucket = Bucket("b", burst=10, rate=20, ceiling=40)
    paces.of(bucket).throttled()
    paces.share_among(2)

    pacer = paces.of(bucket)
    assert pacer.rate == pytest.approx(5.0)
    for _ in range(100):
        pacer.answered()
    assert pacer.rate == 20
    assert paces.of(Bucket("other", burst=1, rate=10)).rate == 5


def test_a_small_part_of_a_rate_can_be_overrun_too(clock: Clock) -> None:
    """The least rate is divided as well, so that a caller among many still gives up in time."""
    pacer = Pacer(Bucket("b", burst=1, rate=50), clock, among=100)
    for _ in range(4):
        pacer.throttled()

    assert pacer.is_overrun
