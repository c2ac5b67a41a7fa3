"""The pages in docs/ say what the code says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.collect.launchers.interface import Collector
from orgscan.collect.launchers.registry import COLLECTORS
from orgscan.controls.catalogue import load_entry
from orgscan.controls.verdict import severity_of
from orgscan.model.control import Mapping, Origin
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Finding, Severity, Status
from orgscan.model.remediation import Code
from orgscan.permissions.capabilities import CAPABILITIES
from orgscan.permissions.capability import Holder
from orgscan.permissions.policies import remediate_role_policy
from orgscan.remediation.actions.registry import ACTIONS
from orgscan.remediation.site import READS
from orgscan.report import terms
from orgscan.report.guidance import placeholders
from orgscan.report.registry import FORMATS
from tests.test_fuzz import PARSERS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
# The page is about the control that the product exists for; `orgscan controls` shows them all.
MAPPINGS = load_entry("ecs-taskset-no-public-ip").mappings


def rows(page: str) -> list[list[str]]:
    """The cells of every table row of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]


@pytest.mark.parametrize("status", CoverageStatus)
def test_coverage_page_explains_each_status_and_whether_it_is_a_gap(
    status: CoverageStatus,
) -> None:
    """One row per status: whether it is a gap as the code has it, the meaning, what to do."""
    (row,) = [row for row in rows("coverage.md") if row[0] == f"`{status}`"]
    _, gap, meaning, mend = row

    entry = CoverageEntry(account_id="111122223333", account_name="", region=None, status=status)

    assert gap == ("yes" if entry.is_gap else "no")
    assert meaning
    assert mend


@pytest.mark.parametrize("status", Status)
def test_control_page_explains_each_verdict(status: Status) -> None:
    """Every status is in the table of verdicts, with the severity that the code gives it."""
    found = [row for row in rows("control.md") if row[0] == f"`{status}`"]
    severity = severity_of(status, load_entry("ecs-taskset-no-public-ip"))

    assert {row[1] for row in found} == {severity}
    assert all(row[2] for row in found)


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda collector: collector.name)
def test_launchers_page_lists_each_collector_with_its_permissions(collector: Collector) -> None:
    """Name, what it reads and the actions it needs stand in one row, word for word."""
    (row,) = [row for row in rows("launchers.md") if row[0] == f"`{collector.name}`"]

    actions = ", ".join(f"`{action}`" for action in collector.permissions)
    assert row[1:] == [collector.about, actions]


@pytest.mark.parametrize("status", Status)
def test_launchers_page_explains_each_verdict(status: Status) -> None:
    """Every status is in the table of verdicts, with the severity that the code gives it."""
    found = [row for row in rows("launchers.md") if row[0] == f"`{status}`"]

    assert {row[1] for row in found} == {
        severity_of(status, load_entry("ecs-launcher-no-public-ip"))
    }


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: f"{mapping.id} {mapping.title}")
def test_control_page_shows_each_mapping_of_the_catalogue(mapping: Mapping) -> None:
    """Id and title stand in one row, word for word; the document's beside the official title."""
    width = 3 if mapping.origin is Origin.DOCUMENT else 4
    found = [
        row
        for row in rows("control.md")
        if len(row) == width and mapping.id in row and mapping.title in row
    ]

    assert len(found) == 1
    assert mapping.official_title in found[0] or not mapping.official_title


def test_permissions_page_explains_every_capability_word_for_word() -> None:
    """One row each, in the order of the table: who, what for, its actions, and what is lost."""
    shown = [row for row in rows("permissions.md") if row[0] in set(Holder)]

    assert shown == [
        [
            capability.holder,
            capability.name + (f" (`{capability.asked_by}`)" if capability.asked_by else ""),
            ", ".join(f"`{action}`" for action in capability.actions),
            capability.without,
        ]
        for capability in CAPABILITIES
    ]


def test_findings_page_names_every_placeholder(make_finding: Callable[..., Finding]) -> None:
    """The table has what the templates can name, and nothing else."""
    named = [row[0] for row in rows("findings.md") if row[0].startswith("`{")]

    assert named == [f"`{{{name}}}`" for name in sorted(placeholders(make_finding()))]


@pytest.mark.parametrize("status", Status)
def test_services_page_explains_each_verdict(status: Status) -> None:
    """Every status is in the table of verdicts, with the severity that the code gives it."""
    found = [row for row in rows("services.md") if row[0] == f"`{status}`"]

    assert {row[1] for row in found} == {
        severity_of(status, load_entry("ecs-service-no-public-ip"))
    }


def test_services_page_shows_the_mappings_of_its_control_and_no_others() -> None:
    """Id and title stand in one row, word for word, in the order of the catalogue."""
    shown = [(row[1], row[2]) for row in rows("services.md") if len(row) == 4]

    entry = load_entry("ecs-service-no-public-ip")
    assert shown[1:] == [(mapping.id, mapping.title) for mapping in entry.mappings]


def test_formats_page_lists_each_format_with_its_files() -> None:
    """In the order of `--help`."""
    files: dict[str, list[str]] = {}
    for each in FORMATS:
        files.setdefault(each.name, []).append(f"`{each.filename}`")

    listed = [row[:2] for row in rows("formats.md") if len(row) == 3 and "." in row[1]]
    assert listed == [[f"`{name}`", ", ".join(of_it)] for name, of_it in files.items()]


@pytest.mark.parametrize("status", Status)
def test_formats_page_says_how_each_status_is_said_elsewhere(status: Status) -> None:
    """As the code has it."""
    (row,) = [row for row in rows("formats.md") if row[0] == f"`{status}`"]

    ocsf, sarif = terms.OCSF_COMPLIANCE[status], terms.SARIF_KIND[status]
    assert row[1:] == [
        f"{ocsf.number} {ocsf.caption}",
        terms.ASFF_COMPLIANCE[status],
        sarif.kind if sarif.reported else "left out",
        terms.OSCAL_STATE[status],
        terms.JUNIT_OUTCOME[status] or "passed",
    ]


@pytest.mark.parametrize("severity", Severity)
def test_formats_page_says_how_each_severity_is_said_elsewhere(severity: Severity) -> None:
    """As the code has it."""
    (row,) = [row for row in rows("formats.md") if row[0] == f"`{severity}`"]

    ocsf = terms.OCSF_SEVERITY[severity]
    assert row[1:] == [f"{ocsf.number} {ocsf.caption}", severity, terms.SARIF_LEVEL[severity]]


def test_architecture_page_names_every_folder_of_the_package() -> None:
    """The folders of the page are those of the package."""
    folders = {
        f"`orgscan/{path.parent.name}/`" for path in (ROOT / "orgscan").glob("*/__init__.py")
    }

    assert {row[0] for row in rows("architecture.md") if "orgscan/" in row[0]} == folders


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link of a page is a file of the repository."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("code", Code)
def test_remediation_page_explains_each_reason_for_doing_nothing(code: Code) -> None:
    """One row a code, with its meaning."""
    (row,) = [row for row in rows("remediation.md") if row[0] == f"`{code}`"]

    assert row[1]


def test_remediation_page_shows_the_remediate_roles_policy() -> None:
    """As `orgscan iam remediate-role` prints it, with whatever an action may call in it."""
    page = (ROOT / "docs" / "remediation.md").read_text(encoding="utf-8")
    shown = json.loads(page.partition("## The remediate role")[2].split("```")[1].lstrip("json"))

    assert shown == remediate_role_policy()
    granted = {name for statement in shown["Statement"] for name in statement["Action"]}
    assert [n for action in ACTIONS.values() for n in action.writes if n not in granted] == []


def test_remediation_page_names_every_read_beyond_a_scans() -> None:
    """By name, without the service where it is that of the one before."""
    page = (ROOT / "docs" / "remediation.md").read_text(encoding="utf-8")

    assert [name for name in READS if f"{name.partition(':')[2]}`" not in page] == []


def test_security_page_lists_every_parser_that_is_fuzzed() -> None:
    """By the name in the table of the test, with the error that it may raise."""
    listed = {row[0].strip("`"): row[2] for row in rows("security.md") if row[0][:1] == "`"}

    assert {name: error.strip("`") for name, error in listed.items() if "`" in error} == {
        name: " ".join(error.__name__ for error in parser.errors)
        for name, parser in PARSERS.items()
        if parser.errors
    }
    assert set(PARSERS) == set(listed)
