"""Loads the YAML entry that lies beside each control, and the guidance that all of them share."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TypeVar

import msgspec
import yaml

from orgscan.errors import OrgscanError
from orgscan.model.control import Command, ControlEntry, Page, Plan

_GUIDANCE = "guidance.yaml"

T = TypeVar("T", ControlEntry, "Guidance")


class Guidance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person does about a finding: the whole of `guidance.yaml`."""

    pages: tuple[Page, ...]
    commands: tuple[Command, ...]
    plans: tuple[Plan, ...]


@functools.cache
def load_entry(control_id: str) -> ControlEntry:
    """The catalogue entry of a control, read once from inside the package.

    The file is named after the id, with `_` for `-`: a control's Python and YAML sort together.

    Raises:
        OrgscanError: the file is missing or damaged, so the installation is.
    """
    name = control_id.replace("-", "_") + ".yaml"
    return with_guidance(parse_entry(_text(name), source=name), load_guidance())


@functools.cache
def load_guidance() -> Guidance:
    """The guidance for every type of resource, read once.

    Raises:
        OrgscanError: as `load_entry`.
    """
    return _parse(_text(_GUIDANCE), Guidance, source=_GUIDANCE)


def with_guidance(entry: ControlEntry, guidance: Guidance) -> ControlEntry:
    """The entry with what there is for its resource types; all of it where it names none."""

    def fits(resource_type: str) -> bool:
        return resource_type in {"", *entry.resource_types} or not entry.resource_types

    return msgspec.structs.replace(
        entry,
        pages=tuple(page for page in guidance.pages if fits(page.resource_type)),
        commands=tuple(one for one in guidance.commands if fits(one.resource_type)),
        plans=tuple(
            plan
            for plan in guidance.plans
            if fits(plan.resource_type) and plan.control_id in {"", entry.id}
        ),
    )


def parse_entry(text: str, *, source: str) -> ControlEntry:
    """One catalogue entry from YAML: every member typed as declared, none unknown.

    Nothing is converted on the way: an unquoted `3.14` is a number and not an id, and is refused.

    Raises:
        OrgscanError: not YAML, or not a catalogue entry; says which member of `source`.
    """
    return _parse(text, ControlEntry, source=source)


def _text(name: str) -> str:
    try:
        return resources.files("orgscan.controls").joinpath(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"the catalogue entry cannot be read ({type(error).__name__})"
        mend = "Install orgscan again; if that does not help, report it"
        raise OrgscanError(what, where=name, mend=mend) from error


def _parse(text: str, kind: type[T], *, source: str) -> T:
    try:
        return msgspec.convert(yaml.safe_load(text), kind, strict=True)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        mend = "Compare it with the entries of the other controls"
        what = f"not a catalogue entry: {error}"
        raise OrgscanError(what, where=source, mend=mend) from error
