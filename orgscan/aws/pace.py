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


class Pacer:
    """One bucket's present state."""

    MIN_RATE = 0.5
    INCREASE = 0.05  # of the bucket's rate, for each answer that was no throttle

    def __init__(self, bucket: Bucket, clock: Callable[[], float]) -> None:
        self._bucket = bucket
        self._clock = clock
        self._rate = bucket.rate
        self._ceiling = bucket.ceiling or bucket.rate
        self._tokens = bucket.burst
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
        self._rate = max(self._rate / 2.0, self.MIN_RATE)
        self._tokens = min(self._tokens, 0.0)

    def answered(self) -> None:
        """Note an answer that was no throttle."""
        if self._rate < self._ceiling:
            self._rate = min(self._rate + self._bucket.rate * self.INCREASE, self._ceiling)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._bucket.burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
