"""The catalogue of one scan: orgscan's entries with the company's own mappings in them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from orgscan.config.mappings import UserMapping
from orgscan.controls.interface import Control
from orgscan.controls.registry import CONTROLS
from orgscan.model.control import ControlEntry


def control_ids() -> tuple[str, ...]:
    """The controls that a configuration can name."""
    return tuple(control.entry.id for control in CONTROLS)


def catalogue(
    controls: Sequence[Control], own: Sequence[UserMapping] = ()
) -> tuple[ControlEntry, ...]:
    """The controls' entries, in their order.

    Args:
        controls: those that run.
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
        for control in controls
    )
