"""A run with what earlier runs say of it, as its reports tell it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec
from msgspec.structs import replace

from orgscan.config.settings import Settings
from orgscan.errors import HistoryError
from orgscan.history.asked.past import Before, before, trend_with
from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.run import Metrics, Run, RunRecord, Totals
from orgscan.scan.history import history_file

_log = logging.getLogger(__name__)


class ToldRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run, with what earlier runs say of it and of its findings."""

    record: RunRecord
    run: Run
    before: Before

    @property
    def totals(self) -> Totals:
        """The run's own."""
        return self.record.totals

    @property
    def metrics(self) -> Metrics | None:
        """The run's own."""
        return self.record.metrics

    @property
    def controls(self) -> tuple[ControlEntry, ...]:
        """The run's own."""
        return self.record.controls

    def findings(self) -> Iterator[Finding]:
        """Every finding with its past."""
        past = self.before.past
        return (replace(finding, past=past(finding)) for finding in self.record.findings())

    def coverage(self) -> Iterator[CoverageEntry]:
        """The run's own."""
        return self.record.coverage()


@contextmanager
def with_past(record: RunRecord, settings: Settings) -> Iterator[RunRecord]:
    """The run with its past, while this lasts; as it is where there is none.

    What is wrong with the history costs the run nothing but its past, and is said.
    """
    path = history_file(settings)
    with ExitStack() as stack:
        if settings.history and path.exists():
            try:
                earlier = stack.enter_context(before(path, record.run))
                trend = trend_with(path, record) if earlier else ()
            except HistoryError as error:
                _log.warning(f"The reports tell nothing of earlier runs: {error}")
            else:
                if earlier:
                    run = replace(record.run, trend=trend)
                    record = ToldRun(record=record, run=run, before=earlier)
        yield record
