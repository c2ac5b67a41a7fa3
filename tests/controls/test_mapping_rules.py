"""The rules of mappings: the catalogue keeps each, and each catches what it is for."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orgscan.controls.frameworks import NIST_BY_SECURITY_HUB, official_title
from orgscan.controls.interface import Control
from orgscan.controls.mapping_rules import breaches
from orgscan.controls.registry import CONTROLS
from orgscan.model.control import CONFIGURATION, DOCUMENT, ControlEntry, Mapping, Origin
from orgscan.model.finding import Severity

VERIFIED = Mapping(
    framework="CIS Controls",
    version="v8",
    id="3.3",
    title="Configure Data Access Control Lists",
    source="CIS AWS Compute Services Benchmark v1.1.0, recommendation 3.14",
    verified=True,
)
QUOTED = Mapping(
    framework="CIS Controls",
    version="v8",
    id="3.4",
    title="Encrypt Data on End-User Devices",
    source=DOCUMENT,
    verified=False,
    official_title="Enforce Data Retention",
)
SIMILAR = Mapping(
    framework="NIST SP 800-53",
    version="r5",
    id="SC-7",
    title="Boundary Protection",
    source="by analogy with AWS Security Hub ECS.2",
    verified=False,
    note="The same setting on services.",
)
OWN = Mapping(
    framework="Standard",
    version="1",
    id="NET-07",
    title="No public addresses",
    source=CONFIGURATION,
    verified=False,
)
HUB = "AWS Security Hub user guide, related requirements of"
NOT_GIVEN = "Security Hub does not give it for the control that its source names"
NOT_CITED = "it is verified, and its source is not a document and the place in it"
NO_ANALOGY = 'it is not verified, and its source does not begin with "by analogy with"'


def entry(*mappings: Mapping) -> ControlEntry:
    """A control that maps to these."""
    return ControlEntry(
        id="a-control",
        title="t",
        severity=Severity.LOW,
        description="d",
        rationale="r",
        impact="i",
        remediation="m",
        mappings=mappings,
    )


@pytest.mark.parametrize("control", CONTROLS, ids=[control.entry.id for control in CONTROLS])
def test_the_catalogue_keeps_every_rule(control: Control) -> None:
    """Each entry can be followed to its sources."""
    assert breaches([control.entry]) == []


def test_one_mapping_of_each_kind_breaks_nothing() -> None:
    """Verified, quoted, by analogy and a company's own."""
    assert breaches([entry(VERIFIED, QUOTED, SIMILAR, OWN)]) == []
    assert [one.origin for one in (VERIFIED, QUOTED, SIMILAR, OWN)] == [
        Origin.VERIFIED,
        Origin.DOCUMENT,
        Origin.ANALOGY,
        Origin.CONFIGURATION,
    ]


@pytest.mark.parametrize(
    ("mapping", "changes", "breach"),
    [
        (VERIFIED, {"title": ""}, "CIS Controls v8 3.3: it has no title"),
        (VERIFIED, {"version": ""}, "CIS Controls  3.3: it has no version"),
        (VERIFIED, {"source": "Hearsay"}, f"CIS Controls v8 3.3: {NOT_CITED}"),
        (VERIFIED, {"source": DOCUMENT}, f"CIS Controls v8 3.3: {NOT_CITED}"),
        (VERIFIED, {"source": "configuration, line 3"}, f"CIS Controls v8 3.3: {NOT_CITED}"),
        (VERIFIED, {"source": "by analogy with 3.4, page 1"}, f"CIS Controls v8 3.3: {NOT_CITED}"),
        (
            VERIFIED,
            {"title": "Something like it"},
            "CIS Controls v8 3.3: the official title is 'Configure Data Access Control Lists'",
        ),
        (VERIFIED, {"source": "A\nB, p. 1"}, "its source is not one line of plain text"),
        (VERIFIED, {"source": "A \x1b[2J, 1"}, "its source is not one line of plain text"),
        (VERIFIED, {"id": "9" * 401}, "its id has more than 400 characters"),
        (
            QUOTED,
            {"official_title": ""},
            "it quotes the control document, and does not say the official title",
        ),
        (
            QUOTED,
            {"official_title": "Encrypt Data"},
            "CIS Controls v8 3.4: the official title is 'Enforce Data Retention'",
        ),
        (SIMILAR, {"source": "Security Hub"}, f"NIST SP 800-53 r5 SC-7: {NO_ANALOGY}"),
        (SIMILAR, {"source": "by analogy with "}, f"NIST SP 800-53 r5 SC-7: {NO_ANALOGY}"),
        (SIMILAR, {"note": ""}, "it is made by analogy, and does not say in what it is like"),
        (SIMILAR, {"title": "Walls"}, "the official title is 'Boundary Protection'"),
        (SIMILAR, {"verified": True, "source": f"{HUB} ECS.16"}, NOT_GIVEN),
        (SIMILAR, {"verified": True, "source": "NIST SP 800-53 r5, SC-7"}, NOT_GIVEN),
        (SIMILAR, {"verified": True, "source": "A blog, on ECS.2"}, NOT_GIVEN),
        (SIMILAR, {"verified": True, "source": f"{HUB} ECS.2", "id": "SC-8"}, NOT_GIVEN),
        (
            SIMILAR,
            {"verified": True, "source": f"{HUB} ECS.2", "framework": "NIST 800-53"},
            'the catalogue calls this framework "NIST SP 800-53"',
        ),
    ],
)
def test_a_mapping_that_nobody_can_follow_is_named(
    mapping: Mapping, changes: dict[str, Any], breach: str
) -> None:
    """The line names the control, the requirement and the rule."""
    found = breaches([entry(msgspec.structs.replace(mapping, **changes))])

    assert len([line for line in found if line.endswith(breach)]) == 1
    assert all(line.startswith("a-control: ") for line in found)


def test_nist_is_verified_where_security_hub_gives_it() -> None:
    """ECS.2 relates SC-7, and says so."""
    given = msgspec.structs.replace(SIMILAR, verified=True, source=f"{HUB} ECS.2")

    assert breaches([entry(given)]) == []


def test_a_requirement_is_there_once_beside_the_documents_own_row() -> None:
    """Two claims of one requirement are one too many; a quotation is no claim."""
    quoted = msgspec.structs.replace(
        VERIFIED, verified=False, source=DOCUMENT, official_title=VERIFIED.title
    )
    again = msgspec.structs.replace(VERIFIED, verified=False, source=CONFIGURATION)

    assert breaches([entry(VERIFIED, quoted)]) == []
    assert breaches([entry(VERIFIED, again)]) == [
        "a-control: CIS Controls v8 3.3: it is there 2 times"
    ]


def test_a_control_without_any_mapping_is_named() -> None:
    """By analogy, every control maps to something."""
    assert breaches([entry()]) == ["a-control: it maps to no framework, not even by analogy"]


@pytest.mark.parametrize(
    ("framework", "version", "requirement", "title"),
    [
        ("CIS Controls", "v8", "14.6", "Train Workforce Members on Recognizing"),
        ("CIS Controls", "v8.1", "3.3", "Configure Data Access Control Lists"),
        ("CIS Controls", "v7.1", "14.6", "Protect Information through Access Control Lists"),
        ("CIS Controls", "v7", "3.3", ""),
        ("Standard", "1", "3.3", ""),
    ],
)
def test_each_version_of_a_framework_has_its_own_titles(
    framework: str, version: str, requirement: str, title: str
) -> None:
    """The same id means another thing in another version; an unknown one means nothing here."""
    found = official_title(framework, version, requirement)

    assert found.startswith(title)
    assert bool(found) == bool(title)


def test_security_hub_relates_no_nist_control_to_task_sets() -> None:
    """What holds for services must not be printed as official for task sets."""
    assert NIST_BY_SECURITY_HUB["ECS.16"] == frozenset()
    assert len(NIST_BY_SECURITY_HUB["ECS.2"]) == 14
