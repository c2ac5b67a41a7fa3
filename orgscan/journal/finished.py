"""A finished run as the report formats read it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.journal.journal import Journal
from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.run import Metrics, Run, Totals


class FinishedRun(msgspec.Struct, frozen=True, kw_only=True):
    """`orgscan.model.run.RunRecord` on top of a journal."""

    run: Run
    totals: Totals
    metrics: Metrics | None
    controls: tuple[ControlEntry, ...]
    journal: Journal

    def findings(self) -> Iterator[Finding]:
        """Every finding, in order."""
        return self.journal.findings()

    def coverage(self) -> Iterator[CoverageEntry]:
        """Every line of the ledger, in order."""
        return self.journal.coverage()
