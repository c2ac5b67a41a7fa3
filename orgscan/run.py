"""One scan from settings to a finished run directory, on an event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from orgscan.config.allowlist import load_allowlist
from orgscan.config.settings import Settings
from orgscan.errors import Interrupted
from orgscan.scan import Progress, ScanResult, scan


def run(settings: Settings, on_progress: Callable[[Progress], None]) -> ScanResult:
    """Read the allowlist, scan, and report; uvloop where it is installed.

    Raises:
        OrgscanError: as `scan`, or an allowlist that cannot be used.
    """
    allowlist = load_allowlist(settings.allowlist) if settings.allowlist else None
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(scan(settings, allowlist, on_progress))
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing was written") from None


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop  # noqa: PLC0415 - not there on every platform
    except ImportError:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
