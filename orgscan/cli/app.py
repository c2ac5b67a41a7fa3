"""The command line's outermost layer: the commands, and the one place that exits."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Annotated

import typer

from orgscan import __version__
from orgscan.cli.controls import controls
from orgscan.cli.deliver import deliver
from orgscan.cli.demo import demo
from orgscan.cli.diff import diff
from orgscan.cli.doctor import doctor
from orgscan.cli.history import history
from orgscan.cli.iam import iam
from orgscan.cli.init import init
from orgscan.cli.merge import merge
from orgscan.cli.remediate import remediate
from orgscan.cli.report import report
from orgscan.cli.scan import scan
from orgscan.cli.schema import schema
from orgscan.cli.terminal import say_error
from orgscan.cli.verify import evidence, verify
from orgscan.errors import Interrupted, OrgscanError, ReportError
from orgscan.journal.run_directory import NEWEST

USAGE = 2
BUG = 70
INTERRUPTED = 130
UNREAD = 1  # as typer ends where nobody reads on

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

app = typer.Typer(
    name="orgscan",
    help="Which ECS task sets of a whole AWS organization can get a public IP, and the proof.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo)
app.command()(scan)
app.command()(merge)
app.command()(report)
app.command()(diff)
app.command()(deliver)
app.command()(doctor)
app.command()(controls)
app.command()(iam)
app.command()(init)
app.command()(schema)
app.command()(verify)
app.add_typer(evidence, name="evidence")
app.add_typer(remediate)
app.add_typer(history)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"orgscan {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Which ECS task sets of a whole AWS organization can get a public IP, and the proof."""
    del version


def main() -> None:
    """Run a command and exit with its status.

    What a person can mend is one line on standard error and status 2, usage errors as typer words
    them; Ctrl-C is 130; anything else is a bug in orgscan, says so, and is 70.
    """
    try:
        try:
            app(with_newest(sys.argv[1:]))
        finally:
            _flush()
    except Interrupted as error:
        say_error(str(error))
        sys.exit(INTERRUPTED)
    except OrgscanError as error:
        say_error(str(error))
        sys.exit(USAGE)
    except BrokenPipeError:
        _say_no_more()
        sys.exit(UNREAD)
    except Exception as error:  # noqa: BLE001 - the boundary: a bug becomes a report, never a bare traceback
        if not (isinstance(error, OSError) and error.errno in _NO_ROOM):
            _say_bug()
            sys.exit(BUG)
        # Whatever else writes says where; what is left is what was to be said here.
        unsaid = ReportError(
            f"standard output cannot be written: {error.strerror}",
            mend="Free some space, or send it somewhere else",
        )
        say_error(str(unsaid))
        _say_no_more()
        sys.exit(USAGE)


def _flush() -> None:
    """A full disk may show only once what was said is on its way there."""
    if sys.stdout is not None:  # as it is where it was closed before Python began
        sys.stdout.flush()


def _say_no_more() -> None:
    """Let nothing that was left unsaid fail once more while Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def with_newest(arguments: list[str]) -> list[str]:
    """`--resume` alone means the newest run; typer has no options whose value may be left out."""
    filled = []
    for at, argument in enumerate(arguments):
        filled.append(argument)
        following = arguments[at + 1 : at + 2]
        if argument == "--resume" and (not following or following[0].startswith("-")):
            filled.append(NEWEST)
    return filled


def _say_bug() -> None:
    say_error(
        f"this is a bug in orgscan {__version__}, not in what you did. Please report it with the "
        f"command you ran and these lines:\n{traceback.format_exc()}"
    )
