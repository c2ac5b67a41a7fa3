"""One scan: each step in its order, from the caller's credentials to the run's directory."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from orgscan import __version__
from orgscan.aws.engine import Limits
from orgscan.aws.entrance import Entrance, entrance
from orgscan.config.allowlist import Allowlist
from orgscan.config.plain import settings_as_json
from orgscan.config.settings import Settings
from orgscan.controls.registry import controls_for
from orgscan.delivery.deliver import check_destinations
from orgscan.delivery.run_lock import bucket_held
from orgscan.journal.finished import FinishedRun
from orgscan.journal.journal import Journal
from orgscan.journal.records import Begun
from orgscan.journal.run_directory import RunDirectory
from orgscan.journal.totals import RunningTotals
from orgscan.model.organization import Account, Organization
from orgscan.model.run import Caller, OrganizationRef, Run, RunRecord, Tool, Totals
from orgscan.organization.accounts import read_organization
from orgscan.organization.regions import RegionReader
from orgscan.organization.select import require_regions, scope_of, select_accounts
from orgscan.remediation.outcome import read_outcome
from orgscan.report.text import summary_lines
from orgscan.scan.basis import basis_of
from orgscan.scan.book import Book
from orgscan.scan.catalogue import catalogue
from orgscan.scan.evidence import Seals, local_signer, seals_of, write_evidence
from orgscan.scan.executors.choose import Surroundings, check_executor, executor
from orgscan.scan.executors.in_process import InProcess
from orgscan.scan.executors.messages import order_of
from orgscan.scan.heartbeat import heartbeat
from orgscan.scan.history import keep_run, take_history
from orgscan.scan.metrics import measured
from orgscan.scan.notes import Circumstances, notes
from orgscan.scan.past import with_past
from orgscan.scan.progress import Progress
from orgscan.scan.reports import write_reports
from orgscan.scan.retention import remove_old_runs
from orgscan.scan.shard import Shard, shard_of, unsealed
from orgscan.scan.shard_file import ShardFile, digest_of, write_shard
from orgscan.scan.sweeping import judge_of, sweep_of
from orgscan.scan.under_way import directory_of, journal_of, stamp
from orgscan.sweep.listing import Listing
from orgscan.sweep.stop import Stop

_log = logging.getLogger(__name__)


class ScanResult(msgspec.Struct, frozen=True, kw_only=True):
    """A finished scan.

    Attributes:
        directory: the run's directory, under its final name.
        reports: the files in it.
        evidence: the bundle beside them; None where none was wanted.
        summary: lines for a person.
        removed: the ids of old runs that were not to be kept.
        run: who scanned what.
        totals: its sums.
        is_sound: whether the sweep came to its own end, and saw something.
        exit_status: as `orgscan scan` exits.
        is_shard: whether it is a part, for `orgscan merge`, and no report.
    """

    directory: Path
    reports: tuple[Path, ...]
    evidence: Path | None
    summary: tuple[str, ...]
    run: Run
    totals: Totals
    is_sound: bool
    exit_status: int
    is_shard: bool = False
    removed: tuple[str, ...] = ()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be scanned, and how.

    Attributes:
        allowlist: whose exceptions are shown beside findings.
        allowlist_text: as it was written, for the evidence.
        on_progress: called after each account-region.
        on_beat: called each `heartbeat_seconds` of a sweep, whether or not anything was swept.
        resume: the id of a run that broke off, or `newest`; None begins a new one.
        limits: how patient to be with AWS.
    """

    settings: Settings
    allowlist: Allowlist | None = None
    allowlist_text: bytes | None = None
    on_progress: Callable[[Progress], None] = lambda _: None
    on_beat: Callable[[Progress], None] = lambda _: None
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
    check_executor(request.settings)
    if (shard := shard_of(request.settings, os.environ)) is not None:
        request = replace(request, settings=unsealed(request.settings))
    with directory_of(request.settings, request.resume) as directory:
        written = await _written(request, stop, shard, directory)
        directory.finish(newest=shard is None)
        if shard is None:
            await keep_run(request.settings, directory.final, request.limits)
        removed = remove_old_runs(request.settings, dt.datetime.now(dt.UTC))
    run, totals, bundle = written.run, written.totals, written.bundle
    return ScanResult(
        directory=directory.final,
        reports=tuple(directory.final / name for name in written.names),
        evidence=directory.final / bundle if bundle else None,
        summary=written.summary,
        removed=removed,
        run=run,
        totals=totals,
        is_sound=not stop.reason and totals.targets.covered > 0,
        exit_status=run.exit_status,
        is_shard=shard is not None,
    )


class _Written(msgspec.Struct, frozen=True):
    """What a sweep came to, and the names of the files that say so."""

    run: Run
    totals: Totals
    summary: tuple[str, ...]
    names: tuple[str, ...]
    bundle: str | None


async def _written(
    request: Request, stop: Stop, shard: Shard | None, directory: RunDirectory
) -> _Written:
    """Sweep, and write into the run's directory."""
    settings = request.settings
    local = local_signer(settings)
    async with (
        entrance(settings, request.limits) as way_in,
        bucket_held(way_in, settings, directory.run_id),
    ):
        seals = await seals_of(settings, way_in, local)
        await check_destinations(way_in, settings)
        basis = basis_of(settings, request.allowlist, way_in, shard)
        resumed = request.resume is not None
        with journal_of(directory, basis, evidence=settings.evidence, resumed=resumed) as (
            journal,
            begun,
        ):
            one = _Scan(request, way_in, journal, begun, shard)
            await one.sweep(stop)
            record = one.finished(stop)
            summary, bundle = tuple(summary_lines(record)), None
            if shard is None:
                names, bundle = await one.write(record, directory, seals)
            else:
                # Last of all, since the journal has another name from then on.
                names = (one.write_shard(record, directory, shard),)
                summary = shard.summary(summary)
    return _Written(record.run, record.totals, summary, names, bundle)


class _Scan:
    """One scan under way: the steps with what they share."""

    def __init__(
        self,
        request: Request,
        way_in: Entrance,
        journal: Journal,
        begun: Begun,
        shard: Shard | None,
    ) -> None:
        self._request = request
        self._shard = shard
        self._settings = request.settings
        self._way_in = way_in
        self._journal = journal
        self._begun = begun
        self._began = time.monotonic()
        self._remediations = tuple(map(read_outcome, request.settings.remediation))
        self._today = dt.datetime.fromisoformat(begun.started_at).date()
        self._controls = controls_for(request.settings.collect)
        self._totals = RunningTotals(control.entry.id for control in self._controls)
        self._reader = RegionReader(way_in.caller, way_in.identity.account)
        self._organization = Organization(id="", management_account_id="", accounts=())
        self._accounts: tuple[Account, ...] = ()
        self._book = Book(
            journal,
            judge_of(self._settings, request.allowlist, self._today),
            self._totals,
            way_in.engine.tally,
            request.on_progress,
            begun.run_id,
        )

    async def sweep(self, stop: Stop) -> None:
        """Organization → targets → sweep → controls, each target journaled as it completes.

        The sweep begins with the first accounts, while AWS lists the others.
        """
        if self._request.resume is not None:
            self._book.replay()
        require_regions(scope_of(self._settings).region, self._way_in.known_regions)
        self._way_in.share_among(self._shards)
        seconds, tell = self._settings.heartbeat_seconds, self._request.on_beat
        listing = Listing()
        _log.info("Listing accounts, and sweeping from the first on")
        async with (
            executor(self._surroundings(stop)) as one,
            heartbeat(seconds, self._book.progress, tell),
            asyncio.TaskGroup() as both,
        ):
            both.create_task(self._list(listing, stop))
            await one.run(listing, self._book)
            self._book.note_spent()
            _log.info(f"Swept {self._book.progress.targets} account-regions")

    async def _list(self, listing: Listing, stop: Stop) -> None:
        """List the accounts of the scope; until that is done, a stop leaves nothing to report."""
        caller, progress, scope = self._way_in.caller, self._book.progress, scope_of(self._settings)

        def told(accounts: Sequence[Account]) -> None:
            chosen = self._shard.of(accounts) if self._shard else accounts
            progress.accounts += len(chosen)
            listing.add(chosen)

        # A filter may match nothing, which only the whole list can tell.
        at_once = not scope.chooses_accounts
        reading = read_organization(caller, told) if at_once else read_organization(caller)
        self._organization = await reading
        chosen = await select_accounts(caller, self._organization, scope)
        if not at_once:
            told(chosen)
        self._accounts = self._shard.of(chosen) if self._shard else chosen
        progress.organization_id = self._organization.id
        progress.is_listed = True
        self._book.central(self._way_in.kept.drain())
        stop.accounts_are_listed()
        _log.info(f"All {len(self._accounts)} accounts of the scope are listed")
        listing.end()

    @property
    def _shards(self) -> int:
        """Runs that draw on the caller's quotas at the same time, this one included."""
        return self._shard.count if self._shard else 1

    def _surroundings(self, stop: Stop) -> Surroundings:
        settings, way_in, run_id = self._settings, self._way_in, self._begun.run_id
        return Surroundings(
            settings=settings,
            way_in=way_in,
            here=InProcess(sweep_of(settings, way_in, self._reader, run_id=run_id, stop=stop)),
            order=lambda with_profile: order_of(
                settings,
                self._request.allowlist,
                run_id=run_id,
                caller_account=way_in.identity.account,
                home_region=way_in.home_region,
                today=self._today,
                limits=self._request.limits,
                with_profile=with_profile,
            ),
            stop=stop,
            shards=self._shards,
        )

    def finished(self, stop: Stop) -> FinishedRun:
        """The run as the report formats read it."""
        every, others = self._book.everywhere(), self._book.others.values()
        return FinishedRun(
            run=self._run(stop),
            totals=self._totals.totals(
                listed=len(self._organization.accounts),
                chosen=len(self._accounts),
                api_calls=every.calls,
                throttled=every.throttled,
            ),
            metrics=measured(every, seconds=time.monotonic() - self._began, others=others),
            controls=catalogue(self._controls, self._settings.mappings),
            journal=self._journal,
        )

    async def write(
        self, record: RunRecord, directory: RunDirectory, seals: Seals
    ) -> tuple[tuple[str, ...], str | None]:
        """The reports and the bundle, with what earlier runs say; gives their names."""
        await take_history(self._settings, self._way_in)
        with with_past(record, self._settings) as told:
            names = write_reports(self._settings.format, told, directory)
            return names, await self._write_evidence(told, directory, seals)

    async def _write_evidence(
        self, record: RunRecord, directory: RunDirectory, seals: Seals
    ) -> str | None:
        """The bundle of everything that the run rests on; gives its name, if it is wanted."""
        if self._journal.spool is None:
            return None
        return await write_evidence(
            record,
            self._journal.spool,
            directory,
            self._settings,
            allowlist=self._request.allowlist_text,
            seals=seals,
        )

    def write_shard(self, record: FinishedRun, directory: RunDirectory, shard: Shard) -> str:
        """Everything that `orgscan merge` needs of this shard; gives shard.json's name."""
        metrics = record.metrics
        return write_shard(
            directory,
            self._journal,
            ShardFile(
                shard=shard,
                run=record.run,
                basis=self._begun.basis,
                settings=settings_as_json(self._settings),
                allowlist=self._request.allowlist_text,
                listed=len(self._organization.accounts),
                listed_sha256=digest_of(self._organization.accounts),
                chosen=len(self._accounts),
                usage=self._book.usage(metrics),
                seconds=metrics.seconds if metrics else 0.0,
            ),
        )

    def _run(self, stop: Stop) -> Run:
        way_in = self._way_in
        return Run(
            id=self._begun.run_id,
            started_at=self._begun.started_at,
            finished_at=stamp(dt.datetime.now(dt.UTC)),
            tool=Tool("orgscan", __version__),
            caller=Caller(way_in.identity.account, way_in.identity.arn),
            partition=way_in.partition,
            organization=OrganizationRef(
                self._organization.id, self._organization.management_account_id
            ),
            scope=scope_of(self._settings),
            exit_status=self._totals.exit_status,
            notes=tuple(self._notes(stop)),
            remediations=self._remediations,
        )

    def _notes(self, stop: Stop) -> Iterator[str]:
        how = Circumstances(
            surroundings=tuple(self._way_in.notes),
            stopped=stop.reason,
            resumed=self._request.resume is not None,
            torn=self._journal.torn,
            central_refusal=self._reader.central_refusal,
        )
        return notes(how, self._book, self._settings, self._request.allowlist, self._today)
