"""`orgscan init`: the files that a user copies and edits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orgscan.cli.terminal import say


def init(
    directory: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to.", show_default="config")
