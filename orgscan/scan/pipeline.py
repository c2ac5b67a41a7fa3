"""One scan: each step in its order, from the caller's credentials to the run's directory."""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import msgspec
from msgspec.structs import replace

from orgscan import __version__
from orgscan.aws.engine import Limits
from orgscan.aws.entrance import Entrance, entrance
from orgscan.collect.launchers.registry import COLLECTORS, collectors_named
from orgscan.config.allowlist import Allowlist
from orgscan.config.plain import settings_as_json
from orgscan.config.settings import Settings
from orgscan.controls.registry import controls_for
from orgscan.delivery.deliver import check_destinations
from orgscan.delivery.run_lock import bucket_held
from orgscan.journal.finished import FinishedRun
from orgscan.journal.journal import Journal, first_line
from orgscan.journal.output_lock import output_held
from orgscan.journal.records import Begun
from orgscan.journal.run_directory import RunDirectory, broken_off
from orgscan.journal.spool import Spool
from orgscan.journal.totals import RunningTotals
from orgscan.log_context import about_run
from orgscan.model.organization import Account, Organization, RegionSource
from orgscan.model.run import Caller, OrganizationRef, Run, RunRecord, Scope, Tool, Totals
from orgscan.organization.accounts import read_organization
from orgscan.organization.regions import RegionReader
from orgscan.organization.select import require_regions, select_accounts
from orgscan.remediation.outcome import read_outcome
from orgscan.report.text import summary_lines
from orgscan.scan.basis import basis_of, require_same_basis
from orgscan.scan.book import Book
from orgscan.scan.catalogue import catalogue
from orgscan.scan.evidence import Seals, local_signer, seals_of, write_evidence
from orgscan.scan.executors.choose import Surroundings, check_executor, executor
from orgscan.scan.executors.in_process import InProcess
from orgscan.scan.executors.messages import order_of
from orgscan.scan.heartbeat import heartbeat
from orgscan.scan.history import keep_run, take_history
from orgscan.scan.metrics import measured
from orgscan.scan.past import with_past
from orgscan.scan.progress import Progress
from orgscan.scan.reports import write_reports
from orgscan.scan.retention import remove_old_runs
from orgscan.scan.shard import Shard, shard_of
from orgscan.scan.shard_file import ShardFile, digest_of, write_shard
from orgscan.scan.sweeping import judge_of, sweep_of
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
        request = _unsealed(request)
    local = local_signer(request.settings)
    with _directory(request) as directory:
        async with (
            entrance(request.settings, request.limits) as way_in,
            bucket_held(way_in, request.settings, directory.run_id),
        ):
            seals = await seals_of(request.settings, way_in, local)
            await check_destinations(way_in, request.settings)
            with _journal(request, way_in, directory, shard) as (journal, begun):
                one = _Scan(request, way_in, journal, begun, shard)
                await one.sweep(stop)
                record = one.finished(stop)
                summary, bundle = tuple(summary_lines(record)), None
                if shard is None:
                    names, bundle = await one.write(record, directory, seals)
                else:
                    # Last of all, since the journal has another name from then on.
                    names = (one.write_shard(record, directory, shard),)
                    summary = _of_a_shard(shard, summary)
        directory.finish(newest=shard is None)
        if shard is None:
            await keep_run(request.settings, directory.final, request.limits)
        removed = remove_old_runs(request.settings, dt.datetime.now(dt.UTC))
    return ScanResult(
        directory=directory.final,
        reports=tuple(directory.final / name for name in names),
        evidence=directory.final / bundle if bundle else None,
        summary=summary,
        removed=removed,
        run=record.run,
        totals=record.totals,
        is_sound=not stop.reason and record.totals.targets.covered > 0,
        exit_status=record.run.exit_status,
        is_shard=shard is not None,
    )


def _of_a_shard(shard: Shard, summary: tuple[str, ...]) -> tuple[str, ...]:
    """The summary of a part: there is no report yet that one could open."""
    following = f"Next: orgscan merge, with all {shard.count} shards of {shard.group}"
    return (f"Shard {shard} of {shard.group}", *summary[:-1], following)


def _unsealed(request: Request) -> Request:
    """A shard is sealed and sent by nobody: the run is that all shards make."""
    alone = {
        "signing_key": None,
        "signing_kms_key": None,
        "tsa_url": None,
        "deliver_s3": None,
        "deliver_security_hub": False,
        "deliver_sns_topic": None,
        "deliver_event_bus": None,
        # Shards run side by side, and none of them is a run.
        "run_lock": "none",
        "keep_runs": None,
        "keep_days": None,
    }
    return replace(request, settings=request.settings.model_copy(update=alone))


@contextmanager
def _directory(request: Request) -> Iterator[RunDirectory]:
    """The run's directory; what breaks off before anything was seen leaves nothing behind."""
    output = request.settings.output
    if request.resume is not None:
        broken = broken_off(output, request.resume)
        about_run(broken.run_id)
        with _held(request.settings, broken.run_id):
            yield broken
        return
    moment = dt.datetime.now(dt.UTC)
    directory = RunDirectory(output, f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}")
    about_run(directory.run_id)
    with _held(request.settings, directory.run_id), _created(directory):
        yield directory


def _held(settings: Settings, run_id: str) -> AbstractContextManager[None]:
    if settings.run_lock == "none":
        return nullcontext()
    return output_held(settings.output, run_id)


@contextmanager
def _created(directory: RunDirectory) -> Iterator[None]:
    directory.create()
    try:
        yield
    except BaseException:
        if directory.journal.exists():
            _log.warning("What was swept is kept: orgscan scan --resume %s", directory.run_id)
        raise
    finally:
        if not directory.journal.exists():
            directory.discard()


@contextmanager
def _journal(
    request: Request, way_in: Entrance, directory: RunDirectory, shard: Shard | None
) -> Iterator[tuple[Journal, Begun]]:
    basis = basis_of(request.settings, request.allowlist, way_in, shard)
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
                # A shard may be without accounts; by now its journal has another name.
                directory.journal.unlink(missing_ok=True)


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
        self._collectors = collectors_named(request.settings.collect)
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
        """Organization → targets → sweep → controls, each target journaled as it completes."""
        way_in = self._way_in
        if self._request.resume is not None:
            self._book.replay()
        scope = self._scope()
        require_regions(scope.region, way_in.known_regions)
        way_in.share_among(self._shards)
        self._organization = await read_organization(way_in.caller)
        self._accounts = await select_accounts(way_in.caller, self._organization, scope)
        if self._shard is not None:
            self._accounts = self._shard.of(self._accounts)
        self._book.progress.organization_id = self._organization.id
        self._book.progress.accounts = len(self._accounts)
        self._book.central(way_in.kept.drain())
        stop.sweep_begins()
        _log.info(f"Sweeping {len(self._accounts)} accounts")
        seconds, tell = self._settings.heartbeat_seconds, self._request.on_beat
        async with (
            executor(self._surroundings(stop)) as one,
            heartbeat(seconds, self._book.progress, tell),
        ):
            await one.run(self._accounts, self._book)
            self._book.note_spent()
            _log.info(f"Swept {self._book.progress.targets} account-regions")

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
        yield from self._way_in.notes
        if stop.reason:
            yield f"The run was stopped before its end: {stop.reason}"
        if self._request.resume is not None:
            yield "The run broke off and was resumed; what had been journaled was not asked again"
        if self._journal.torn:
            yield "The journal's last record was torn and dropped; its target was asked again"
        refusals = [self._reader.central_refusal, *self._book.central_refusals()]
        if refusal := next(filter(None, refusals), ""):
            yield f"Regions were not told centrally: {refusal}"
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


def _stamp(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
