"""`orgscan scan`: the sweep."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import typer

from orgscan.cli import scan_options as options
from orgscan.cli.deliver import NOT_DELIVERED, send
from orgscan.cli.dry_run import show_forecast
from orgscan.cli.metrics import beats_shown, show_metrics
from orgscan.cli.settings import settings_of
from orgscan.cli.terminal import progress_shown, say
from orgscan.log_context import about_run

if TYPE_CHECKING:
    from pathlib import Path

    from orgscan.config.allowlist import Allowlist
    from orgscan.config.settings import Settings
    from orgscan.scan.pipeline import ScanResult


_log = logging.getLogger(__name__)


def scan(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    *,
    config: options.Config = None,
    role_name: options.RoleName = None,
    external_id: options.ExternalId = None,
    profile: options.Profile = None,
    allow_insecure_endpoint: options.AllowInsecureEndpoint = None,
    account: options.Account = None,
    exclude_account: options.ExcludeAccount = None,
    ou: options.Ou = None,
    tag: options.Tag = None,
    region: options.Region = None,
    collect: options.Collect = None,
    output: options.Output = None,
    format: options.Format = None,  # noqa: A002 - the option is called --format
    deliver_s3: options.DeliverS3 = None,
    remediation: options.Remediation = None,
    evidence: options.Evidence = None,
    history: options.History = None,
    signing_key: options.SigningKey = None,
    signing_kms_key: options.SigningKmsKey = None,
    tsa_url: options.TsaUrl = None,
    concurrency: options.Concurrency = None,
    processes: options.Processes = None,
    shard: options.ShardPlace = None,
    shard_group: options.ShardGroup = None,
    dask: options.Dask = None,
    dask_insecure: options.DaskInsecure = None,
    timeout: options.Timeout = None,
    resume: options.Resume = None,
    dry_run: options.DryRun = False,
    log_format: options.LogFormat = None,
    progress: options.ShowProgress = None,
    exit_zero: options.ExitZero = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Sweep the organization: every account, every region, one report.

    Exit status: 0 all seen and nothing failed, 1 findings failed, 2 usage or configuration,
    3 not delivered, 4 coverage is incomplete, 5 both 1 and 4, 70 a bug in orgscan.
    """
    given = {name: value for name, value in locals().items() if name not in _NOT_SETTINGS}
    settings = settings_of(config, given)
    if dry_run:
        show_forecast(settings, resume=resume)
        return
    raise typer.Exit(run_scan(settings, resume=resume, quiet=quiet, verbose=verbose))


_NOT_SETTINGS = frozenset({"config", "dry_run", "quiet", "resume", "verbose"})


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
    from orgscan.scan.pipeline import Request  # noqa: PLC0415 - as in `scan`
    from orgscan.scan.run import run  # noqa: PLC0415 - as in `scan`

    allowlist, text = _allowlist(settings)
    start_logging(settings.log_format, verbose=verbose)
    with progress_shown(False if quiet else settings.progress) as show:
        result = run(
            Request(
                settings=settings,
                allowlist=allowlist,
                allowlist_text=text,
                on_progress=show,
                on_beat=beats_shown(settings),
                resume=resume,
            )
        )
    return conclude(settings, result, quiet=quiet)


def conclude(settings: Settings, result: ScanResult, *, quiet: bool) -> int:
    """Print the summary of a finished run, send it where it is to go, and give the exit status.

    Args:
        settings: where it is to go.
        result: the run, or one shard of it.
        quiet: print nothing but errors.
    """
    about_run(result.directory.name)
    if not quiet:
        _say_result(result, settings.output)
    if result.is_shard:
        _log.info("Run finished")
        return 0 if settings.exit_zero else result.exit_status
    delivered = not settings.delivers or send(settings, result.directory, quiet=quiet)
    status = result.exit_status if delivered else NOT_DELIVERED
    show_metrics(settings, result, status=status, delivered=delivered)
    if delivered:
        _log.info("Run finished")
    return 0 if delivered and settings.exit_zero else status


def _allowlist(settings: Settings) -> tuple[Allowlist | None, bytes | None]:
    """The allowlist, and its text for the evidence; read once."""
    from orgscan.aws.stored_text import fetcher_of  # noqa: PLC0415 - as in `scan`
    from orgscan.config.allowlist import allowlist_of  # noqa: PLC0415 - as in `scan`
    from orgscan.config.document import read_content  # noqa: PLC0415 - as in `scan`

    if settings.allowlist is None:
        return None, None
    text = read_content(settings.allowlist, fetcher_of(settings))
    return allowlist_of(text, settings.allowlist), text


def _say_result(result: ScanResult, output: Path) -> None:
    for line in (*result.summary, ""):
        say(line)
    if result.evidence:
        say(f"Evidence  {result.evidence}")
    for report in result.reports:
        say(f"{'Shard     ' if result.is_shard else 'Report    '}{report}")
    for run_id in result.removed:
        say(f"Removed   {output / run_id}")
