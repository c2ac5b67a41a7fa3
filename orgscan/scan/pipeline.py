"""One scan: each step in its order, from the caller's credentials to the run's directory."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from orgscan import __version__
from orgscan.aws.engine import Limits
from orgscan.aws.entrance import Entrance, entrance
from orgscan.collect import load_balancers
from orgscan.collect.launchers.registry import COLLECTORS, collectors_named
from orgscan.config.allowlist import Allowlist
from orgscan.config.settings import Settings
from orgscan.controls.registry import controls_for
from orgscan.delivery.deliver import check_destinations
from orgscan.journal.finished import FinishedRun
from orgscan.journal.journal import Journal, first_line
from orgscan.journal.records import Begun
from orgscan.journal.run_directory import RunDirectory, broken_off
from orgscan.journal.spool import Spool
from orgscan.journal.totals import RunningTotals
from orgscan.model.organization import Account, Organization, RegionSource
from orgscan.model.run import Caller, OrganizationRef, Run, Scope, Tool
from orgscan.organization.accounts import read_organization
from orgscan.organization.regions import RegionReader
from orgscan.organization.select import require_regions, select_accounts
from orgscan.remediation.outcome import read_outcome
from orgscan.report.text import summary_lines
from orgscan.scan.basis import basis_of, require_same_basis
from orgscan.scan.book import Book
from orgscan.scan.catalogue import catalogue
from orgscan.scan.evidence import Seals, local_signer, seals_of, write_evidence
from orgscan.scan.judge import Judge
from orgscan.scan.metrics import measured
from orgscan.scan.progress import Progress
from orgscan.scan.reports import write_reports
from orgscan.sweep.stop import Stop
from orgscan.sweep.sweep import Sweep, SweepOptions

_log = logging.getLogger(__name__)


class ScanResult(msgspec.Struct, frozen=True, kw_only=True):
    """A finished scan.

    Attributes:
        directory: the run's directory, under its final name.
        reports: the files in it.
        evidence: the bundle beside them; None where none was wanted.
        summary: lines for a person.
        exit_status: as `orgscan scan` exits.
    """

    directory: Path
    reports: tuple[Path, ...]
    evidence: Path | None
    summary: tuple[str, ...]
    exit_status: int


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be scanned, and how.

    Attributes:
        allowlist: whose exceptions are shown beside findings.
        on_progress: called after each account-region.
        resume: the id of a run that broke off, or `newest`; None begins a new one.
        limits: how patient to be with AWS.
    """

    settings: Settings
    allowlist: Allowlist | None = None
    on_progress: Callable[[Progress], None] = lambda _: None
    resume: str | None = None
    limits: Limits = Limits()


async def scan(request: Request, stop: Stop) -> ScanResult:
    """Sweep the organization that the caller's credentials lead to, judge it, and report.

    Args:
        request: what is to be scanned.
        stop: ends the sweep early; the report then says what was not reached.

    Raises:
        OrgscanError: something that a person has to mend before anything can be swept, or a disk
            that does not take the run.
    """
    local = local_signer(request.settings)
    with _directory(request) as directory:
        async with entrance(request.settings, request.limits) as way_in:
            seals = await seals_of(request.settings, way_in, local)
            await check_destinations(way_in, request.settings)
            with _journal(request, way_in, directory) as (journal, begun):
                one = _Scan(request, way_in, journal, begun)
                await one.sweep(stop)
                record = one.finished(stop)
                names = write_reports(request.settings.format, record, directory)
                bundle = await one.write_evidence(record, directory, seals)
                summary = tuple(summary_lines(record))
        directory.finish()
    return ScanResult(
        directory=directory.final,
        reports=tuple(directory.final / name for name in names),
        evidence=directory.final / bundle if bundle else None,
        summary=summary,
        exit_status=record.run.exit_status,
    )


@contextmanager
def _directory(request: Request) -> Iterator[RunDirectory]:
    """The run's directory; what breaks off before anything was seen leaves nothing behind."""
    output = request.settings.output
    if request.resume is not None:
        yield broken_off(output, request.resume)
        return
    moment = dt.datetime.now(dt.UTC)
    directory = RunDirectory(output, f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}")
    directory.create()
    try:
        yield directory
    except BaseException:
        if directory.journal.exists():
            _log.warning("What was swept is kept: orgscan scan --resume %s", directory.run_id)
        raise
    finally:
        if not directory.journal.exists():
            directory.discard()


@contextmanager
def _journal(
    request: Request, way_in: Entrance, directory: RunDirectory
) -> Iterator[tuple[Journal, Begun]]:
    basis = basis_of(request.settings, request.allowlist, way_in)
    if request.resume is not None:
        begun = first_line(directory.journal)
        require_same_basis(begun, basis)
        with Journal.reopen(directory.journal) as journal, _spooled(request, directory, journal):
            yield journal, begun
        return
    begun = Begun(run_id=directory.run_id, started_at=_stamp(dt.datetime.now(dt.UTC)), basis=basis)
    with (
        Journal.create(directory.journal, begun) as journal,
        _spooled(request, directory, journal),
    ):
        try:
            yield journal, begun
        finally:
            if not len(journal):
                directory.journal.unlink()


@contextmanager
def _spooled(request: Request, directory: RunDirectory, journal: Journal) -> Iterator[None]:
    """While this lasts, the journal's evidence has a place, if it is wanted."""
    if not request.settings.evidence:
        yield
        return
    with Spool(directory.spool) as journal.spool:
        yield


class _Scan:
    """One scan under way: the steps with what they share."""

    def __init__(self, request: Request, way_in: Entrance, journal: Journal, begun: Begun) -> None:
        self._request = request
        self._settings = request.settings
        self._way_in = way_in
        self._journal = journal
        self._begun = begun
        self._began = time.monotonic()
        self._allowlist_text = _text_of(request)
        self._remediations = tuple(map(read_outcome, request.settings.remediation))
        self._today = dt.datetime.fromisoformat(begun.started_at).date()
        self._controls = controls_for(request.settings.collect)
        self._collectors = collectors_named(request.settings.collect)
        self._totals = RunningTotals(control.entry.id for control in self._controls)
        self._reader = RegionReader(way_in.caller, way_in.identity.account)
        self._organization = Organization(id="", management_account_id="", accounts=())
        self._accounts: tuple[Account, ...] = ()
        self._book = Book(
            journal,
            Judge(self._controls, request.allowlist, self._today, self._settings.owner_tags),
            self._totals,
            way_in.engine.tally,
            request.on_progress,
            begun.run_id,
        )

    async def sweep(self, stop: Stop) -> None:
        """Organization → targets → sweep → controls, each target journaled as it completes."""
        settings, way_in = self._settings, self._way_in
        if self._request.resume is not None:
            self._book.replay()
        scope = self._scope()
        require_regions(scope.region, way_in.known_regions)
        self._organization = await read_organization(way_in.caller)
        self._accounts = await select_accounts(way_in.caller, self._organization, scope)
        self._book.progress.accounts = len(self._accounts)
        self._book.central(way_in.kept.drain())
        sweep = Sweep(
            way_in.engine,
            SweepOptions(
                concurrency=settings.concurrency,
                regions=settings.region,
                known_regions=way_in.known_regions,
                corroborate=settings.corroborate_task_sets,
                collectors=self._collectors,
                load_balancers=load_balancers.NAME in settings.collect,
                evidence=settings.evidence,
            ),
            home_region=way_in.home_region,
            reader=self._reader,
            source_of=way_in.sources(settings, f"orgscan-{self._begun.run_id}"),
            stop=stop,
        )
        stop.sweep_begins()
        extra = {"run_id": self._begun.run_id}
        _log.info(f"Sweeping {len(self._accounts)} accounts", extra=extra)
        await sweep.run(self._accounts, self._book)
        self._book.note_spent()
        _log.info(f"Swept {self._book.progress.targets} account-regions", extra=extra)

    def finished(self, stop: Stop) -> FinishedRun:
        """The run as the report formats read it."""
        tally, earlier = self._way_in.engine.tally, self._book.earlier
        return FinishedRun(
            run=self._run(stop),
            totals=self._totals.totals(
                listed=len(self._organization.accounts),
                chosen=len(self._accounts),
                api_calls=self._book.api_calls(),
                throttled=tally.throttled + earlier.throttled,
            ),
            metrics=measured(
                tally,
                seconds=time.monotonic() - self._began,
                earlier_retries=earlier.retried,
            ),
            controls=catalogue(self._controls, self._settings.mappings),
            journal=self._journal,
        )

    async def write_evidence(
        self, record: FinishedRun, directory: RunDirectory, seals: Seals
    ) -> str | None:
        """The bundle of everything that the run rests on; gives its name, if it is wanted."""
        if self._journal.spool is None:
            return None
        return await write_evidence(
            record,
            self._journal.spool,
            directory,
            self._settings,
            allowlist=self._allowlist_text,
            seals=seals,
        )

    def _run(self, stop: Stop) -> Run:
        way_in = self._way_in
        return Run(
            id=self._begun.run_id,
            started_at=self._begun.started_at,
            finished_at=_stamp(dt.datetime.now(dt.UTC)),
            tool=Tool("orgscan", __version__),
            caller=Caller(way_in.identity.account, way_in.identity.arn),
            partition=way_in.partition,
            organization=OrganizationRef(
                self._organization.id, self._organization.management_account_id
            ),
            scope=self._scope(),
            exit_status=self._totals.exit_status,
            notes=tuple(self._notes(stop)),
            remediations=self._remediations,
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

    def _notes(self, stop: Stop) -> Iterator[str]:
        if stop.reason:
            yield f"The run was stopped before its end: {stop.reason}"
        if self._request.resume is not None:
            yield "The run broke off and was resumed; what had been journaled was not asked again"
        if self._journal.torn:
            yield "The journal's last record was torn and dropped; its target was asked again"
        if self._reader.central_refusal:
            yield f"Regions were not told centrally: {self._reader.central_refusal}"
        for source in (RegionSource.EC2_API, RegionSource.BOTOCORE):
            if accounts := self._book.region_sources[source]:
                yield f"The regions of {accounts} accounts are those of {source}"
        yield from self._notes_on_settings()
        allowlist = self._request.allowlist
        for entry in allowlist.expired(self._today) if allowlist else ():
            yield f"Allowlist entry {entry.id!r} expired on {entry.expires} and excuses nothing"

    def _notes_on_settings(self) -> Iterator[str]:
        if not self._settings.corroborate_task_sets:
            yield "Task sets were not asked for by id (corroborate_task_sets: false)"
        if self._collectors and self._collectors != COLLECTORS:
            asked = ", ".join(collector.name for collector in self._collectors)
            yield f"Of what starts tasks only a part was asked for (collect: {asked})"
        if not self._settings.session_policy:
            yield "Sessions were not cut down to reading (session_policy: false)"


def _text_of(request: Request) -> bytes | None:
    """The allowlist as it was written, for the evidence."""
    path = request.settings.allowlist
    return path.read_bytes() if request.allowlist is not None and path is not None else None


def _stamp(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
