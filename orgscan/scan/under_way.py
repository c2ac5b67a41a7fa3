"""Where a run lies while it is under way: its directory, its lock, its journal and its evidence."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from orgscan.config.settings import Settings
from orgscan.journal.journal import Journal, first_line
from orgscan.journal.output_lock import output_held
from orgscan.journal.records import Begun
from orgscan.journal.run_directory import RunDirectory, broken_off
from orgscan.journal.spool import Spool
from orgscan.log_context import about_run
from orgscan.scan.basis import require_same_basis

_log = logging.getLogger(__name__)


def stamp(moment: dt.datetime) -> str:
    """A time in UTC, as reports have it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@contextmanager
def directory_of(settings: Settings, resume: str | None) -> Iterator[RunDirectory]:
    """The run's directory; what breaks off before anything was seen leaves nothing behind.

    Args:
        settings: where runs are written, and whether one at a time.
        resume: the id of a run that broke off, or `newest`; None begins a new one.

    Raises:
        OrgscanError: another run is under way there, there is none to resume, or it cannot be made.
    """
    if resume is not None:
        broken = broken_off(settings.output, resume)
        about_run(broken.run_id)
        with _held(settings, broken.run_id):
            yield broken
        return
    moment = dt.datetime.now(dt.UTC)
    directory = RunDirectory(settings.output, f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}")
    about_run(directory.run_id)
    with _held(settings, directory.run_id), _created(directory):
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
def journal_of(
    directory: RunDirectory, basis: dict[str, str], *, evidence: bool, resumed: bool
) -> Iterator[tuple[Journal, Begun]]:
    """The run's journal, and its first line; with a place for evidence, if it is wanted.

    Args:
        directory: of the run.
        basis: every setting that a finding may depend on, by name.
        evidence: whether it is wanted.
        resumed: whether there is a journal, which has to be on the same basis.

    Raises:
        OrgscanError: the journal cannot be used, or is on another basis.
    """
    if resumed:
        begun = first_line(directory.journal)
        require_same_basis(begun, basis)
        with Journal.reopen(directory.journal) as journal, _spooled(directory, journal, evidence):
            yield journal, begun
        return
    begun = Begun(run_id=directory.run_id, started_at=stamp(dt.datetime.now(dt.UTC)), basis=basis)
    with (
        Journal.create(directory.journal, begun) as journal,
        _spooled(directory, journal, evidence),
    ):
        try:
            yield journal, begun
        finally:
            if not len(journal):
                # A shard may be without accounts; by now its journal has another name.
                directory.journal.unlink(missing_ok=True)


@contextmanager
def _spooled(
    directory: RunDirectory,
    journal: Journal,
    wanted: bool,
) -> Iterator[None]:
    """While this lasts, the journal's evidence has a place, if it is wanted."""
    if not wanted:
        yield
        return
    with Spool(directory.spool) as journal.spool:
        yield
