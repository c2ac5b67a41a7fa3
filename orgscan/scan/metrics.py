"""What a run cost the process that finished it."""

from __future__ import annotations

import sys
import time

from orgscan.aws.tally import Tally
from orgscan.model.run import ApiMetrics, Metrics

if sys.platform != "win32":
    import resource


def measured(tally: Tally, *, seconds: float, earlier_retries: int) -> Metrics:
    """The metrics block of the report.

    Args:
        tally: of this process.
        seconds: since it began.
        earlier_retries: of the processes before it.
    """
    return Metrics(
        seconds=round(seconds, 3),
        cpu_seconds=round(time.process_time(), 3),
        peak_rss_mib=_peak_rss_mib(),
        retried=tally.retried + earlier_retries,
        apis={
            api: ApiMetrics(
                attempts=tally.calls[api],
                p50_ms=latencies.quantile_ms(0.50),
                p95_ms=latencies.quantile_ms(0.95),
            )
            for api, latencies in sorted(tally.latencies.items())
        },
    )


def _peak_rss_mib() -> float:
    if sys.platform == "win32":
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
