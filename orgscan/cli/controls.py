"""`orgscan controls`: the controls, their mappings, and where each mapping comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from orgscan.cli.completion import control_names
from orgscan.cli.settings import settings_of
from orgscan.cli.terminal import say, say_error
from orgscan.errors import OrgscanError

if TYPE_CHECKING:
    from orgscan.model.control import ControlEntry


def controls(
    control_id: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="This control only.", autocompletion=control_names),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(
            help="Settings file, for your own mappings. [default: config/orgscan.yaml if there]"
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="List every mapping with its source; exit 1 on a broken rule."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the controls, what they map to, and who says so."""
    from orgscan.controls.mapping_rules import breaches  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.report.controls_text import check_lines, control_lines  # noqa: PLC0415 - as above

    entries = _entries(config, control_id)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(entries), indent=2).decode())
    elif check:
        for line in check_lines(entries):
            say(line)
    else:
        for at, entry in enumerate(entries):
            for line in (*([""] if at else []), *control_lines(entry)):
                say(line)
    broken = breaches(entries) if check else []
    for breach in broken:
        say_error(breach)
    if broken:
        raise typer.Exit(1)


def _entries(config: str | None, control_id: str | None) -> tuple[ControlEntry, ...]:
    """The catalogue with the configuration's mappings; one entry of it where an id is given."""
    from orgscan.config.problems import nearest, shown  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.controls.registry import CONTROLS  # noqa: PLC0415 - as above
    from orgscan.scan.catalogue import catalogue, control_ids  # noqa: PLC0415 - as above

    known = control_ids()
    settings = settings_of(config, {})
    entries = catalogue(CONTROLS, settings.mappings)
    if control_id is None:
        return entries
    if control_id not in known:
        close = nearest(control_id, known)
        mend = f"Did you mean {shown(close)}?" if close else f"Known are: {', '.join(known)}"
        raise OrgscanError(f"unknown control {shown(control_id)}", mend=mend)
    return tuple(entry for entry in entries if entry.id == control_id)
