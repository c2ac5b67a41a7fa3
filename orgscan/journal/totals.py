"""The sums of a run, kept as its records come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from orgscan.journal.records import Record
from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import Status
from orgscan.model.run import AccountTotals, TargetTotals, Totals

CONTROLLERS = ("ECS", "EXTERNAL", "CODE_DEPLOY")


class RunningTotals:
    """Adds up records; one small entry an account is all that grows with the organization.

    Attributes:
        failed: failed findings that no exception covers.
        gaps: targets that were not, or not wholly, seen.
    """

    def __init__(self, control_ids: Iterable[str]) -> None:
        self._findings = {control: dict.fromkeys(Status, 0) for control in control_ids}
        self._services: Counter[str] = Counter(dict.fromkeys(CONTROLLERS, 0))
        self._targets = TargetTotals()
        self._covered: Counter[str] = Counter()
        self._gaps: set[str] = set()
        self._half_seen: set[str] = set()
        self._not_active = 0
        self.failed = 0
        self.gaps = 0

    def add(self, record: Record) -> None:
        """Count one record."""
        if record.services:
            self._services.update(record.services)
        for finding in record.findings:
            self._findings[finding.control_id][finding.status] += 1
            if finding.status is Status.FAILED and finding.exception is None:
                self.failed += 1
        self._add_coverage(record)

    def _add_coverage(self, record: Record) -> None:
        entry, targets = record.entry, self._targets
        if entry.status is CoverageStatus.ACCOUNT_NOT_ACTIVE:
            self._not_active += 1
        elif entry.status is CoverageStatus.REGION_NOT_ENABLED and not entry.is_gap:
            targets.not_enabled += 1
        elif entry.is_gap:
            targets.in_scope += record.targets
            targets.not_covered += record.targets
            self.gaps += record.targets
            self._gaps.add(entry.account_id)
            if entry.status is CoverageStatus.PARTLY_COVERED:
                targets.partly_covered += 1
                self._half_seen.add(entry.account_id)
        else:
            targets.in_scope += 1
            targets.covered += 1
            self._covered[entry.account_id] += 1

    @property
    def exit_status(self) -> int:
        """0, 1 (findings failed), 4 (coverage is incomplete) or 5 (both).

        A failed finding under a valid exception was accepted by its owner and does not count.
        """
        return (1 if self.failed else 0) + (4 if self.gaps else 0)

    def totals(
        self, *, listed: int, chosen: int, api_calls: Counter[str], throttled: int
    ) -> Totals:
        """The sums as the report has them.

        Args:
            listed: accounts that the organization has.
            chosen: accounts that the filters chose, active or not.
            api_calls: by `service:Operation`.
            throttled: answers that said to slow down.
        """
        partly = {a for a in self._gaps if self._covered[a] or a in self._half_seen}
        in_scope = chosen - self._not_active
        accounts = AccountTotals(
            listed=listed,
            in_scope=in_scope,
            covered=in_scope - len(self._gaps),
            partly_covered=len(partly),
            not_covered=len(self._gaps) - len(partly),
            not_active=self._not_active,
        )
        return Totals(
            accounts=accounts,
            targets=self._targets,
            services_by_controller=dict(self._services),
            findings={
                control: {status.value: count for status, count in by_status.items()}
                for control, by_status in self._findings.items()
            },
            api_calls=dict(sorted(api_calls.items())),
            throttled=throttled,
        )
