"""`orgscan history`: what all runs say together; and taking runs in."""

from __future__ import annotations

import asyncio
import enum
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orgscan.cli.scan_options import Config
from orgscan.cli.terminal import say, say_error
from orgscan.errors import Interrupted

if TYPE_CHECKING:
    from orgscan.config.settings import Settings
    from orgscan.history.asked.answer import Answer

UNREAD = 1

history = typer.Typer(
    name="history",
    help="What all runs say together: trends, ages, times to fix, and what comes back.",
    rich_markup_mode=None,
)

File = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="The history. [default: history.db of the output]"),
]


class Shape(enum.StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


@history.callback(invoke_without_command=True)
def ask(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    context: typer.Context,
    *,
    config: Config = None,
    file: File = None,
    control: Annotated[str | None, typer.Option(metavar="ID", help="This control only.")] = None,
    ou: Annotated[
        str | None, typer.Option(metavar="ID", help="What is below this unit only.")
    ] = None,
    account: Annotated[str | None, typer.Option(metavar="ID", help="This account only.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN_ID", help="The runs of this one's scope.")
    ] = None,
    last: Annotated[int, typer.Option(min=1, help="How many runs.")] = 30,
    most: Annotated[int, typer.Option(min=1, help="How many units, accounts and findings.")] = 10,
    shape: Annotated[Shape, typer.Option("--format", help="How it is written.")] = Shape.TEXT,
) -> None:
    """Tell what all runs say together: trends, ages, times to fix, and what comes back."""
    if context.invoked_subcommand is not None:
        return
    from orgscan.history.asked.narrow import Question  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.history.asked.text import answer_lines  # noqa: PLC0415 - as above
    from orgscan.scan.history import answer  # noqa: PLC0415 - as above

    question = Question(
        control_id=control, ou=ou, account_id=account, run_id=run, last=last, most=most
    )
    if file is None:
        _fetch(config)
    found = answer(_file(config, file), question)
    for line in _json_lines(found) if shape is Shape.JSON else answer_lines(found):
        say(line)


def _json_lines(found: Answer) -> list[str]:
    """Indented, and with nothing in it that a terminal would obey."""
    import msgspec  # noqa: PLC0415 - keeps `--help` quick

    from orgscan.report.visible import plain_json  # noqa: PLC0415 - as above

    return msgspec.json.format(plain_json(msgspec.json.encode(found))).decode().splitlines()


@history.command()
def rebuild(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[RUN]...",
            help="Run directories, report.json files or bundles. [default: the runs of the output]",
        ),
    ] = None,
    *,
    config: Config = None,
    file: File = None,
) -> None:
    """Take runs into the history that are not in it; a damaged history is kept aside first.

    Exit status: 0 all runs are in it, 1 some could not be read, which are named.
    """
    from orgscan.aws.engine import Limits  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.scan.history import change_history  # noqa: PLC0415 - as above
    from orgscan.scan.history import rebuild as take_in  # noqa: PLC0415 - as above
    from orgscan.scan.run_files import runs_in  # noqa: PLC0415 - as above

    path = _file(config, file)
    try:
        settings = _settings(config)
        sources = runs or runs_in(settings.output)
        change = change_history(settings, path, lambda there: take_in(there, sources), Limits())
        rebuilt = asyncio.run(change)
    except KeyboardInterrupt:
        raise Interrupted("stopped: the runs that were taken in so far are there") from None
    if rebuilt.aside:
        say(f"Damaged   {rebuilt.aside}")
    say(f"History   {path}: {rebuilt.new} of {rebuilt.runs} runs taken in")
    for problem in rebuilt.problems:
        say_error(f"not taken in: {problem}")
    if rebuilt.problems:
        raise typer.Exit(UNREAD)


@history.command()
def export(
    parquet: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the Parquet files are written.")
    ],
    *,
    config: Config = None,
    file: File = None,
    last: Annotated[int, typer.Option(min=1, help="How many of the newest runs.")] = 30,
    location: Annotated[
        str, typer.Option(metavar="URI", help="Where the files will lie, for athena.sql.")
    ] = "s3://example-bucket/orgscan-history",
) -> None:
    """Write the newest runs as Parquet, by day, with table definitions for Athena.

    What an earlier export wrote stays. Needs the extra `orgscan[parquet]`.
    """
    from orgscan.scan.history import export_parquet  # noqa: PLC0415 - keeps `--help` quick

    path = _file(config, file)
    try:
        written = export_parquet(path, parquet, last=last, location=location)
    except KeyboardInterrupt:
        raise Interrupted("stopped: every file that is there is whole") from None
    say(f"Parquet   {parquet}: {len(written)} new files")
    say(f"Tables    {parquet / 'athena.sql'}")


def _fetch(config: str | None) -> None:
    """Take the history from the bucket, where it is kept there."""
    settings = _settings(config)
    if settings.deliver_history:
        from orgscan.aws.engine import Limits  # noqa: PLC0415 - keeps `--help` quick
        from orgscan.scan.history import fetch_history  # noqa: PLC0415 - as above

        asyncio.run(fetch_history(settings, Limits()))


def _settings(config: str | None) -> Settings:
    from orgscan.config.load import load_settings  # noqa: PLC0415 - keeps `--help` quick

    return load_settings(file=config, environ=os.environ, options={})


def _file(config: str | None, file: Path | None) -> Path:
    from orgscan.scan.history import history_file  # noqa: PLC0415 - keeps `--help` quick

    return file or history_file(_settings(config))
