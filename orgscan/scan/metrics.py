"""What a run cost the processes that worked on it."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection

from orgscan.aws.tally import Tally
from orgscan.journal.records import Spent
from orgscan.journal.segment import Usage
from orgscan.model.run import ApiMetrics, Metrics

if sys.platform != "win32":
    import resource


def measured(tally: Tally, *, seconds: float, others: Collection[Usage] = ()) -> Metrics:
    """The metrics block of the report.

    Args:
        tally: of all processes.
        seconds: since this process began.
        others: what others used at the same time.
    """
    return Metrics(
        seconds=round(seconds, 3),
        cpu_seconds=round(time.process_time() + sum(one.cpu_seconds for one in others), 3),
        peak_rss_mib=round(peak_rss_mib() + sum(one.peak_rss_mib for one in others), 1),
        retried=tally.retried,
        apis={
            api: ApiMetrics(
                attempts=tally.calls[api],
                p50_ms=latencies.quantile_ms(0.50),
                p95_ms=latencies.quantile_ms(0.95),
            )
            for api, latencies in sorted(tally.latencies.items())
        },
    )


def spent_of(process: str, tally: Tally) -> Spent:
    """What a process has asked of AWS, as journals keep it."""
    return Spent(
        process=process,
        api_calls=dict(tally.calls),
        throttled=tally.throttled,
        retried=tally.retried,
    )


def latencies_of(tally: Tally) -> dict[str, dict[int, int]]:
    """Attempts by API and bucket, as `Usage` has them."""
    return {api: latencies.counts for api, latencies in tally.latencies.items()}


def peak_rss_mib() -> float:
    """The most memory that this process has held."""
    if sys.platform == "win32":
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
