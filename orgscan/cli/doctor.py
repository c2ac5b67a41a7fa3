"""`orgscan doctor`: what the caller may and may not do, before a sweep."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from orgscan.cli import scan_options as options
from orgscan.cli.settings import settings_of
from orgscan.cli.terminal import say

INCOMPLETE = 4


def doctor(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    *,
    config: options.Config = None,
    role_name: options.RoleName = None,
    external_id: options.ExternalId = None,
    profile: options.Profile = None,
    account: options.Account = None,
    exclude_account: options.ExcludeAccount = None,
    ou: options.Ou = None,
    tag: options.Tag = None,
    region: options.Region = None,
    collect: options.Collect = None,
    deliver_s3: options.DeliverS3 = None,
    signing_kms_key: options.SigningKmsKey = None,
    sample: Annotated[int, typer.Option(min=1, max=10_000, help="How many accounts to enter.")] = 3,
) -> None:
    """Try on a few accounts what a scan would do everywhere, and say what would stay unseen.

    Signing and delivery are tried too, and nothing is signed or written. Exit status: 0 nothing is
    missing, 2 nothing could be swept at all, 4 a scan would have gaps or could not be delivered.
    """
    given = {name: value for name, value in locals().items() if name not in {"config", "sample"}}
    # What calls AWS takes a second to import; `--help` and a wrong option need not wait.
    from orgscan.permissions.doctor import diagnose  # noqa: PLC0415 - see above
    from orgscan.permissions.text import diagnosis_lines  # noqa: PLC0415 - see above

    settings = settings_of(config, given)
    found = asyncio.run(diagnose(settings, sample))
    for line in diagnosis_lines(found):
        say(line)
    if found.missing:
        raise typer.Exit(INCOMPLETE)
