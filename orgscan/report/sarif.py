"""`report.sarif`: SARIF 2.1.0, for code scanning and whatever else reads static analysis results.

It holds what wants attention: FAILED, WARNING and NOT_EVALUATED. What was not seen at all is a
notification of the invocation. A resource has no file: its place is its ARN, as a logical location,
and a path made of account, region and the ARN's end, since GitHub refuses a result without a path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, Final
from urllib.parse import quote

from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding, Severity
from orgscan.model.run import Run, RunRecord
from orgscan.report.json_lines import encoded, present, write_list
from orgscan.report.terms import (
    SARIF_KIND,
    SARIF_LEVEL,
    acceptance,
    accepted,
    exposure_sentence,
    requirements,
)

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

# GitHub sorts alerts by this figure and not by SARIF's three levels.
_GITHUB_SEVERITY: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFORMATIONAL: "0.0",
}


class SarifReport:
    """The format `sarif`."""

    name = "sarif"
    filename = "report.sarif"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write one run of one tool, a result at a time.

        Raises:
            OSError: the disk's own errors.
        """
        out.write(b'{"$schema":%s,"version":"2.1.0","runs":[{\n' % encoded(_SCHEMA))
        out.write(b'"tool":' + encoded({"driver": _driver(record)}) + b",\n")
        out.write(b'"automationDetails":' + encoded({"id": f"orgscan/{record.run.id}"}) + b",\n")
        out.write(b'"columnKind":"unicodeCodePoints",\n')
        out.write(b'"properties":' + encoded({"findings": _counts(record)}) + b",\n")
        out.write(b'"invocations":[' + encoded(_invocation(record.run))[:-1])
        out.write(b',"toolExecutionNotifications":')
        write_list(out, (_notification(line) for line in record.coverage() if line.is_gap))
        out.write(b'}],\n"results":')
        write_list(out, _results(record))
        out.write(b"}]}\n")


def _driver(record: RunRecord) -> dict[str, object]:
    return {
        "name": record.run.tool.name,
        "version": record.run.tool.version,
        "rules": [_rule(entry) for entry in record.controls],
    }


def _rule(entry: ControlEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": " ".join(entry.description.split())},
        "help": {"text": entry.remediation},
        "defaultConfiguration": {"level": SARIF_LEVEL[entry.severity]},
        "properties": {
            "tags": ["security", *sorted(set(requirements(entry)))],
            "security-severity": _GITHUB_SEVERITY[entry.severity],
        },
    }


def _counts(record: RunRecord) -> dict[str, dict[str, int]]:
    """All five statuses, also of what is no result here."""
    return {
        control: dict(sorted(counts.items()))
        for control, counts in sorted(record.totals.findings.items())
    }


def _invocation(run: Run) -> dict[str, object]:
    return {
        # SARIF's "successful" is about the tool: findings are success, gaps are not.
        "executionSuccessful": run.exit_status in {0, 1},
        "exitCode": run.exit_status,
        "startTimeUtc": run.started_at,
        "endTimeUtc": run.finished_at,
    }


def _notification(line: CoverageEntry) -> dict[str, object]:
    where = f"{line.account_id}/{line.region}" if line.region else line.account_id
    cause = " ".join(filter(None, (line.api, line.error_code)))
    text = f"{where}: {line.status}{f' ({cause})' if cause else ''}. {line.reason}".strip()
    return {
        "level": "error",
        "descriptor": {"id": line.status.value},
        "message": {"text": text},
        "locations": [{"logicalLocations": [{"fullyQualifiedName": where}]}],
    }


def _results(record: RunRecord) -> Iterator[dict[str, object]]:
    places = {entry.id: place for place, entry in enumerate(record.controls)}
    for finding in record.findings():
        if SARIF_KIND[finding.status].reported:
            yield _result(finding, places.get(finding.control_id))


def _result(finding: Finding, rule: int | None) -> dict[str, object]:
    kind = SARIF_KIND[finding.status].kind
    digest = hashlib.sha256(finding.key.encode()).hexdigest()
    return present(
        {
            "ruleId": finding.control_id,
            "ruleIndex": rule,
            "kind": kind,
            # Only a failure has a level (SARIF 3.27.10).
            "level": SARIF_LEVEL[finding.severity] if kind == "fail" else "none",
            "message": {"text": _message(finding)},
            "locations": [_location(finding)],
            "fingerprints": {"orgscanKey/v1": finding.key},
            # What GitHub tells alerts apart by; it has no file to work this out from.
            "partialFingerprints": {"primaryLocationLineHash": f"{digest[:16]}:1"},
            "suppressions": _suppressions(finding),
            "properties": _properties(finding),
        }
    )


def _message(finding: Finding) -> str:
    where = f"{finding.resource.type} {finding.resource.arn} in {finding.region}"
    parts = (f"{finding.status}: {finding.reason}", exposure_sentence(finding), f"({where})")
    return _no_placeholders(" ".join(filter(None, parts)))


def _no_placeholders(text: str) -> str:
    """SARIF fills `{0}` and makes links of `[text](place)`; double or escape what begins them."""
    plain = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return plain.replace("{", "{{").replace("}", "}}")


def _location(finding: Finding) -> dict[str, object]:
    resource = finding.resource
    end = resource.arn.split(":", 5)[-1]
    path = quote(f"{finding.account.id}/{finding.region}/{end}", safe="/")
    return {
        "physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 1}},
        "logicalLocations": [
            {
                "name": resource.id or resource.arn,
                "fullyQualifiedName": resource.arn,
                "kind": "resource",
            }
        ],
    }


def _suppressions(finding: Finding) -> list[dict[str, object]]:
    if not accepted(finding):
        return []
    return [
        {"kind": "external", "status": "accepted", "justification": acceptance(finding)},
    ]


def _properties(finding: Finding) -> dict[str, object]:
    return present(
        {
            "status": finding.status.value,
            "severity": finding.severity.value,
            "account": finding.account.id,
            "accountName": finding.account.name,
            "ouPath": finding.account.ou_path,
            "region": finding.region,
            "owner": finding.owner,
            "exposure": finding.exposure,
            "resourceTags": dict(sorted(finding.resource.tags.items())),
            "evidence": list(finding.evidence),
        }
    )
