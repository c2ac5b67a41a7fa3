"""Metrics on standard output, where they are asked for."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgscan.config.settings import Settings
    from orgscan.scan.pipeline import ScanResult
    from orgscan.scan.progress import Progress


def beats_shown(settings: Settings) -> Callable[[Progress], None]:
    """What a heartbeat writes."""
    from orgscan.scan.emf import heartbeat_line  # noqa: PLC0415 - as in `scan`

    def beat(progress: Progress) -> None:
        # A metric without its dimension is another metric, which no alarm waits for.
        if progress.organization_id:
            _write(heartbeat_line(progress, dt.datetime.now(dt.UTC)))

    return beat if settings.metrics == "emf" else lambda _: None


def show_metrics(settings: Settings, result: ScanResult, *, status: int, delivered: bool) -> None:
    """What a finished run writes.

    Args:
        settings: whether it writes anything.
        result: the run.
        status: as the process exits, but for `exit_zero`.
        delivered: whether the run is at every place that it was to be sent to.
    """
    from orgscan.scan.emf import run_lines  # noqa: PLC0415 - as in `scan`

    if settings.metrics == "none":
        return
    lines = run_lines(
        result.run,
        result.totals,
        exit_status=status,
        is_successful=delivered and result.is_sound,
    )
    for line in lines:
        _write(line)


def _write(line: bytes) -> None:
    """At once: whoever waits for a sign of life waits for the line, and not for a buffer."""
    sys.stdout.write(f"{line.decode()}\n")
    sys.stdout.flush()
