"""`orgscan controls`: the controls, their mappings, and where each mapping comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from orgscan.cli.terminal import say

if TYPE_CHECKING:
    from orgscan.model.control import ControlEntry, Mapping

_HEADINGS = (
    "Verified mappings",
    "By analogy, which is our judgement",
    "The control document's own, unverified",
)


def controls(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the controls, what they map to, and who says so."""
    from orgscan.controls.registry import CONTROLS  # noqa: PLC0415 - keeps `--help` quick

    entries = [control.entry for control in CONTROLS]
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(entries), indent=2).decode())
        return
    for number, entry in enumerate(entries):
        if number:
            say()
        _show(entry)


def _show(entry: ControlEntry) -> None:
    """One control; a heading only where there is something below it."""
    say(f"{entry.id}  [{entry.severity}]")
    say(f"  {entry.title}")
    for title in _HEADINGS:
        mappings = [mapping for mapping in entry.mappings if _heading(mapping) == title]
        if mappings:
            say()
            say(f"  {title}")
        for mapping in mappings:
            say(f"    {mapping.framework} {mapping.version} {mapping.id}  {mapping.title}")
            say(f"      source: {mapping.source}")
            if mapping.note:
                say(f"      note: {' '.join(mapping.note.split())}")
    if entry.corrections:
        say()
        say("  Where the control document is wrong")
    for correction in entry.corrections:
        say(f"    - {' '.join(correction.split())}")


def _heading(mapping: Mapping) -> str:
    verified, by_analogy, documents_own = _HEADINGS
    if mapping.verified:
        return verified
    return by_analogy if mapping.source.startswith("by analogy") else documents_own
