"""`findings.ocsf.ndjson`: OCSF Compliance Findings (class 2003), one event a line.

Lines and not one list, since Security Lake, Firehose, Athena and log pipelines take events one by
one. An account-region that could not be seen is an event too, of the control `orgscan-coverage`
and with the status Unknown, so that a lake never shows silence for what was not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Final

from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import AccountRef, Finding, Resource, Severity, Status
from orgscan.model.run import Run, RunRecord
from orgscan.report.json_lines import present, write_lines
from orgscan.report.terms import (
    OCSF_COMPLIANCE,
    OCSF_SEVERITY,
    Numbered,
    acceptance,
    accepted,
    exposure_sentence,
    fix,
    partition_of,
    requirements,
)

VERSION = "1.6.0"
COVERAGE_CONTROL = "orgscan-coverage"

_NEW: Final = Numbered(1, "New")
_SUPPRESSED: Final = Numbered(3, "Suppressed")
_AWS_ACCOUNT: Final = Numbered(10, "AWS Account")


class OcsfReport:
    """The format `ocsf`."""

    name = "ocsf"
    filename = "findings.ocsf.ndjson"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write one event for each finding and for each gap of the ledger.

        Raises:
            OSError: the disk's own errors.
        """
        write_lines(out, _events(record))


def _events(record: RunRecord) -> Iterator[dict[str, object]]:
    entries = {entry.id: entry for entry in record.controls}
    for finding in record.findings():
        yield _finding_event(finding, entries.get(finding.control_id), record.run)
    for line in record.coverage():
        if line.is_gap:
            yield _gap_event(line, record.run)


def _finding_event(finding: Finding, entry: ControlEntry | None, run: Run) -> dict[str, object]:
    state = _SUPPRESSED if accepted(finding) else _NEW
    return {
        **_common(run, finding.severity, state, finding.reason),
        "finding_info": {
            "uid": finding.key,
            "title": entry.title if entry else finding.control_id,
            "desc": finding.reason,
            "created_time": _milliseconds(run.started_at),
            "types": ["Network Reachability"],
            "data_sources": list(finding.evidence),
        },
        "compliance": _compliance(finding, entry),
        "cloud": _cloud(run, finding.account, finding.region, partition_of(finding.resource.arn)),
        "resources": [_resource(finding)],
        **_remediation(finding, entry),
        **present({"comment": acceptance(finding)}),
        "unmapped": _unmapped(finding),
    }


def _compliance(finding: Finding, entry: ControlEntry | None) -> dict[str, object]:
    status = OCSF_COMPLIANCE[finding.status]
    return present(
        {
            "control": finding.control_id,
            "standards": requirements(entry) if entry else [],
            "status_id": status.number,
            "status": status.caption,
            "status_code": finding.status.value,
            "status_details": [
                text for text in (finding.reason, exposure_sentence(finding)) if text
            ],
        }
    )


def _resource(finding: Finding) -> dict[str, object]:
    resource = finding.resource
    return present(
        {
            "uid": resource.arn,
            "name": resource.service_name or resource.id,
            "type": resource.type,
            "region": finding.region,
            "cloud_partition": partition_of(resource.arn),
            "owner": {"name": finding.owner} if finding.owner else None,
            "labels": [f"{key}:{value}" for key, value in sorted(resource.tags.items())],
            "data": _details(resource),
        }
    )


def _details(resource: Resource) -> dict[str, object]:
    return present(
        {
            "cluster_arn": resource.cluster_arn,
            "service_arn": resource.service_arn,
            "deployment_controller": resource.deployment_controller,
            "status": resource.status,
            "launch_type": resource.launch_type,
            "created_at": resource.created_at,
        }
    )


def _remediation(finding: Finding, entry: ControlEntry | None) -> dict[str, object]:
    if entry is None or finding.status not in {Status.FAILED, Status.WARNING}:
        return {}
    return {"remediation": {"desc": fix(entry, finding)}}


def _unmapped(finding: Finding) -> dict[str, object]:
    """What OCSF has no place for, under report.json's own names."""
    return {
        "observed": finding.observed,
        "exposure": finding.exposure,
        "exception": finding.exception,
        "ou_path": finding.account.ou_path,
    }


def _gap_event(line: CoverageEntry, run: Run) -> dict[str, object]:
    where = f"{line.account_id}/{line.region}" if line.region else line.account_id
    account = AccountRef(line.account_id, line.account_name, "")
    unknown = OCSF_COMPLIANCE[Status.NOT_EVALUATED]
    return {
        **_common(run, Severity.INFORMATIONAL, _NEW, line.reason or line.status.value),
        "finding_info": {
            "uid": f"{COVERAGE_CONTROL}|{where}",
            "title": "An account-region in scope could not be seen",
            "desc": line.reason or line.status.value,
            "created_time": _milliseconds(run.started_at),
        },
        "compliance": present(
            {
                "control": COVERAGE_CONTROL,
                "status_id": unknown.number,
                "status": unknown.caption,
                "status_code": line.status.value,
                "status_details": [
                    text for text in (line.reason, line.api, line.error_code, line.message) if text
                ],
            }
        ),
        "cloud": _cloud(run, account, line.region, run.partition),
        "resources": [{"uid": where, "name": where, "type": "AWS account-region"}],
    }


def _common(run: Run, severity: Severity, state: Numbered, message: str) -> dict[str, object]:
    grade = OCSF_SEVERITY[severity]
    return {
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": _milliseconds(run.finished_at),
        "severity_id": grade.number,
        "severity": grade.caption,
        "status_id": state.number,
        "status": state.caption,
        "message": message,
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "correlation_uid": run.id,
            "product": {
                "name": run.tool.name,
                "vendor_name": run.tool.name,
                "version": run.tool.version,
            },
        },
    }


def _cloud(run: Run, account: AccountRef, region: str | None, partition: str) -> dict[str, object]:
    # OCSF gives an account's unit its id alone: the last of the path.
    unit = account.ou_path.rpartition("/")[2]
    return present(
        {
            "provider": "AWS",
            "cloud_partition": partition,
            "region": region,
            "account": present(
                {
                    "uid": account.id,
                    "name": account.name,
                    "type_id": _AWS_ACCOUNT.number,
                    "type": _AWS_ACCOUNT.caption,
                }
            ),
            "org": present({"uid": run.organization.id, "ou_uid": unit}),
        }
    )


def _milliseconds(timestamp: str) -> int:
    return round(datetime.fromisoformat(timestamp).timestamp() * 1000)
