"""`orgscan controls`: the controls, their mappings, and where each mapping comes from."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from orgscan.cli.terminal import say


def controls(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the controls, what they map to, and who says so."""
    from orgscan.controls.registry import CONTROLS  # noqa: PLC0415 - keeps `--help` quick

    entries = [control.entry for control in CONTROLS]
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(entries), indent=2).decode())
        return
    for entry in entries:
        say(f"{entry.id}  [{entry.severity}]")
        say(f"  {entry.title}")
        for verified in (True, False):
            if not any(mapping.verified is verified for mapping in entry.mappings):
                continue
            say()
            say("  Verified mappings" if verified else "  The control document's own, unverified")
            for mapping in entry.mappings:
                if mapping.verified is verified:
                    say(f"    {mapping.framework} {mapping.version} {mapping.id}  {mapping.title}")
                    say(f"      source: {mapping.source}")
                    if mapping.note:
                        say(f"      note: {' '.join(mapping.note.split())}")
        if entry.corrections:
            say()
            say("  Where the control document is wrong")
        for correction in entry.corrections:
            say(f"    - {' '.join(correction.split())}")
        say()
