"""`orgscan report`: renders a finished run again, without calling AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orgscan.cli.completion import format_names
from orgscan.cli.settings import settings_of
from orgscan.cli.terminal import say
from orgscan.errors import Interrupted

LATEST = "latest"


def report(
    run: Annotated[
        Path, typer.Argument(metavar="RUN_DIR", help="A run's directory, a report.json, or latest.")
    ],
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="Report format; repeat for more. [default: html]",
            autocompletion=format_names,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The directory to write to. [default: where the report lies]"),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(help="Settings file, for where latest is. [default: as orgscan scan]"),
    ] = None,
) -> None:
    """Render a run's reports again, also in further formats; AWS is not called."""
    from orgscan.report.render import render  # noqa: PLC0415 - keeps `--help` quick

    try:
        files = render(_source(run, config), formats or ["html"], output)
    except KeyboardInterrupt:
        raise Interrupted("stopped: no report was written") from None
    for path in files:
        say(str(path))


def _source(run: Path, config: str | None) -> Path:
    """`latest` is the newest run where runs are written, unless there is a file of that name."""
    if str(run) != LATEST or run.exists():
        return run
    return settings_of(config, {}).output / LATEST
