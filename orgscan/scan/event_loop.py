"""The event loop of a process that sweeps, and how seldom it looks for garbage."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for reference cycles less often: it took a quarter of a sweep's CPU, and found few.

    What imports left behind is not looked at again. A sweep makes hardly any cycles, so that
    memory stays as it is (`benchmarks/sweep.py` shows both).
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Makes loops of uvloop, where that is installed."""
    try:
        import uvloop  # noqa: PLC0415 - not there on every platform
    except ImportError:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
