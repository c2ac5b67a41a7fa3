"""The catalogue of a scan: orgscan's entries, and a company's own mappings after them."""

from __future__ import annotations

from orgscan.config.mappings import UserMapping
from orgscan.controls.catalogue import load_entry
from orgscan.controls.registry import CONTROLS
from orgscan.model.control import Mapping
from orgscan.scan.catalogue import catalogue, control_ids


def test_without_own_mappings_the_catalogue_is_the_controls() -> None:
    """In the order of the reports."""
    assert catalogue(CONTROLS) == tuple(control.entry for control in CONTROLS)
    assert control_ids() == tuple(entry.id for entry in catalogue(CONTROLS))


def test_own_mappings_come_last_in_the_control_that_they_name() -> None:
    """As the configuration's, never verified; the package's own entry stays as it is."""
    own = UserMapping(
        control="ecs-taskset-no-public-ip",
        framework="Standard",
        version="2.1",
        id="NET-07",
        title="No public addresses",
        source="chapter 4",
    )
    before = load_entry("ecs-taskset-no-public-ip")

    entries = {entry.id: entry for entry in catalogue(CONTROLS, (own,))}

    assert entries["ecs-taskset-no-public-ip"].mappings == (
        *before.mappings,
        Mapping(
            framework="Standard",
            version="2.1",
            id="NET-07",
            title="No public addresses",
            source="configuration",
            verified=False,
            note="",
            reference="chapter 4",
        ),
    )
    assert load_entry("ecs-taskset-no-public-ip") == before
    assert all(entries[one.entry.id] == one.entry for one in CONTROLS if one.entry.id != before.id)
