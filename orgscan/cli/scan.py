"""`orgscan scan`: the sweep."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orgscan.cli.terminal import progress_shown, say

if TYPE_CHECKING:
    from orgscan.config.settings import Settings

_ROLE = "The read-only role to assume in each account. [default: orgscan-audit]"


def scan(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    *,
    config: Annotated[
        Path | None, typer.Option(help="Settings file. [default: config/orgscan.yaml if there]")
    ] = None,
    role_name: Annotated[str | None, typer.Option(help=_ROLE)] = None,
    external_id: Annotated[
        str | None, typer.Option(help="The external id that the role's trust policy asks for.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="The AWS profile of the caller's own credentials.")
    ] = None,
    account: Annotated[
        list[str] | None, typer.Option(help="Sweep this account only; repeat for more.")
    ] = None,
    exclude_account: Annotated[
        list[str] | None, typer.Option(help="Leave this account out; repeat for more.")
    ] = None,
    ou: Annotated[
        list[str] | None,
        typer.Option(help="Sweep the accounts below this unit only; repeat for more."),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE", help="Sweep accounts with this tag only; repeat for more."
        ),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GLOB", help="Sweep these regions only, e.g. 'eu-*'; repeat for more."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the run's directory is made. [default: reports]")
    ] = None,
    format: Annotated[  # noqa: A002 - the option is called --format
        list[str] | None,
        typer.Option(metavar="NAME", help="Report format; repeat for more. [default: html, json]"),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(help="Account-regions swept at the same time. [default: 64]")
    ] = None,
    timeout: Annotated[
        int | None,
        typer.Option(metavar="SECONDS", help="End the sweep then, and report what was reached."),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="[RUN_ID]", help="Go on with a run that broke off. [default: the newest]"
        ),
    ] = None,
    log_format: Annotated[
        str | None, typer.Option(metavar="text|json", help="How log lines are written.")
    ] = None,
    progress: Annotated[
        bool | None,
        typer.Option("--progress/--no-progress", help="[default: if this is a terminal]"),
    ] = None,
    exit_zero: Annotated[
        bool | None, typer.Option("--exit-zero", help="Exit with 0 whatever was found.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each account-region as it completes.")
    ] = False,
) -> None:
    """Sweep the organization: every account, every region, one report.

    Exit status: 0 all seen and nothing failed, 1 findings failed, 2 usage or configuration,
    4 coverage is incomplete, 5 both 1 and 4, 70 a bug in orgscan.
    """
    given = {name: value for name, value in locals().items() if name not in _NOT_SETTINGS}
    # What a sweep needs takes a second to import; `--help` and a wrong option need not wait.
    from orgscan.config.load import load_settings  # noqa: PLC0415 - see above
    from orgscan.scan.catalogue import control_ids  # noqa: PLC0415 - see above

    settings = load_settings(
        file=config, environ=os.environ, options=given, control_ids=control_ids()
    )
    raise typer.Exit(run_scan(settings, resume=resume, quiet=quiet, verbose=verbose))


_NOT_SETTINGS = frozenset({"config", "quiet", "resume", "verbose"})


def run_scan(
    settings: Settings,
    *,
    resume: str | None = None,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Scan, print the summary, and give the exit status.

    Args:
        settings: what to scan and how.
        resume: the run to go on with; None begins a new one.
        quiet: print nothing but errors.
        verbose: log each account-region.
    """
    from orgscan.cli.logs import start_logging  # noqa: PLC0415 - as in `scan`
    from orgscan.config.allowlist import load_allowlist  # noqa: PLC0415 - as in `scan`
    from orgscan.scan.pipeline import Request  # noqa: PLC0415 - as in `scan`
    from orgscan.scan.run import run  # noqa: PLC0415 - as in `scan`

    allowlist = load_allowlist(settings.allowlist) if settings.allowlist else None
    start_logging(settings.log_format, verbose=verbose)
    with progress_shown(False if quiet else settings.progress) as show:
        result = run(
            Request(settings=settings, allowlist=allowlist, on_progress=show, resume=resume)
        )
    if not quiet:
        for line in (*result.summary, ""):
            say(line)
        for report in result.reports:
            say(f"Report    {report}")
    return 0 if settings.exit_zero else result.exit_status
