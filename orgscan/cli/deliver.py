"""`orgscan deliver`: sends a finished run where it is to go, or goes on where that broke off."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orgscan.cli import scan_options as options
from orgscan.cli.logs import start_logging
from orgscan.cli.settings import settings_of
from orgscan.cli.terminal import say, say_error
from orgscan.errors import Interrupted
from orgscan.log_context import about_run

if TYPE_CHECKING:
    from orgscan.config.settings import Settings

NOT_DELIVERED = 3


def deliver(
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN_DIR", help="A run's directory, or the link to the newest."),
    ],
    *,
    config: options.Config = None,
    profile: options.Profile = None,
    deliver_s3: options.DeliverS3 = None,
) -> None:
    """Send a finished run to S3, Security Hub and whoever is told of it; what is there stays.

    Exit status: 0 everything is delivered and read back, 2 usage or configuration, 3 something is
    left to do, which delivery.json beside the run names.
    """
    given = {"profile": profile, "deliver_s3": deliver_s3}
    settings = settings_of(config, given)
    start_logging(settings.log_format, verbose=False)
    about_run(run.resolve().name)
    if not send(settings, run):
        raise typer.Exit(NOT_DELIVERED)


def send(settings: Settings, run: Path, *, quiet: bool = False) -> bool:
    """Deliver a run, say what came of it, and whether nothing is left to do.

    Args:
        settings: where to.
        run: the run's directory.
        quiet: print nothing but what is left to do.
    """
    from orgscan.scan.deliver import deliver_run  # noqa: PLC0415 - keeps `--help` quick

    try:
        receipt = asyncio.run(deliver_run(settings, run.resolve()))
    except KeyboardInterrupt:
        raise Interrupted(
            f"stopped: what was delivered stays there; `orgscan deliver {run}` goes on"
        ) from None
    lines = [f"Delivered {stored.uri}" for stored in receipt.objects]
    if hub := receipt.security_hub:
        lines.append(
            f"Delivered {hub.imported:,} findings to Security Hub, {hub.archived} archived"
        )
    lines += [f"Told      {notice}" for notice in receipt.notices]
    for line in () if quiet else lines:
        say(line)
    for problem in receipt.problems:
        say_error(f"not delivered: {problem}")
    return not receipt.problems
