"""`orgscan diff`: what changed between two runs, and what could not be told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from orgscan.cli.settings import settings_of
from orgscan.errors import Interrupted
from orgscan.history.gate import FailOn, trips
from orgscan.report.diff.formats import DiffFormatName

_TRIPPED = 1

_RUN = (
    "a run directory, its report.json, an evidence bundle, or a run's id; latest is the newest, "
    "previous the one before."
)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help=f"The run before: {_RUN}")],
    new: Annotated[str, typer.Argument(metavar="NEW", help=f"The run after: {_RUN}")],
    *,
    form: Annotated[
        DiffFormatName, typer.Option("--format", help="How it is written.")
    ] = DiffFormatName.TEXT,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file to write. [default: standard output]"
        ),
    ] = None,
    fail_on: Annotated[
        FailOn,
        typer.Option(
            help="Exit with 1 if anything is new, or may be; worse: and does not only follow what "
            "failed alike; unknown: or may be resolved."
        ),
    ] = FailOn.NEW,
    config: Annotated[
        str | None,
        typer.Option(help="Settings file, for where runs are. [default: as orgscan scan]"),
    ] = None,
) -> None:
    """Compare two runs: what is new, changed, resolved, and what is not known.

    Exit status: 0 nothing of --fail-on, 1 something of it, 2 usage or bad input.
    """
    from orgscan.report.diff.registry import diff_format  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.report.diff.render import render  # noqa: PLC0415 - as above
    from orgscan.scan.diff import diff_runs  # noqa: PLC0415 - as above

    try:
        found = diff_runs(old, new, lambda: _runs(config))
        render(found, diff_format(form), sys.stdout.buffer, output)
    except KeyboardInterrupt:
        raise Interrupted("stopped: nothing was written") from None
    if trips(found, fail_on):
        raise typer.Exit(_TRIPPED)


def _runs(config: str | None) -> Path:
    """Where runs are written."""
    return settings_of(config, {}).output
