"""`orgscan merge`: one run of the shards that array jobs swept."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from orgscan.cli import scan_options as options
from orgscan.cli.scan import conclude
from orgscan.cli.settings import settings_of
from orgscan.errors import Interrupted


def merge(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    shards: Annotated[
        list[Path],
        typer.Argument(metavar="DIR", help="What `scan --shard` wrote, or directories of it."),
    ],
    *,
    config: options.Config = None,
    profile: options.Profile = None,
    shard_group: Annotated[
        str | None, typer.Option(metavar="NAME", help="Take the shards of this run alone.")
    ] = None,
    output: options.Output = None,
    format: options.Format = None,  # noqa: A002 - the option is called --format
    deliver_s3: options.DeliverS3 = None,
    signing_key: options.SigningKey = None,
    signing_kms_key: options.SigningKmsKey = None,
    tsa_url: options.TsaUrl = None,
    log_format: options.LogFormat = None,
    exit_zero: options.ExitZero = None,
    quiet: options.Quiet = False,
) -> None:
    """Make one run of all its shards; missing, doubled and foreign ones are refused by name.

    Exit status: as `orgscan scan`.
    """
    given = {name: value for name, value in locals().items() if name not in _NOT_SETTINGS}
    # What it needs takes a second to import; `--help` and a wrong option need not wait.
    from orgscan.cli.logs import start_logging  # noqa: PLC0415 - see above
    from orgscan.scan.merge import merge as merged  # noqa: PLC0415 - see above

    settings = settings_of(config, given)
    start_logging(settings.log_format, verbose=False)
    try:
        result = asyncio.run(merged(shards, settings))
    except KeyboardInterrupt:
        raise Interrupted("stopped: nothing was merged, and the shards are as they were") from None
    raise typer.Exit(conclude(settings, result, quiet=quiet))


_NOT_SETTINGS = frozenset({"config", "quiet", "shards"})
