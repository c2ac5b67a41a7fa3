"""What was asked of AWS, and how long it took to answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

_STEPS = 8  # for each doubling, so that a quantile is right to 5 %


class Latencies:
    """A histogram with buckets of equal ratio: small, and cheap to add to."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, seconds: float) -> None:
        """Count one attempt."""
        mantissa, exponent = math.frexp(max(seconds, 1e-6))
        self._counts[exponent * _STEPS + int((mantissa - 0.5) * 2 * _STEPS)] += 1

    @property
    def counts(self) -> dict[int, int]:
        """Attempts by bucket, for another process to `merge`."""
        return dict(self._counts)

    def merge(self, counts: Mapping[int, int]) -> None:
        """Count what another process counted."""
        self._counts.update(counts)

    def quantile_ms(self, share: float) -> float:
        """The time within which so large a share was answered, in milliseconds."""
        wanted = share * self._counts.total()
        for bucket in sorted(self._counts):
            wanted -= self._counts[bucket]
            if wanted <= 0:
                exponent, step = divmod(bucket, _STEPS)
                return round(math.ldexp(0.5 + (step + 0.5) / (2 * _STEPS), exponent) * 1000, 3)
        return 0.0


class Tally:
    """Calls by `service:Operation`, attempts included.

    Attributes:
        throttled: answers that said to slow down.
        retried: attempts made again.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.latencies: dict[str, Latencies] = {}
        self.throttled = 0
        self.retried = 0

    def answered(self, api: str, seconds: float) -> None:
        """Note how long an attempt took, whatever came of it."""
        latencies = self.latencies.get(api)
        if latencies is None:
            latencies = self.latencies[api] = Latencies()
        latencies.add(seconds)

    def merge(self, other: Tally) -> None:
        """Add what was asked elsewhere."""
        self.calls.update(other.calls)
        self.throttled += other.throttled
        self.retried += other.retried
        for api, latencies in other.latencies.items():
            self.latencies.setdefault(api, Latencies()).merge(latencies.counts)
