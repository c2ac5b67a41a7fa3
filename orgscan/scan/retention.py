"""Old runs, removed where the settings say so: whole runs of orgscan's own, and nothing else.

A run leaves its final name first and its files afterwards, so that a crash leaves no half of one
under a name that looks whole; the next run clears away what is left.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from orgscan.config.settings import Settings
from orgscan.delivery import receipt
from orgscan.evidence.layout import FILENAME as EVIDENCE
from orgscan.report.registry import FORMATS
from orgscan.scan.shard_file import FILENAME as SHARD

_RUN_ID = r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}"
_WHOLE = re.compile(_RUN_ID)
_BROKEN_OFF = re.compile(rf"\.{_RUN_ID}\.partial")
_REMOVING = ".removing"
_OURS = frozenset({EVIDENCE, receipt.NAME, *(each.filename for each in FORMATS)})

_log = logging.getLogger(__name__)


class _Delivered(msgspec.Struct):
    """What of delivery.json says whether something is left to do."""

    delivered_at: str | None = None


def remove_old_runs(settings: Settings, now: dt.datetime) -> tuple[str, ...]:
    """Remove what neither `keep_runs` nor `keep_days` keeps; gives the ids.

    The newest run stays whatever they say, and so does one that was not delivered yet, or that
    holds a file which orgscan did not write. Broken-off runs go by `keep_days` alone, since until
    then they can be resumed. What cannot be removed is said and costs the run nothing.

    Args:
        settings: where runs are, and which are kept.
        now: the time in UTC.
    """
    if settings.keep_runs is None and settings.keep_days is None:
        return ()
    try:
        for left in settings.output.glob(f".*{_REMOVING}"):
            _clear(left)
        old = [*_old_runs(settings, now), *_old_broken_off(settings, now)]
    except OSError as error:
        _log.warning("Old runs are not looked for: %s", error)
        return ()
    return tuple(_run_id(path) for path in old if _remove(path))


def _old_runs(settings: Settings, now: dt.datetime) -> Iterator[Path]:
    newest_first = sorted(_directories(settings.output, _WHOLE), reverse=True)
    latest = (settings.output / "latest").resolve().name
    for place, path in enumerate(newest_first):
        by_number = settings.keep_runs is not None and place < settings.keep_runs
        if by_number or _is_young(path, settings, now) or place == 0 or path.name == latest:
            continue
        if why := _reason_to_stay(path):
            _log.warning("Old run %s is kept: %s", path.name, why)
        else:
            yield path


def _old_broken_off(settings: Settings, now: dt.datetime) -> Iterator[Path]:
    if settings.keep_days is not None:
        for path in sorted(_directories(settings.output, _BROKEN_OFF)):
            if not _is_young(path, settings, now):
                yield path


def _directories(output: Path, names: re.Pattern[str]) -> Iterator[Path]:
    for path in output.iterdir():
        is_named_so = names.fullmatch(path.name) and _began(path) is not None
        if is_named_so and path.is_dir() and not path.is_symlink() and not _is_shard(path):
            yield path


def _is_shard(path: Path) -> bool:
    """A part of a run, which is its merger's to remove."""
    return (path / SHARD).exists()


def _run_id(path: Path) -> str:
    return path.name.removeprefix(".").removesuffix(".partial")


def _began(path: Path) -> dt.datetime | None:
    """By its id, since copying a run makes it no younger; None for no time of the calendar."""
    try:
        return dt.datetime.strptime(f"{_run_id(path).split('-')[0]}+0000", "%Y%m%dT%H%M%SZ%z")
    except ValueError:
        return None


def _is_young(path: Path, settings: Settings, now: dt.datetime) -> bool:
    began = _began(path)
    return (
        settings.keep_days is not None
        and began is not None
        and now - began < dt.timedelta(days=settings.keep_days)
    )


def _reason_to_stay(path: Path) -> str:
    strangers = sorted(each.name for each in path.iterdir() if each.name not in _OURS)
    if strangers:
        return f"it holds {strangers[0]!r}, which orgscan did not write there"
    try:
        delivery = msgspec.json.decode((path / receipt.NAME).read_bytes(), type=_Delivered)
    except FileNotFoundError:
        return ""
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return f"its {receipt.NAME} cannot be read"
    return "" if delivery.delivered_at else f"it is not delivered yet (orgscan deliver {path})"


def _remove(path: Path) -> bool:
    leaving = path.with_name(f".{_run_id(path)}{_REMOVING}")
    try:
        path.rename(leaving)
    except OSError as error:
        _log.warning("Old run %s is not removed: %s", path, error.strerror or error)
        return False
    _clear(leaving)
    return True


def _clear(path: Path) -> None:
    if path.is_symlink() or not _WHOLE.fullmatch(
        path.name.removeprefix(".").removesuffix(_REMOVING)
    ):
        return
    try:
        shutil.rmtree(path)
    except OSError as error:
        _log.warning("%s is left of an old run: %s", path, error.strerror or error)
