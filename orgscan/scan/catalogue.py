"""The catalogue of one scan: orgscan's entries with the company's own mappings in them."""

from __future__ import annotations

from msgspec.structs import replace

from orgscan.config.mappings import UserMapping
from orgscan.controls.registry import CONTROLS
from orgscan.model.control import ControlEntry


def control_ids() -> tuple[str, ...]:
    """The controls that a configuration can name."""
    return tuple(control.entry.id for control in CONTROLS)


def catalogue(own: tuple[UserMapping, ...] = ()) -> tuple[ControlEntry, ...]:
    """Every control's entry, in the order of the reports.

    Args:
        own: the configuration's mappings; they come last in the entry of the control they name.
    """
    return tuple(
        replace(
            control.entry,
            mappings=(
                *control.entry.mappings,
                *(one.mapping() for one in own if one.control == control.entry.id),
            ),
        )
        for control in CONTROLS
    )
