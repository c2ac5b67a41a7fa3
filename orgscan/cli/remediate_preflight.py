"""`orgscan remediate preflight`: whether tasks get out without a public address."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from orgscan.cli.scan_options import Config, ExternalId, Profile, RoleName
from orgscan.cli.settings import settings_of
from orgscan.cli.terminal import say

_STATUS = {"PASS": 0, "FAIL": 1, "UNPROVEN": 4}


def preflight(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    task_definition: Annotated[
        str,
        typer.Argument(metavar="TASK_DEFINITION", help="Its ARN with the revision."),
    ],
    *,
    subnet: Annotated[list[str], typer.Option(help="Where tasks are to run; repeat it.")],
    security_group: Annotated[list[str], typer.Option(help="Which tasks have; repeat it.")],
    tasks: Annotated[int, typer.Option(min=1, help="How many are to start.")] = 1,
    platform_version: Annotated[
        str | None, typer.Option(help="Of Fargate. [default: the newest]")
    ] = None,
    execute_command: Annotated[
        bool, typer.Option("--execute-command", help="ECS Exec is on for the service.")
    ] = False,
    role_name: RoleName = None,
    external_id: ExternalId = None,
    config: Config = None,
    profile: Profile = None,
) -> None:
    """Say whether tasks without a public address get out of their subnets. Nothing is changed.

    Exit status: 0 every check passes, 1 one fails, 2 it cannot be asked, 4 none fails and one is
    unproven.
    """
    from orgscan.remediation.looking import look  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.remediation.preflight.interface import (  # noqa: PLC0415 - as above
        PreflightRequest,
    )
    from orgscan.remediation.preflight.text import preflight_lines  # noqa: PLC0415 - as above

    options = {"profile": profile, "role_name": role_name, "external_id": external_id}
    settings = settings_of(config, options)
    request = PreflightRequest(
        account_id=task_definition.split(":")[4] if task_definition.count(":") > 4 else "",
        task_definition=task_definition,
        subnets=tuple(subnet),
        security_groups=tuple(security_group),
        tasks=tasks,
        platform_version=platform_version,
        execute_command=execute_command,
    )
    found = asyncio.run(look(settings, request))
    for line in preflight_lines(found):
        say(line)
    raise typer.Exit(_STATUS[found.verdict])
