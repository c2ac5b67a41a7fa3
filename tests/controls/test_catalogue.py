"""The catalogue: complete, strict, and true about what the control document says."""

from __future__ import annotations

from importlib import resources

import pytest
import yaml

from orgscan.controls.catalogue import load_entry, parse_entry
from orgscan.controls.interface import Control
from orgscan.controls.registry import CONTROLS
from orgscan.errors import OrgscanError
from orgscan.model.control import Mapping, Origin
from orgscan.model.finding import Severity

every_control = pytest.mark.parametrize(
    "control", CONTROLS, ids=[control.entry.id for control in CONTROLS]
)
MINIMAL = """\
id: a-control
title: t
severity: LOW
description: d
rationale: r
impact: i
remediation: m
"""
COMPLETE = "framework: F, version: v1, id: '3.14', title: T, source: S, verified: true"
VERBATIM = "control document (verbatim, unverified)"


@every_control
def test_every_control_has_its_entry_beside_it(control: Control) -> None:
    """The entry is found by the control's id, and says everything that a reader needs."""
    entry = load_entry(control.entry.id)

    assert entry is control.entry
    texts = (entry.title, entry.description, entry.rationale, entry.impact, entry.remediation)
    assert all(text == text.strip() != "" for text in texts)


@every_control
def test_every_control_says_what_to_do_about_a_finding(control: Control) -> None:
    """There is a command for each type of resource that its findings are on."""
    entry = control.entry

    assert entry.resource_types
    assert {command.resource_type for command in entry.commands} == set(entry.resource_types)


@every_control
def test_no_entry_has_the_same_key_twice(control: Control) -> None:
    """YAML would silently keep the last of two, and lose the other's text."""
    name = control.entry.id.replace("-", "_") + ".yaml"
    text = resources.files("orgscan.controls").joinpath(name).read_text(encoding="utf-8")

    def check(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), keys
            for _, value in node.value:
                check(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                check(item)

    root = yaml.compose(text)
    assert isinstance(root, yaml.MappingNode)
    check(root)


def test_controls_have_ids_of_their_own() -> None:
    """An id names one control, in reports and between runs."""
    ids = [control.entry.id for control in CONTROLS]

    assert ids == [
        "ecs-taskset-no-public-ip",
        "ecs-service-no-public-ip",
        "ecs-task-no-public-ip",
        "ecs-task-ipv6-exposure",
        "ecs-launcher-no-public-ip",
    ]


def test_the_task_set_control_is_as_grave_as_security_hub_grades_it() -> None:
    """Security Hub's ECS.16 is High."""
    assert load_entry("ecs-taskset-no-public-ip").severity is Severity.HIGH


VERBATIM_ROWS = [
    (
        "CIS Controls",
        "v8",
        "3.4",
        (
            "Encrypt Data on End-User Devices \u2013 "
            "Ensure data encryption during file system access."
        ),
        VERBATIM,
    ),
    (
        "CIS Controls",
        "v8",
        "6.7",
        (
            "Implement Application Layer Filtering and Content Control \u2013 "
            "Ensure appropriate content filtering is applied to sensitive files."
        ),
        VERBATIM,
    ),
    (
        "CIS Controls",
        "v8",
        "6.8",
        (
            "Define and Maintain Role-Based Access Control \u2013 "
            "Implement and manage role-based access for file systems."
        ),
        VERBATIM,
    ),
    (
        "CIS Controls",
        "v8",
        "14.6",
        (
            "Protect Information Through Access Control Lists \u2013 "
            "Apply strict access control to file systems."
        ),
        VERBATIM,
    ),
]


def test_the_documents_own_mapping_stands_verbatim_and_unverified() -> None:
    """Its four rows keep their words, and each has the official title beside it."""
    mappings = load_entry("ecs-taskset-no-public-ip").mappings
    rows = [row for row in mappings if row.origin is Origin.DOCUMENT]

    found = [(row.framework, row.version, row.id, row.title, row.source) for row in rows]
    assert found == VERBATIM_ROWS
    assert [row.official_title for row in rows] == [
        "Enforce Data Retention",
        "Centralize Access Control",
        "Define and Maintain Role-Based Access Control",
        "Train Workforce Members on Recognizing and Reporting Security Incidents",
    ]
    assert not any(row.verified for row in rows)


def test_what_security_hub_gives_for_services_only_is_by_analogy() -> None:
    """NIST controls are named for task sets, and never as verified."""
    mappings = load_entry("ecs-taskset-no-public-ip").mappings

    assert {(row.id, row.origin) for row in mappings if row.framework == "NIST SP 800-53"} == {
        ("SC-7", Origin.ANALOGY),
        ("AC-4", Origin.ANALOGY),
    }


def test_the_verified_mapping_stands_beside_it_with_its_sources() -> None:
    """The benchmark, its own mapping, Security Hub, and what Security Hub relates: no more."""
    verified = [row for row in load_entry("ecs-taskset-no-public-ip").mappings if row.verified]

    assert [(row.framework, row.id) for row in verified] == [
        ("CIS AWS Compute Services Benchmark", "3.14"),
        ("CIS Controls", "3.3"),
        ("CIS Controls", "14.6"),
        ("AWS Security Hub CSPM", "ECS.16"),
        ("PCI DSS", "1.4.4"),
    ]
    assert [row.version for row in verified[:3]] == ["v1.1.0", "v8", "v7"]
    assert all(row.source != VERBATIM for row in verified)


@pytest.mark.parametrize(
    "wrong",
    [
        "update-task-set",
        "backs out",
        "TaskSets cannot be empty",
        "console",
        "by default",
        "EC2 launch type",
        "deployment controller",
        "ecs:DescribeServices",
        "IPv6",
        "CIS Controls table",
        "file systems",
    ],
)
def test_each_wrong_claim_of_the_document_is_corrected(wrong: str) -> None:
    """What the document says that is not so has a correction that names it."""
    assert any(wrong in text for text in load_entry("ecs-taskset-no-public-ip").corrections)


def test_a_complete_entry_is_read() -> None:
    """Corrections and mappings may be left out; a mapping's note too."""
    mapping = (
        "mappings: [{framework: F, version: v1, id: '3.14', title: T, source: S, verified: true}]"
    )

    entry = parse_entry(f"{MINIMAL}{mapping}", source="a_control.yaml")

    assert (entry.id, entry.severity, entry.corrections) == ("a-control", Severity.LOW, ())
    assert entry.mappings == (
        Mapping(framework="F", version="v1", id="3.14", title="T", source="S", verified=True),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"{MINIMAL}extra: x\n", "Object contains unknown field `extra`"),
        ("id: a-control\n", "Object missing required field `title`"),
        (MINIMAL.replace("LOW", "TERRIBLE"), "Invalid enum value 'TERRIBLE' - at `$.severity`"),
        (MINIMAL.replace("a-control", "3.14"), "Expected `str`, got `float` - at `$.id`"),
        (f"{MINIMAL}corrections: one\n", "Expected `array`, got `str` - at `$.corrections`"),
        (
            f"{MINIMAL}mappings: [{{framework: F, version: v1, id: 3.14}}]\n",
            "Expected `str`, got `float` - at `$.mappings[0].id`",
        ),
        (
            f"{MINIMAL}mappings: [{{{COMPLETE}, nist: x}}]\n",
            "Object contains unknown field `nist` - at `$.mappings[0]`",
        ),
        ("", "Expected `object`, got `null`"),
        ("- a list\n", "Expected `object`, got `array`"),
    ],
)
def test_an_entry_with_a_wrong_member_is_refused(text: str, what: str) -> None:
    """Nothing unknown, missing or of another type gets into the catalogue."""
    with pytest.raises(OrgscanError) as refused:
        parse_entry(text, source="a_control.yaml")

    assert str(refused.value) == (
        f"a_control.yaml: not a catalogue entry: {what}. "
        "Compare it with the entries of the other controls"
    )


@pytest.mark.parametrize("text", ["id: [", "!!python/object:os.system {}", "a: b: c"])
def test_what_is_no_plain_yaml_is_refused(text: str) -> None:
    """Broken YAML and YAML that would make objects end in one clear error."""
    with pytest.raises(OrgscanError, match=r"^a_control\.yaml: not a catalogue entry: "):
        parse_entry(text, source="a_control.yaml")


def test_a_missing_entry_says_that_the_installation_is_damaged() -> None:
    """A control whose YAML was not installed is named, with what to do."""
    with pytest.raises(OrgscanError) as missing:
        load_entry("no-such-control")

    assert str(missing.value) == (
        "no_such_control.yaml: the catalogue entry cannot be read (FileNotFoundError). "
        "Install orgscan again; if that does not help, report it"
    )
