"""The catalogue in a terminal: what is claimed, by whom, and how far it can be relied on."""

from __future__ import annotations

import msgspec

from orgscan.controls.catalogue import load_entry
from orgscan.model.control import CONFIGURATION, ControlEntry, Mapping
from orgscan.report.controls_text import check_lines, control_lines

ENTRY = load_entry("ecs-taskset-no-public-ip")
QUOTED = "Encrypt Data on End-User Devices \u2013 Ensure data encryption during file system access."
OWN = Mapping(
    framework="Standard",
    version="2.1",
    id="NET-07",
    title="No public addresses",
    source=CONFIGURATION,
    verified=False,
    reference="chapter 4",
)


def _with_own(**members: str) -> ControlEntry:
    own = msgspec.structs.replace(OWN, **members)
    return msgspec.structs.replace(ENTRY, mappings=(*ENTRY.mappings, own))


def test_mappings_come_by_kind_the_most_reliable_first() -> None:
    """Nobody can take a quotation for something verified."""
    headings = [line.strip() for line in control_lines(_with_own()) if line[2:3].isupper()]

    assert headings == [
        ENTRY.title,
        "Verified mappings",
        "By analogy: our judgement, not the framework's",
        "From your configuration, not verified",
        "The control document's own, unverified",
        "Where the control document is wrong",
    ]


def test_the_documents_title_and_the_official_one_stand_together() -> None:
    """One below the other, so that they can be compared."""
    lines = control_lines(ENTRY)
    at = lines.index("    CIS Controls v8 3.4")

    assert lines[at + 1 : at + 4] == [
        f"      it says:         {QUOTED}",
        "      official title:  Enforce Data Retention",
        "      source: control document (verbatim, unverified)",
    ]


def test_a_companys_own_mapping_says_where_the_company_has_it_from() -> None:
    """The source is the configuration; what the configuration cites stands behind it."""
    lines = control_lines(_with_own())
    at = lines.index("    Standard 2.1 NET-07  No public addresses")

    assert lines[at + 1] == "      source: configuration: chapter 4"


def test_a_check_lists_every_mapping_with_its_source_and_counts_them() -> None:
    """A line each, and the sums below."""
    lines = check_lines([_with_own()])

    assert lines[0] == "ecs-taskset-no-public-ip"
    assert len(lines) == 1 + len(ENTRY.mappings) + 1 + 2
    assert lines[2] == (
        "  verified          CIS Controls v8 3.3  Configure Data Access Control Lists  "
        "[CIS AWS Compute Services Benchmark v1.1.0, recommendation 3.14]"
    )
    assert lines[8] == (
        f"  control document  CIS Controls v8 3.4  {QUOTED} "
        "(officially: Enforce Data Retention)  [control document (verbatim, unverified)]"
    )
    assert lines[-1] == (
        "12 mappings of 1 control: 5 verified, 2 by analogy, 1 configuration, 4 control document"
    )


def test_hostile_texts_are_shown_and_not_obeyed(hostile_names: tuple[str, ...]) -> None:
    """A configuration is written by people too."""
    for name in hostile_names:
        entry = _with_own(title=name, reference=name)
        lines = [*control_lines(entry), *check_lines([entry])]
        assert [line for line in lines if not line.isprintable()] == []
