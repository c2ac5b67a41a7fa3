"""Pacing: a token bucket per account, region and API family that gives way when AWS says so.

AWS meters each account-region by token buckets that its production shares with us
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html). A pacer
starts at the documented figures, halves its rate on every throttle and wins it back slowly:
additive increase, multiplicative decrease. Where AWS documents nothing, it starts low and finds
out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec


class Bucket(msgspec.Struct, frozen=True):
    """What AWS allows one account in one region.

    Attributes:
        burst: calls at once.
        rate: calls a second after that.
        ceiling: the rate that a pacer may climb to; None where `rate` is documented.
    """

    name: str
    burst: float
    rate: float
    ceiling: float | None = None

    def divided(self, among: int) -> Bucket:
        """One of equal parts of it, where several processes draw on the same quota."""
        ceiling = None if self.ceiling is None else self.ceiling / among
        return Bucket(self.name, self.burst / among, self.rate / among, ceiling)


class Pacer:
    """One bucket's present state."""

    MIN_RATE = 0.5
    INCREASE = 0.05  # of the bucket's rate, for each answer that was no throttle

    def __init__(self, bucket: Bucket, clock: Callable[[], float], among: int = 1) -> None:
        self._whole = bucket
        self._among = among
        self._bucket = bucket.divided(among)
        self._clock = clock
        self._rate = self._bucket.rate
        self._ceiling = self._bucket.ceiling or self._bucket.rate
        self._tokens = self._bucket.burst
        self._filled_at = clock()

    @property
    def rate(self) -> float:
        """Calls a second at present."""
        return self._rate

    @property
    def is_overrun(self) -> bool:
        """Whether AWS has said to slow down so often that it cannot be meant for a moment."""
        return self._rate < self._bucket.rate / 8

    async def admit(self) -> None:
        """Wait for a token; whoever comes while others wait queues behind them."""
        self._refill()
        # The balance may go below zero: each waiter has then reserved a later instant, so
        # that no lock is needed and the order of arrival is kept.
        self._tokens -= 1.0
        if self._tokens < 0.0:
            await asyncio.sleep(-self._tokens / self._rate)

    def throttled(self) -> None:
        """Note that AWS said to slow down."""
        self._refill()
        self._rate = max(self._rate / 2.0, self.MIN_RATE / self._among)
        self._tokens = min(self._tokens, 0.0)

    def answered(self) -> None:
        """Note an answer that was no throttle."""
        if self._rate < self._ceiling:
            self._rate = min(self._rate + self._bucket.rate * self.INCREASE, self._ceiling)

    def share_among(self, callers: int) -> None:
        """Draw on one part of so many from now on; what was learnt of the rate is kept."""
        if callers == self._among:
            return
        self._refill()
        self._rate *= self._among / callers
        self._among = callers
        self._bucket = self._whole.divided(callers)
        self._ceiling = self._bucket.ceiling or self._bucket.rate
        self._tokens = min(self._tokens, self._bucket.burst)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._bucket.burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now


class Paces:
    """The pacers of one account in one region, by bucket."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take monotonic seconds."""
        self._clock = clock
        self._pacers: dict[str, Pacer] = {}
        self._among = 1

    def of(self, bucket: Bucket) -> Pacer:
        """The pacer of a bucket."""
        pacer = self._pacers.get(bucket.name)
        if pacer is None:
            pacer = self._pacers[bucket.name] = Pacer(bucket, self._clock, self._among)
        return pacer

    def is_overrun(self, bucket: Bucket) -> bool:
        """As `Pacer.is_overrun`; never where nothing was called yet."""
        pacer = self._pacers.get(bucket.name)
        return pacer is not None and pacer.is_overrun

    def share_among(self, callers: int) -> None:
        """As `Pacer.share_among`, for every bucket."""
        self._among = callers
        for pacer in self._pacers.values():
            pacer.share_among(callers)
