"""The pipeline: composes the steps, and decides nothing itself.

config → organization → targets → sweep → controls → findings → reports
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from orgscan import __version__
from orgscan.aws.engine import Limits
from orgscan.aws.entrance import Entrance, entrance
from orgscan.config.allowlist import Allowlist
from orgscan.config.settings import Settings
from orgscan.controls.registry import CONTROLS
from orgscan.errors import ReportError
from orgscan.journal.finished import FinishedRun
from orgscan.journal.journal import Journal
from orgscan.journal.run_directory import RunDirectory, run_directory
from orgscan.journal.totals import RunningTotals
from orgscan.judge import Judge
from orgscan.model.organization import Account, Organization
from orgscan.model.run import Caller, OrganizationRef, Run, Scope, Tool
from orgscan.model.swept import Swept
from orgscan.organization.accounts import read_organization
from orgscan.organization.regions import RegionReader
from orgscan.organization.select import require_regions, select_accounts
from orgscan.report.registry import format_named
from orgscan.report.text import summary_lines
from orgscan.sweep.sweep import Sweep, SweepOptions


class Progress(msgspec.Struct):
    """How far a scan is; one object, changed as the scan goes."""

    accounts: int = 0
    targets: int = 0
    failed: int = 0
    gaps: int = 0
    api_calls: int = 0
    throttled: int = 0


class ScanResult(msgspec.Struct, frozen=True, kw_only=True):
    """A finished scan.

    Attributes:
        directory: the run's directory, under its final name.
        reports: the files in it.
        summary: lines for a person.
        exit_status: as `orgscan scan` exits.
    """

    directory: Path
    reports: tuple[Path, ...]
    summary: tuple[str, ...]
    exit_status: int


async def scan(
    settings: Settings,
    allowlist: Allowlist | None,
    on_progress: Callable[[Progress], None],
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> ScanResult:
    """Sweep the organization that the caller's credentials lead to, judge it, and report.

    Args:
        settings: the scope, the role, and where to write.
        allowlist: whose exceptions are shown beside findings.
        on_progress: called after each target.
        limits: how patient to be with AWS.

    Raises:
        OrgscanError: something that a person has to mend before anything can be swept, or a disk
            that does not take the run.
    """
    started = dt.datetime.now(dt.UTC)
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    with run_directory(settings.output, run_id) as directory, Journal(directory.journal) as journal:
        async with entrance(settings, limits) as way_in:
            one = _Scan(settings, allowlist, way_in, journal, run_id, started)
            await one.sweep(on_progress)
        record = one.finished()
        reports = _write_reports(settings.format, record, directory)
        summary = tuple(summary_lines(record))
        directory.finish()
    return ScanResult(
        directory=directory.final,
        reports=tuple(directory.final / name for name in reports),
        summary=summary,
        exit_status=record.run.exit_status,
    )


class _Scan:
    """One scan under way: the steps with what they share."""

    def __init__(
        self,
        settings: Settings,
        allowlist: Allowlist | None,
        way_in: Entrance,
        journal: Journal,
        run_id: str,
        started: dt.datetime,
    ) -> None:
        self._settings = settings
        self._allowlist = allowlist
        self._way_in = way_in
        self._journal = journal
        self._run_id = run_id
        self._started = started
        self._judge = Judge(CONTROLS, allowlist, started.date())
        self._totals = RunningTotals(control.entry.id for control in CONTROLS)
        self._reader = RegionReader(way_in.caller, way_in.identity.account)
        self._organization = Organization(id="", management_account_id="", accounts=())
        self._accounts: tuple[Account, ...] = ()

    async def sweep(self, on_progress: Callable[[Progress], None]) -> None:
        """Organization → targets → sweep → controls, each target journaled as it completes."""
        settings, way_in = self._settings, self._way_in
        scope = self._scope()
        require_regions(scope.region, way_in.known_regions)
        self._organization = await read_organization(way_in.caller)
        self._accounts = await select_accounts(way_in.caller, self._organization, scope)
        sweep = Sweep(
            way_in.engine,
            SweepOptions(
                concurrency=settings.concurrency,
                regions=settings.region,
                known_regions=way_in.known_regions,
                corroborate=settings.corroborate_task_sets,
            ),
            home_region=way_in.home_region,
            reader=self._reader,
            source_of=way_in.sources(settings, f"orgscan-{self._run_id}"),
        )
        await sweep.run(self._accounts, self._taker(on_progress))

    def _taker(self, on_progress: Callable[[Progress], None]) -> Callable[[Swept], None]:
        progress = Progress(accounts=len(self._accounts))
        tally = self._way_in.engine.tally

        def take(swept: Swept) -> None:
            record = self._judge.record(swept)
            self._journal.append(record)
            self._totals.add(record)
            progress.targets += record.targets
            progress.failed, progress.gaps = self._totals.failed, self._totals.gaps
            progress.api_calls, progress.throttled = tally.calls.total(), tally.throttled
            on_progress(progress)

        return take

    def finished(self) -> FinishedRun:
        """The run as the report formats read it."""
        tally = self._way_in.engine.tally
        return FinishedRun(
            run=self._run(),
            totals=self._totals.totals(
                listed=len(self._organization.accounts),
                chosen=len(self._accounts),
                api_calls=tally.calls,
                throttled=tally.throttled,
            ),
            controls=tuple(control.entry for control in CONTROLS),
            journal=self._journal,
        )

    def _run(self) -> Run:
        way_in = self._way_in
        return Run(
            id=self._run_id,
            started_at=_stamp(self._started),
            finished_at=_stamp(dt.datetime.now(dt.UTC)),
            tool=Tool("orgscan", __version__),
            caller=Caller(way_in.identity.account, way_in.identity.arn),
            partition=way_in.partition,
            organization=OrganizationRef(
                self._organization.id, self._organization.management_account_id
            ),
            scope=self._scope(),
            exit_status=self._totals.exit_status,
            notes=tuple(self._notes()),
        )

    def _scope(self) -> Scope:
        settings = self._settings
        return Scope(
            account=settings.account,
            exclude_account=settings.exclude_account,
            ou=settings.ou,
            tag=settings.tag,
            region=settings.region,
            role_name=settings.role_name,
        )

    def _notes(self) -> Iterator[str]:
        if self._reader.central_refusal:
            yield (
                "Enabled regions were read in each account, since the organization would not tell: "
                f"{self._reader.central_refusal}"
            )
        if not self._settings.corroborate_task_sets:
            yield "Task sets were not asked for by id (corroborate_task_sets: false)"
        if not self._settings.session_policy:
            yield "Sessions were not cut down to reading (session_policy: false)"
        for entry in self._allowlist.expired(self._started.date()) if self._allowlist else ():
            yield f"Allowlist entry {entry.id!r} expired on {entry.expires} and excuses nothing"


def _write_reports(
    formats: Sequence[str], record: FinishedRun, directory: RunDirectory
) -> list[str]:
    """Write each format and return the files' names.

    Raises:
        ReportError: the disk does not take one.
    """
    written = []
    for report in map(format_named, formats):
        path = directory.path / report.filename
        try:
            with path.open("wb") as out:
                report.write(record, out)
        except OSError as error:
            raise ReportError(
                f"the {report.name} report cannot be written: {error.strerror or error}",
                where=str(path),
                mend="Free some space or name another directory with --output",
            ) from None
        written.append(report.filename)
    return written


def _stamp(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
