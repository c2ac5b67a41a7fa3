"""The options of `orgscan scan`, one type each: name, meaning and default in one place.

None means that the option was not given, so that the environment and the settings file count.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orgscan.cli.completion import collect_names, format_names, log_formats

Config = Annotated[
    str | None,
    typer.Option(
        metavar="PLACE",
        help="Settings: a file, ssm:/NAME or s3://BUCKET/KEY. [default: config/orgscan.yaml]",
    ),
]
RoleName = Annotated[
    str | None,
    typer.Option(help="The read-only role to assume in each account. [default: orgscan-audit]"),
]
ExternalId = Annotated[
    str | None, typer.Option(help="The external id that the role's trust policy asks for.")
]
Profile = Annotated[
    str | None, typer.Option(help="The AWS profile of the caller's own credentials.")
]
AllowInsecureEndpoint = Annotated[
    bool | None,
    typer.Option(
        "--allow-insecure-endpoint", help="Speak to a configured endpoint without TLS. Do not."
    ),
]
Account = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Sweep this account only; repeat for more."),
]
ExcludeAccount = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Leave this account out; repeat for more.")
]
Ou = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Sweep the accounts below this unit only; repeat for more."),
]
Tag = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY=VALUE", help="Sweep accounts with this tag only; repeat for more."),
]
Region = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", help="Sweep these regions only, e.g. 'eu-*'; repeat for more."),
]
Collect = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Read this too, e.g. launchers; repeat for more.",
        autocompletion=collect_names,
    ),
]
Output = Annotated[
    Path | None, typer.Option(help="Where the run's directory is made. [default: reports]")
]
Format = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Report format; repeat for more. [default: html, json]",
        autocompletion=format_names,
    ),
]
DeliverS3 = Annotated[
    str | None,
    typer.Option(metavar="URI", help="Deliver the run to s3://bucket/prefix, and read it back."),
]
Remediation = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Show what was changed, by its remediation.json; repeat."),
]
Evidence = Annotated[
    bool | None,
    typer.Option(
        "--evidence/--no-evidence", help="Keep what AWS answered, in evidence.zip. [default: yes]"
    ),
]
History = Annotated[
    bool | None,
    typer.Option("--history/--no-history", help="Join the history of all runs. [default: yes]"),
]
SigningKey = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The private key that signs evidence.zip.")
]
SigningKmsKey = Annotated[
    str | None, typer.Option(metavar="ARN", help="The KMS key that signs evidence.zip.")
]
TsaUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="The authority that timestamps evidence.zip.")
]
Concurrency = Annotated[
    int | None,
    typer.Option(metavar="N", help="Account-regions swept at the same time. [default: 64]"),
]
Processes = Annotated[
    str | None,
    typer.Option(metavar="N|auto", help="Processes that sweep, each so concurrently. [default: 1]"),
]
ShardPlace = Annotated[
    str | None,
    typer.Option("--shard", metavar="I/N|batch", help="Sweep this part, for `orgscan merge`."),
]
ShardGroup = Annotated[
    str | None, typer.Option(metavar="NAME", help="The run that all its shards are a part of.")
]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Sweep on a Dask cluster: tls://host:port, or local."),
]
DaskInsecure = Annotated[
    bool | None,
    typer.Option("--dask-insecure", help="Allow a scheduler on this machine without TLS."),
]
Timeout = Annotated[
    int | None,
    typer.Option(metavar="SECONDS", help="End the sweep then, and report what was reached."),
]
Resume = Annotated[
    str | None,
    typer.Option(metavar="[RUN_ID]", help="Go on with a run that broke off; alone: the newest."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Tell what a scan would do, call and cost; do nothing.")
]
LogFormat = Annotated[
    str | None,
    typer.Option(
        metavar="text|json", help="How log lines are written.", autocompletion=log_formats
    ),
]
ShowProgress = Annotated[
    bool | None, typer.Option("--progress/--no-progress", help="[default: if on a terminal]")
]
ExitZero = Annotated[
    bool | None, typer.Option("--exit-zero", help="Exit with 0 whatever was found.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Log each account-region as it completes.")
]
