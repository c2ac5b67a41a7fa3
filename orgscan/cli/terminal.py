"""What goes to the terminal: errors, lines that are safe to print, and progress."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orgscan.cli.logs import logs_are_json
from orgscan.report.visible import visible

if TYPE_CHECKING:
    from orgscan.scan.progress import Progress

_log = logging.getLogger(__name__)

_LINES_EVERY_SECONDS = 30.0
_REDRAWS_A_SECOND = 8


def say(line: str = "") -> None:
    """One line on standard output; escapes and control characters are shown, not obeyed."""
    sys.stdout.write(f"{visible(line)}\n")


def say_error(message: str) -> None:
    """An error on standard error, each of its lines made safe to print; a line of JSON logs."""
    if logs_are_json():
        _log.error("%s", message)
        return
    for line in f"orgscan: {message}".splitlines():
        sys.stderr.write(f"{visible(line)}\n")


@contextmanager
def progress_shown(wanted: bool | None) -> Iterator[Callable[[Progress], None]]:
    """How far a scan is: a live line on a terminal, else a plain line now and then.

    Args:
        wanted: True or False by `--progress/--no-progress`; None for whatever standard error is.
    """
    if wanted is False:
        yield lambda _: None
    elif wanted or sys.stderr.isatty():
        with _live_line() as show:
            yield show
    elif logs_are_json():
        yield lambda _: None  # the heartbeat says it there
    else:
        yield _now_and_then()


@contextmanager
def _live_line() -> Iterator[Callable[[Progress], None]]:
    # rich takes a tenth of a second to import, which `--help` need not wait for.
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.live import Live  # noqa: PLC0415 - see above
    from rich.text import Text  # noqa: PLC0415 - see above

    started = time.monotonic()
    latest = ""

    def line() -> Text:
        return Text(latest)

    with Live(
        get_renderable=line,
        console=Console(stderr=True),
        refresh_per_second=_REDRAWS_A_SECOND,
        transient=True,
    ):

        def show(progress: Progress) -> None:
            nonlocal latest
            latest = _sentence(progress, time.monotonic() - started)

        yield show


def _now_and_then() -> Callable[[Progress], None]:
    started = last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _LINES_EVERY_SECONDS:
            last = now
            sys.stderr.write(f"{_sentence(progress, now - started)}\n")

    return show


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _sentence(progress: Progress, seconds: float) -> str:
    pace = progress.api_calls / seconds if seconds else 0.0
    share = progress.share
    left = f", about {_span(seconds / share - seconds)} left" if share > 0.02 else ""
    so_far = f"{share:.0%}{left}" if progress.is_listed else "Accounts are still being listed"
    return (
        f"{so_far}: {progress.targets:,} regions of {progress.accounts:,} accounts, "
        f"{progress.failed:,} failed, {progress.gaps:,} not seen in full; "
        f"{progress.api_calls:,} calls, {pace:,.0f} a second, {progress.throttled:,} throttled"
    )
