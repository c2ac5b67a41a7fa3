"""`orgscan merge`: one run of all its shards, as whole as any."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from orgscan.aws.engine import Limits
from orgscan.aws.entrance import entrance
from orgscan.aws.tally import Tally
from orgscan.config.plain import settings_of_json
from orgscan.config.settings import Settings
from orgscan.controls.registry import controls_for
from orgscan.errors import ReportError, WorkerError
from orgscan.journal.finished import FinishedRun
from orgscan.journal.journal import Journal
from orgscan.journal.records import Begun, Line, place_of
from orgscan.journal.run_directory import RunDirectory
from orgscan.journal.spool import Spool
from orgscan.journal.totals import RunningTotals
from orgscan.model.run import Run
from orgscan.report.text import summary_lines
from orgscan.scan.book import Book
from orgscan.scan.catalogue import catalogue
from orgscan.scan.evidence import Seals, local_signer, seals_of, write_evidence
from orgscan.scan.history import keep_run, take_history
from orgscan.scan.metrics import measured
from orgscan.scan.past import with_past
from orgscan.scan.pipeline import ScanResult
from orgscan.scan.reports import write_reports
from orgscan.scan.retention import remove_old_runs
from orgscan.scan.shard_file import StoredShard
from orgscan.scan.shards import fitting, found
from orgscan.scan.sweeping import judge_of

# What a merge decides for itself; all else is as the shards were swept.
_OWN = (
    "output",
    "format",
    "profile",
    "signing_key",
    "signing_kms_key",
    "tsa_url",
    "deliver_s3",
    "deliver_kms_key",
    "deliver_lock_mode",
    "deliver_lock_days",
    "deliver_legal_hold",
    "deliver_history",
    "history",
    "history_file",
    "deliver_security_hub",
    "deliver_security_hub_role",
    "deliver_sns_topic",
    "deliver_event_bus",
    "keep_runs",
    "keep_days",
    "exit_zero",
    "progress",
    "log_format",
    "metrics",
)


async def merge(places: Sequence[Path], settings: Settings) -> ScanResult:
    """Make one run of all shards of a group.

    Args:
        places: directories of shards, or directories that hold such.
        settings: where the run is written, its formats and its seals, and `shard_group` where only
            the shards of that name are meant. What was swept stands in the shards.

    Raises:
        OrgscanError: shards are missing, doubled, damaged or of another run, by name; or the disk
            does not take the run. Nothing is left behind then.
    """
    shards = fitting(found(places, settings.shard_group))
    settings = _as_swept(settings, shards[0])
    async with _sealed(settings) as seals:
        with _run_directory(settings, shards) as directory:
            with _journal(settings, directory, shards) as journal:
                merged = _merged(shards, settings, journal, directory.run_id)
                await take_history(settings)
                with with_past(merged, settings) as record:
                    names = write_reports(settings.format, record, directory)
                    bundle = None
                    if journal.spool is not None:
                        bundle = await write_evidence(
                            record,
                            journal.spool,
                            directory,
                            settings,
                            allowlist=shards[0].file.allowlist,
                            seals=seals,
                        )
                summary = tuple(summary_lines(merged))
            directory.finish()
        await keep_run(settings, directory.final, Limits())
    removed = remove_old_runs(settings, dt.datetime.now(dt.UTC))
    return ScanResult(
        directory=directory.final,
        reports=tuple(directory.final / name for name in names),
        evidence=directory.final / bundle if bundle else None,
        summary=summary,
        removed=removed,
        run=merged.run,
        totals=merged.totals,
        is_sound=merged.totals.targets.covered > 0,
        exit_status=merged.run.exit_status,
    )


def _as_swept(settings: Settings, shard: StoredShard) -> Settings:
    swept = settings_of_json(shard.file.settings)
    own = {name: getattr(settings, name) for name in _OWN}
    return swept.model_copy(update={**own, "shard": None})


@asynccontextmanager
async def _sealed(settings: Settings) -> AsyncIterator[Seals]:
    """What the bundle is sealed with; AWS is called only where a key in KMS or a timestamp is."""
    local = local_signer(settings)
    if settings.signing_kms_key is None and settings.tsa_url is None:
        yield Seals(local)
        return
    async with entrance(settings, Limits()) as way_in:
        yield await seals_of(settings, way_in, local)


@contextmanager
def _run_directory(settings: Settings, shards: Sequence[StoredShard]) -> Iterator[RunDirectory]:
    """Named after the run that the shards make, so that merging again finds that it was done."""
    began = dt.datetime.fromisoformat(min(one.file.run.started_at for one in shards))
    digest = hashlib.sha256(shards[0].file.shard.group.encode()).hexdigest()
    directory = RunDirectory(settings.output, f"{began:%Y%m%dT%H%M%SZ}-{digest[:6]}")
    if directory.final.exists():
        raise ReportError(
            "these shards were merged already",
            where=str(directory.final),
            mend="Move that run away, or name another directory with --output",
        )
    directory.discard()  # what a merge left that was killed
    directory.create()
    try:
        yield directory
    except BaseException:
        directory.discard()
        raise


@contextmanager
def _journal(
    settings: Settings, directory: RunDirectory, shards: Sequence[StoredShard]
) -> Iterator[Journal]:
    began = min(one.file.run.started_at for one in shards)
    begun = Begun(run_id=directory.run_id, started_at=began, basis=shards[0].file.basis)
    with Journal.create(directory.journal, begun) as journal:
        if settings.evidence:
            with Spool(directory.spool) as journal.spool:
                yield journal
        else:
            yield journal


def _merged(
    shards: Sequence[StoredShard], settings: Settings, journal: Journal, run_id: str
) -> FinishedRun:
    controls = controls_for(settings.collect)
    totals = RunningTotals(control.entry.id for control in controls)
    judge = judge_of(settings, None, dt.datetime.now(dt.UTC).date())
    book = Book(journal, judge, totals, Tally(), lambda _: None, run_id)
    for one in shards:
        book.absorb(_own_lines(one))
        book.used(one.file.usage)
    every = book.everywhere()
    return FinishedRun(
        run=_run(shards, run_id, totals.exit_status),
        totals=totals.totals(
            listed=max(one.file.listed for one in shards),
            chosen=sum(one.file.chosen for one in shards),
            api_calls=every.calls,
            throttled=every.throttled,
        ),
        metrics=measured(
            every,
            seconds=max(one.file.seconds for one in shards),
            others=[one.file.usage for one in shards],
        ),
        controls=catalogue(controls, settings.mappings),
        journal=journal,
    )


def _own_lines(one: StoredShard) -> Iterator[tuple[Line, bytes]]:
    """A shard's lines, none of them of another shard's account."""
    for line, evidence in one.parts():
        account, _ = place_of(line)
        if account and not one.file.shard.holds(account):
            raise WorkerError(
                f"shard {one.file.shard} holds account {account}, which is another shard's",
                where=str(one.directory),
                mend="Sweep this shard anew",
            )
        yield line, evidence


def _run(shards: Sequence[StoredShard], run_id: str, exit_status: int) -> Run:
    runs = [one.file.run for one in shards]
    first = runs[0]
    return Run(
        id=run_id,
        started_at=min(run.started_at for run in runs),
        finished_at=max(run.finished_at for run in runs),
        tool=first.tool,
        caller=first.caller,
        partition=first.partition,
        organization=first.organization,
        scope=first.scope,
        exit_status=exit_status,
        notes=tuple(_notes(shards)),
        remediations=first.remediations,
    )


def _notes(shards: Sequence[StoredShard]) -> Iterator[str]:
    shard = shards[0].file.shard
    yield f"This run was merged of the {shard.count} shards of {shard.group}"
    lists = {one.file.listed_sha256: one.file.listed for one in shards}
    if len(lists) > 1:
        yield (
            "The organization's accounts changed while the shards were swept: they listed "
            f"{', '.join(f'{number:,}' for number in sorted(lists.values()))}"
        )
    said = Counter(note for one in shards for note in one.file.run.notes)
    yield from (note for note, times in said.items() if times == shard.count)
    for one in shards:
        for note in one.file.run.notes:
            if said[note] < shard.count:
                yield f"Shard {one.file.shard}: {note}"
