"""The book of one run: each entry is judged, journaled and counted as it comes."""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from orgscan.aws.tally import Latencies, Tally
from orgscan.journal.journal import Journal
from orgscan.journal.records import Begun, Central, Line, Opened, Record, Spent
from orgscan.journal.segment import Usage
from orgscan.journal.spool import Block
from orgscan.journal.totals import RunningTotals
from orgscan.model.coverage import CoverageEntry
from orgscan.model.evidence import Exchange
from orgscan.model.organization import RegionSource, RegionStatus
from orgscan.model.run import Metrics
from orgscan.model.swept import Swept
from orgscan.scan.judge import Judge
from orgscan.scan.metrics import latencies_of, spent_of
from orgscan.scan.progress import Progress

_SPENT_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Book:
    """`orgscan.sweep.ledger.Ledger` on a journal that may be an earlier process's.

    Attributes:
        earlier: what earlier processes asked of AWS for the same run.
        others: what other processes that work on the run have used, by process.
        region_sources: of how many accounts each source told the regions.
    """

    def __init__(
        self,
        journal: Journal,
        judge: Judge,
        totals: RunningTotals,
        tally: Tally,
        on_progress: Callable[[Progress], None],
        run_id: str,
    ) -> None:
        """Take what an entry goes through.

        Args:
            journal: where it is kept.
            judge: whose verdicts go with it.
            totals: the sums.
            tally: what this process asks of AWS.
            on_progress: called after each entry.
            run_id: for log lines.
        """
        self.progress = Progress(run_id=run_id)
        self.earlier = Tally()
        self.others: dict[str, Usage] = {}
        self.region_sources: Counter[RegionSource] = Counter()
        self._journal = journal
        self._judge = judge
        self._totals = totals
        self._tally = tally
        self._on_progress = on_progress
        self._run_id = run_id
        self._process = secrets.token_hex(4)
        self._spent_at = time.monotonic()
        self._regions: dict[str, tuple[RegionStatus, ...]] = {}
        self._known: set[tuple[str, str | None]] = set()

    def replay(self) -> None:
        """Take up what the journal holds of an earlier process.

        Raises:
            ReportError: the journal cannot be used.
        """
        spent: dict[str, Spent] = {}
        for line in self._journal.replay():
            match line:
                case Record():
                    self._count(line)
                case Opened():
                    self._regions[line.account_id] = line.regions
                    self._expect(line.regions)
                case Spent():
                    spent[line.process] = line
                case Begun() | Central():
                    pass
        self._known = self._journal.known()
        for line in spent.values():
            self.earlier.calls.update(line.api_calls)
            self.earlier.throttled += line.throttled
            self.earlier.retried += line.retried

    def regions_of(self, account_id: str) -> tuple[RegionStatus, ...] | None:
        """As `Ledger.regions_of`."""
        return self._regions.get(account_id)

    def has(self, account_id: str, region: str | None) -> bool:
        """As `Ledger.has`."""
        return (account_id, region) in self._known

    def central(self, exchanges: Sequence[Exchange]) -> None:
        """Note what was asked about the organization, before any account is."""
        if (block := self._spooled(exchanges)) is not None:
            self._journal.append(Central(evidence=block))

    def opened(
        self,
        account_id: str,
        regions: tuple[RegionStatus, ...],
        exchanges: Sequence[Exchange] = (),
    ) -> None:
        """As `Ledger.opened`."""
        block = self._spooled(exchanges)
        self._journal.append(Opened(account_id=account_id, regions=regions, evidence=block))
        self._expect(regions)

    def _spooled(self, exchanges: Sequence[Exchange]) -> Block | None:
        """Where exchanges lie from now on; before the line that names them is written."""
        spool = self._journal.spool
        return spool.append(exchanges) if spool is not None and exchanges else None

    def take(self, swept: Swept) -> None:
        """As `Ledger.take`."""
        record = self._judge.record(swept)
        if (block := self._spooled(swept.exchanges)) is not None:
            record = replace(record, evidence=block)
        self._journal.append(record)
        self._count(record)
        self._say(record.entry)
        now = time.monotonic()
        if now - self._spent_at >= _SPENT_SECONDS:
            self._spent_at = now
            self.note_spent()
        self._tell()

    def absorb(self, parts: Iterable[tuple[Line, bytes]]) -> None:
        """Take what was swept elsewhere, as if it had been swept here.

        Args:
            parts: lines of another journal, each with its evidence.
        """
        spool = self._journal.spool
        for line, evidence in parts:
            block = spool.append_raw(evidence) if spool is not None and evidence else None
            match line:
                case Record():
                    self._journal.append(replace(line, evidence=block))
                    self._count(line)
                    self._say(line.entry)
                case Opened():
                    self._journal.append(replace(line, evidence=block))
                    self._expect(line.regions)
                case Central() if block is not None:
                    self._journal.append(Central(evidence=block))
                case _:
                    pass  # how another journal began, and what was spent on it
        self._tell()

    def used(self, usage: Usage) -> None:
        """Note what another process has used so far."""
        self.others[usage.spent.process] = usage
        self._journal.append(usage.spent)

    def _tell(self) -> None:
        progress = self.progress
        progress.failed, progress.gaps = self._totals.failed, self._totals.gaps
        progress.api_calls, progress.throttled = self._tally.calls.total(), self._tally.throttled
        for usage in self.others.values():
            progress.api_calls += sum(usage.spent.api_calls.values())
            progress.throttled += usage.spent.throttled
        self._on_progress(progress)

    def _say(self, entry: CoverageEntry) -> None:
        level = logging.INFO if entry.is_gap else logging.DEBUG
        if not _log.isEnabledFor(level):
            return
        place = f"{entry.account_id} {entry.region or 'as a whole'}"
        _log.log(
            level,
            f"{place}: {entry.status}{': ' if entry.reason else ''}{entry.reason}",
            extra={
                "run_id": self._run_id,
                "account_id": entry.account_id,
                "region": entry.region,
                "status": entry.status,
                "api": entry.api,
                "error_code": entry.error_code,
            },
        )

    def note_spent(self) -> None:
        """Journal what this process has asked of AWS so far."""
        self._journal.append(spent_of(self._process, self._tally))

    def everywhere(self) -> Tally:
        """What all processes that worked on the run asked of AWS."""
        every = Tally()
        every.merge(self._tally)
        every.merge(self.earlier)
        for usage in self.others.values():
            every.merge(_tally_of(usage))
        return every

    def usage(self, metrics: Metrics | None) -> Usage:
        """What all processes used that worked on the run, as those of one."""
        every = self.everywhere()
        return Usage(
            spent=spent_of(self._process, every),
            latencies=latencies_of(every),
            cpu_seconds=metrics.cpu_seconds if metrics else 0.0,
            peak_rss_mib=metrics.peak_rss_mib if metrics else 0.0,
        )

    def central_refusals(self) -> list[str]:
        """Why other processes were not told accounts' regions centrally; empty where they were."""
        return [usage.central_refusal for usage in self.others.values()]

    def _expect(self, regions: tuple[RegionStatus, ...]) -> None:
        self.region_sources.update({region.source for region in regions})
        self.progress.opened += 1
        self.progress.expected += len(regions)

    def _count(self, record: Record) -> None:
        self._totals.add(record)
        self.progress.targets += record.targets
        if record.entry.region is None:
            self.progress.opened += 1
            self.progress.expected += record.targets


def _tally_of(usage: Usage) -> Tally:
    tally = Tally()
    tally.calls.update(usage.spent.api_calls)
    tally.throttled, tally.retried = usage.spent.throttled, usage.spent.retried
    for api, counts in usage.latencies.items():
        tally.latencies[api] = Latencies()
        tally.latencies[api].merge(counts)
    return tally
