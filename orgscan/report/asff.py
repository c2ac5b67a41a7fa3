"""`findings.asff.ndjson`: what Security Hub imports (AWS Security Finding Format).

Each line is one request of BatchImportFindings: up to 100 findings of one account and region,
since Security Hub takes a finding only in its own region and from the account that it is about.
Ids follow from the findings' keys, so that importing again updates and never doubles.

Limits: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby, islice
from typing import BinaryIO, Final

from orgscan.model.control import ControlEntry
from orgscan.model.finding import Finding, Status
from orgscan.model.run import Run, RunRecord
from orgscan.report.asff_resource import resource_of
from orgscan.report.json_lines import present, write_lines
from orgscan.report.limited import limited
from orgscan.report.terms import (
    ASFF_COMPLIANCE,
    acceptance,
    accepted,
    exposure_sentence,
    fix,
    partition_of,
    requirements,
)

MOST_IN_A_BATCH = 100
GENERATOR = "orgscan/"
"""What the `GeneratorId` of every finding begins with."""

# From Security Hub's own taxonomy of finding types.
_TYPES: Final = (
    "Software and Configuration Checks/AWS Security Best Practices/Network Reachability",
)
_MOST_REQUIREMENTS = 32


class AsffReport:
    """The format `asff`."""

    name = "asff"
    filename = "findings.asff.ndjson"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write one BatchImportFindings request a line.

        Raises:
            OSError: the disk's own errors.
        """
        write_lines(out, ({"Findings": batch} for batch in batches(record)))


def batches(record: RunRecord) -> Iterator[list[dict[str, object]]]:
    """Findings as Security Hub takes them: at most 100, all of one account and region.

    The account and the region are those of each finding's `ProductArn`.
    """
    entries = {entry.id: entry for entry in record.controls}
    for _, findings in groupby(record.findings(), key=lambda each: (each.account.id, each.region)):
        while batch := list(islice(findings, MOST_IN_A_BATCH)):
            yield [
                security_hub_finding(each, entries.get(each.control_id), record.run)
                for each in batch
            ]


def finding_id(finding: Finding) -> str:
    """The id that a finding has in Security Hub, the same in every run.

    Its key may be longer than the 512 characters of an id, so that the key's digest stands in.
    """
    digest = hashlib.sha256(finding.key.encode()).hexdigest()
    return f"orgscan/{finding.control_id}/{finding.account.id}/{finding.region}/{digest}"


def security_hub_finding(
    finding: Finding, entry: ControlEntry | None, run: Run
) -> dict[str, object]:
    """One finding in AWS's format, within AWS's lengths.

    Args:
        finding: whatever its status.
        entry: of its control; None where the catalogue does not have it.
        run: whose times and id it carries.
    """
    account, severity = finding.account.id, _severity(finding)
    partition = partition_of(finding.resource.arn)
    hub = f"arn:{partition}:securityhub:{finding.region}:{account}"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": finding_id(finding),
        "ProductArn": f"{hub}:product/{account}/default",
        "ProductName": "orgscan",
        "CompanyName": "orgscan",
        "GeneratorId": f"{GENERATOR}{finding.control_id}",
        "AwsAccountId": account,
        "Types": _TYPES,
        "CreatedAt": run.started_at,
        "UpdatedAt": run.finished_at,
        "Severity": severity,
        "FindingProviderFields": {"Severity": severity, "Types": _TYPES},
        "Title": limited(entry.title if entry else finding.control_id, 256),
        "Description": _description(finding),
        **_remediation(finding, entry),
        "ProductFields": _product_fields(finding, run),
        "Resources": [resource_of(finding)],
        "Compliance": _compliance(finding, entry),
        "RecordState": "ACTIVE",
        **_workflow(finding, run),
    }


def _severity(finding: Finding) -> dict[str, object]:
    return {"Label": finding.severity.value, "Original": finding.severity.value}


def _description(finding: Finding) -> str:
    parts = (finding.reason, exposure_sentence(finding), acceptance(finding))
    return limited(" ".join(filter(None, parts)), 1024) or finding.status.value


def _remediation(finding: Finding, entry: ControlEntry | None) -> dict[str, object]:
    if entry is None or finding.status not in {Status.FAILED, Status.WARNING}:
        return {}
    return {"Remediation": {"Recommendation": {"Text": limited(fix(entry, finding), 512)}}}


def _product_fields(finding: Finding, run: Run) -> dict[str, object]:
    fields: dict[str, object] = {
        "orgscan/Key": finding.key,
        "orgscan/RunId": run.id,
        "orgscan/Version": run.tool.version,
        "orgscan/Status": finding.status.value,
        "orgscan/AccountName": finding.account.name,
        "orgscan/OuPath": finding.account.ou_path,
        "orgscan/Owner": finding.owner,
        "orgscan/Exposure": finding.exposure.grade.value if finding.exposure else None,
        "orgscan/Exception": finding.exception.id if finding.exception else None,
        "orgscan/Evidence": " ".join(finding.evidence),
    }
    return present({name: limited(str(value), 2048) for name, value in fields.items() if value})


def _compliance(finding: Finding, entry: ControlEntry | None) -> dict[str, object]:
    related = [limited(each, 256) for each in requirements(entry)] if entry else []
    return present(
        {
            "Status": ASFF_COMPLIANCE[finding.status],
            "RelatedRequirements": related[:_MOST_REQUIREMENTS],
            "StatusReasons": [
                {
                    "ReasonCode": f"ORGSCAN_{finding.status}",
                    "Description": limited(finding.reason, 1024) or finding.status.value,
                }
            ],
        }
    )


def _workflow(finding: Finding, run: Run) -> dict[str, object]:
    """An accepted finding comes in suppressed, with the exception as its note.

    Security Hub takes both when it first sees a finding and keeps its own ever after.
    """
    if not accepted(finding):
        return {}
    note = {
        "Text": limited(acceptance(finding), 512),
        "UpdatedBy": "orgscan",
        "UpdatedAt": run.finished_at,
    }
    return {"Workflow": {"Status": "SUPPRESSED"}, "Note": note}
