"""`orgscan init`: the files that a user copies and edits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orgscan.cli.terminal import say


def init(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to.")] = Path("config"),
) -> None:
    """Write a commented configuration, an allowlist, and what to deploy: CloudFormation, Terraform.

    A file that is there already stays as it is.
    """
    from orgscan.config.starting import write_starting_files  # noqa: PLC0415 - keeps `--help` quick

    for path, is_new in write_starting_files(directory):
        say(f"{'Wrote' if is_new else 'Kept '}  {path}")
