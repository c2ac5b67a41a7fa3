"""The optional collectors, which is also the one table of the permissions each needs."""

from __future__ import annotations

from collections.abc import Sequence

from orgscan.collect.launchers.batch import BATCH
from orgscan.collect.launchers.events import EVENTS
from orgscan.collect.launchers.interface import Collector
from orgscan.collect.launchers.pipes import PIPES
from orgscan.collect.launchers.scheduler import SCHEDULER
from orgscan.collect.launchers.states import STATES

COLLECTORS: tuple[Collector, ...] = (EVENTS, SCHEDULER, PIPES, STATES, BATCH)


def collectors_named(names: Sequence[str]) -> tuple[Collector, ...]:
    """The collectors that the setting `collect` asks for, in the order of the registry.

    Args:
        names: of collectors, or what several names begin with: `launchers` is all of them.
    """
    return tuple(
        collector
        for collector in COLLECTORS
        if any(collector.name == name or collector.name.startswith(f"{name}.") for name in names)
    )
