"""How a verdict, a severity and an exposure are said in the formats of others.

One place, so that the formats agree. docs/formats.md shows these tables and says why; a test
compares them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from orgscan.model.control import ControlEntry, Mapping, Origin
from orgscan.model.finding import Finding, Severity, Status
from orgscan.report.guidance import plan


class Numbered(NamedTuple):
    """An OCSF value: its number, and the caption that goes with it."""

    number: int
    caption: str


class Judged(NamedTuple):
    """A SARIF result: whether it is a failure at all, and if not, of what kind."""

    kind: str
    reported: bool


# Security Hub has no value for "does not apply"; NOT_AVAILABLE is its word for both.
ASFF_COMPLIANCE: Final = {
    Status.FAILED: "FAILED",
    Status.WARNING: "WARNING",
    Status.NOT_EVALUATED: "NOT_AVAILABLE",
    Status.PASSED: "PASSED",
    Status.NOT_APPLICABLE: "NOT_AVAILABLE",
}

OCSF_COMPLIANCE: Final = {
    Status.FAILED: Numbered(3, "Fail"),
    Status.WARNING: Numbered(2, "Warning"),
    Status.NOT_EVALUATED: Numbered(0, "Unknown"),
    Status.PASSED: Numbered(1, "Pass"),
    Status.NOT_APPLICABLE: Numbered(99, "Not Applicable"),
}

OCSF_SEVERITY: Final = {
    Severity.CRITICAL: Numbered(5, "Critical"),
    Severity.HIGH: Numbered(4, "High"),
    Severity.MEDIUM: Numbered(3, "Medium"),
    Severity.LOW: Numbered(2, "Low"),
    Severity.INFORMATIONAL: Numbered(1, "Informational"),
}

# What passed or does not apply would become an alert: code scanners show every result there is.
SARIF_KIND: Final = {
    Status.FAILED: Judged("fail", reported=True),
    Status.WARNING: Judged("review", reported=True),
    Status.NOT_EVALUATED: Judged("open", reported=True),
    Status.PASSED: Judged("pass", reported=False),
    Status.NOT_APPLICABLE: Judged("notApplicable", reported=False),
}

SARIF_LEVEL: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFORMATIONAL: "note",
}

# OSCAL's own two words for a control; what it rests on keeps the five.
OSCAL_STATE: Final = {
    Status.FAILED: "not-satisfied",
    Status.WARNING: "not-satisfied",
    Status.NOT_EVALUATED: "not-satisfied",
    Status.PASSED: "satisfied",
    Status.NOT_APPLICABLE: "satisfied",
}

# A gate on JUnit fails when `orgscan scan` exits with 1, 4 or 5, and not otherwise.
JUNIT_OUTCOME: Final = {
    Status.FAILED: "failure",
    Status.WARNING: "skipped",
    Status.NOT_EVALUATED: "error",
    Status.PASSED: "",
    Status.NOT_APPLICABLE: "skipped",
}

_RELIED_ON = frozenset({Origin.VERIFIED, Origin.CONFIGURATION})


def accepted(finding: Finding) -> bool:
    """Whether its owner accepted a failure; it stays one, and counts for no exit status."""
    return finding.status is Status.FAILED and finding.exception is not None


def acceptance(finding: Finding) -> str:
    """Who accepted it, why and until when; empty where nobody did."""
    note = finding.exception
    if note is None:
        return ""
    ticket = f" ({note.ticket})" if note.ticket else ""
    return f"Accepted by {note.owner} until {note.expires}{ticket}: {note.reason}"


def exposure_sentence(finding: Finding) -> str:
    """How far the internet reaches it, from where and on which ports; empty where not looked."""
    exposure = finding.exposure
    if exposure is None:
        return ""
    sources = f" From {', '.join(exposure.sources)}." if exposure.sources else ""
    ports = f" On {', '.join(exposure.ports)}." if exposure.ports else ""
    return f"Exposure: {exposure.grade}. {exposure.reason}{sources}{ports}"


def requirements(entry: ControlEntry) -> list[str]:
    """The framework requirements that can be relied on, `CIS Controls v8 3.3`.

    What only the control document says, or an analogy, is left out: other platforms would show it
    as a fact.
    """
    return [_requirement(each) for each in entry.mappings if each.origin in _RELIED_ON]


def fix(entry: ControlEntry, finding: Finding) -> str:
    """What mends a finding, as one text; the control's own where no plan fits."""
    chosen = plan(entry, finding)
    return " ".join(chosen.steps) if chosen else " ".join(entry.remediation.split())


def partition_of(arn: str) -> str:
    """The partition that an ARN is of; `aws` where it is no ARN."""
    return arn.split(":")[1] if arn.startswith("arn:") and arn.count(":") > 4 else "aws"


def _requirement(mapping: Mapping) -> str:
    return f"{mapping.framework} {mapping.version} {mapping.id}"
