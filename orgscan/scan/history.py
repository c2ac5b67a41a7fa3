"""The history around a scan: what earlier runs say goes into its reports, and it joins them."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from orgscan.aws.engine import Limits
from orgscan.aws.entrance import Entrance, entrance
from orgscan.config.settings import Settings
from orgscan.delivery.kept_history import kept_history
from orgscan.errors import HistoryError, OrgscanError
from orgscan.history.asked.answer import Answer
from orgscan.history.asked.ask import ask
from orgscan.history.asked.narrow import Question
from orgscan.history.exported.parquet import export
from orgscan.history.kept.file import NAME, DamagedHistoryError, check, put_aside, reading, writing
from orgscan.history.kept.ingest import ingest
from orgscan.scan.run_files import runs_in
from orgscan.scan.stored import stored_run

_log = logging.getLogger(__name__)

T = TypeVar("T")


def history_file(settings: Settings) -> Path:
    """Where the history lies."""
    return settings.history_file or settings.output / NAME


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of taking runs in.

    Attributes:
        runs: how many there were; `new` of them were not in the history yet.
        aside: what a damaged history is called now; None where it was whole.
        problems: what could not be read, one sentence each.
    """

    runs: int
    new: int
    aside: Path | None
    problems: tuple[str, ...]


async def take_history(settings: Settings, way_in: Entrance | None = None) -> None:
    """Put the history that is kept in the bucket on the disk, where the settings say so.

    What goes wrong costs the run nothing but its past, and is said.

    Args:
        settings: whether and where it is kept.
        way_in: the caller; one of its own where there is none yet.
    """
    if not (settings.history and settings.deliver_history):
        return
    try:
        if way_in is None:
            await fetch_history(settings, Limits())
        else:
            await (await kept_history(way_in, settings)).take(history_file(settings))
    except OrgscanError as error:
        _log.warning(f"The reports tell nothing of earlier runs: {error}")


async def fetch_history(settings: Settings, limits: Limits) -> None:
    """Take the history from the bucket, where it is kept there.

    Raises:
        OrgscanError: the bucket does not give it.
    """
    if settings.deliver_history:
        async with entrance(settings, limits) as way_in:
            await (await kept_history(way_in, settings)).take(history_file(settings))


async def keep_run(settings: Settings, directory: Path, limits: Limits) -> None:
    """Take a finished run into the history, on the disk and in the bucket if it is kept there.

    What goes wrong costs the run nothing, and is said: it lies whole where it is, and
    `orgscan history rebuild` can take it in later.

    Args:
        settings: where the history lies.
        directory: the run's, under its final name.
        limits: how patient to be with AWS.
    """
    if not settings.history:
        return

    def take_in(path: Path) -> None:
        _keep_or_rebuild(path, directory, settings.output)

    try:
        await change_history(settings, history_file(settings), take_in, limits)
    except OrgscanError as error:
        _log.warning(f"The run is not in the history, which costs it nothing else: {error}")


async def change_history(
    settings: Settings, path: Path, change: Callable[[Path], T], limits: Limits
) -> T:
    """Change the history, and in the bucket too where it is kept there.

    Args:
        settings: whether and where it is kept.
        path: where it lies on the disk.
        change: changes it there.
        limits: how patient to be with AWS.

    Raises:
        OrgscanError: it cannot be changed, or the bucket does not give or take it.
    """
    if not settings.deliver_history:
        return change(path)
    async with entrance(settings, limits) as way_in:
        kept = await kept_history(way_in, settings)
        return await kept.change(path, change)


def _keep_or_rebuild(path: Path, directory: Path, output: Path) -> None:
    try:
        keep(path, directory, is_ours=True)
    except DamagedHistoryError as error:
        _log.warning(str(error))
        _say_rebuilt(rebuild(path, runs_in(output)))


def _say_rebuilt(rebuilt: Rebuilt) -> None:
    _log.warning(f"The history was made anew of {rebuilt.new} runs; kept is {rebuilt.aside}")
    for problem in rebuilt.problems:
        _log.warning(f"Not in the history: {problem}")


def keep(path: Path, source: Path, *, is_ours: bool = False) -> bool:
    """Take a run into a history, which is made where there is none; gives whether it was new.

    Args:
        path: of the history.
        source: as `stored_run` takes it.
        is_ours: as in `open_report`.

    Raises:
        DamagedHistoryError: the history is damaged.
        OrgscanError: the history cannot be written, or the source not be read.
    """
    with stored_run(source, is_ours=is_ours) as record, writing(path) as store:
        return ingest(store, record)


def answer(path: Path, question: Question) -> Answer:
    """What a history says.

    Raises:
        HistoryError: there is none, it cannot be read, or it has nothing of what is asked for.
    """
    with reading(path) as store:
        return ask(store, question)


def export_parquet(path: Path, directory: Path, *, last: int, location: str) -> list[Path]:
    """Write the newest runs of a history as Parquet; gives the files that were not there yet.

    Args:
        path: of the history.
        directory: where to.
        last: how many runs.
        location: where the files will lie in S3, for the table definitions.

    Raises:
        HistoryError: there is no history, pyarrow is not installed, or the disk does not take it.
    """
    with reading(path) as store:
        return export(store, directory, last=last, location=location)


def rebuild(path: Path, sources: Sequence[Path]) -> Rebuilt:
    """Take runs into a history; what it has of others stays, and a damaged one is kept aside.

    Args:
        path: of the history.
        sources: as `stored_run` takes them; one that cannot be read costs the others nothing.

    Raises:
        HistoryError: it is of a newer orgscan, or cannot be written.
    """
    aside = _aside_if_damaged(path)
    new, problems = 0, []
    for source in sources:
        try:
            new += keep(path, source)
        except HistoryError:
            raise
        except OrgscanError as error:
            problems.append(str(error))
    return Rebuilt(runs=len(sources), new=new, aside=aside, problems=tuple(problems))


def _aside_if_damaged(path: Path) -> Path | None:
    try:
        if path.exists():
            check(path)
    except DamagedHistoryError:
        return put_aside(path, dt.datetime.now(dt.UTC))
    return None
