"""`orgscan verify` and `orgscan evidence extract`: checking a bundle, and taking a share out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orgscan.cli.terminal import say, say_error
from orgscan.errors import NotGenuine

_DOES_NOT_HOLD = 1

evidence = typer.Typer(help="Take things out of an evidence bundle.", no_args_is_help=True)

Bundle = Annotated[
    Path, typer.Argument(metavar="BUNDLE", help="evidence.zip, or the directory it is unpacked in.")
]


def verify(
    bundle: Bundle,
    public_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The key that must have signed it, PEM.")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option(metavar="BUNDLE", help="The bundle that must come before it.")
    ] = None,
    tsa_certificate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Certificates of the timestamping authority, PEM."),
    ] = None,
) -> None:
    """Check an evidence bundle, or one account's share of it.

    Exits with 0 only if everything holds, with 1 if something does not, which is named.
    """
    from orgscan.evidence.seals import Trust, read_trusted  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.evidence.verify import sentences  # noqa: PLC0415 - as above
    from orgscan.evidence.verify import verify as check  # noqa: PLC0415 - as above

    trust = Trust(
        public_key=read_trusted(public_key, "--public-key"),
        tsa_certificate=read_trusted(tsa_certificate, "--tsa-certificate"),
    )
    try:
        verified = check(bundle, trust, previous=previous)
    except NotGenuine as error:
        say_error(f"this does not hold: {error}")
        raise typer.Exit(_DOES_NOT_HOLD) from None
    for line in sentences(verified):
        say(line)


@evidence.command()
def extract(
    bundle: Bundle,
    account: Annotated[str, typer.Option(metavar="ID", help="The account whose share it is.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The ZIP to write.")
    ],
) -> None:
    """Take out one account's evidence, with the proof that it is part of the whole.

    `orgscan verify` accepts the share; it tells nothing of other accounts.
    """
    from orgscan.evidence.share import extract as take_out  # noqa: PLC0415 - as in `verify`
    from orgscan.evidence.verify import verify as check  # noqa: PLC0415 - as in `verify`

    try:
        check(bundle)
        take_out(bundle, account, output)
    except NotGenuine as error:
        say_error(f"the bundle does not hold: {error}")
        raise typer.Exit(_DOES_NOT_HOLD) from None
    say(f"Share     {output}")


@evidence.callback()
def _group() -> None:
    """Take things out of an evidence bundle."""
