"""The parts of OSCAL assessment results, each made of one of our values."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding, Status
from orgscan.model.run import Run
from orgscan.report.inert import code, words
from orgscan.report.json_lines import present
from orgscan.report.limited import limited
from orgscan.report.terms import (
    OSCAL_STATE,
    acceptance,
    exposure_sentence,
    requirements,
)

# Our properties' namespace, and what our uuids are made in.
NAMESPACE: Final = "https://orgscan.example/ns/oscal"
_UUIDS: Final = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)

# What decides a control, the most telling first.
_DECIDING = (Status.FAILED, Status.WARNING, Status.NOT_EVALUATED)
_REASONS: Final = {
    Status.FAILED: "fail",
    Status.WARNING: "other",
    Status.NOT_EVALUATED: "other",
}


def prop(name: str, value: str) -> dict[str, object]:
    """A property in our namespace; OSCAL takes no empty value and no line break."""
    return {"name": name, "ns": NAMESPACE, "value": limited(value, 2048) or "-"}


def props(values: dict[str, str | None]) -> list[dict[str, object]]:
    """Properties of those that have a value."""
    return [prop(name, value) for name, value in values.items() if value and value.strip()]


def markup(text: str) -> str:
    """OSCAL reads titles and descriptions as Markdown."""
    return words(text, 4000) or "-"


class Parts:
    """Makes the parts of one run's results."""

    def __init__(self, run: Run) -> None:
        """Uuids are made in the run's own namespace."""
        self._run = run
        self._space = uuid.uuid5(_UUIDS, run.id)

    def uuid(self, name: str) -> str:
        """The uuid, version 5, of what `name` stands for in this run."""
        return str(uuid.uuid5(self._space, name))

    def scope(self) -> str:
        """The filters as they were given."""
        given = {
            name: value for name, value in msgspec.structs.asdict(self._run.scope).items() if value
        }
        told = "; ".join(
            f"{name}: {value if isinstance(value, str) else ', '.join(value)}"
            for name, value in given.items()
        )
        return told or "Everything in the organization"

    def inventory(self, findings: Iterable[Finding]) -> Iterator[dict[str, object]]:
        """Each resource once: findings of one resource stand beside each other."""
        before = ("", "", "")
        for finding in findings:
            here = (finding.account.id, finding.region, finding.resource.arn)
            if here != before:
                yield self._inventory_item(finding)
            before = here

    def observation(self, finding: Finding) -> dict[str, object]:
        """What was seen of one resource by one control."""
        told = [words(finding.reason), words(exposure_sentence(finding))]
        return present(
            {
                "uuid": self.uuid(finding.key),
                "title": markup(f"{finding.status} by {finding.control_id}"),
                "description": "\n\n".join(filter(None, told)) or finding.status.value,
                "props": _observation_props(finding),
                "methods": ["TEST"],
                "types": ["finding"],
                "subjects": [
                    {"subject-uuid": self._resource_uuid(finding), "type": "inventory-item"}
                ],
                "relevant-evidence": [
                    {
                        "description": "SHA-256 of an AWS answer that this rests on",
                        "props": [prop("digest", digest)],
                    }
                    for digest in finding.evidence
                ],
                "collected": self._run.finished_at,
                "remarks": words(acceptance(finding)),
            }
        )

    def gap(self, line: CoverageEntry) -> dict[str, object]:
        """What could not be seen."""
        told = (line.reason, " ".join(filter(None, (line.api, line.error_code, line.message))))
        return {
            "uuid": self.uuid(f"coverage|{line.account_id}|{line.region or ''}"),
            "title": markup(f"Not seen in full: {line.status}"),
            "description": "\n\n".join(words(part) for part in told if part) or line.status.value,
            "props": props(
                {
                    "coverage-status": line.status.value,
                    "account-id": line.account_id,
                    "account-name": line.account_name,
                    "region": line.region,
                }
            ),
            "methods": ["TEST"],
            "types": ["discovery"],
            "collected": self._run.finished_at,
        }

    def finding(self, entry: ControlEntry, counts: dict[str, int], gaps: bool) -> dict[str, object]:
        """One control's state over the whole run; what was not seen is never satisfied."""
        found = [status for status in _DECIDING if counts.get(status)]
        worst = found[0] if found else (Status.NOT_EVALUATED if gaps else Status.PASSED)
        figures = ", ".join(f"{counts.get(status, 0)} {status}" for status in Status)
        incomplete = " Coverage is incomplete." if gaps else ""
        return {
            "uuid": self.uuid(f"control|{entry.id}"),
            "title": markup(entry.title),
            "description": f"{code(entry.id)}: {figures}.{incomplete}",
            "props": [
                prop("severity", entry.severity),
                *(prop("requirement", each) for each in requirements(entry)),
            ],
            "target": {
                "type": "objective-id",
                "target-id": entry.id,
                "status": {"state": OSCAL_STATE[worst], "reason": _REASONS.get(worst, "pass")},
            },
            "remarks": markup(" ".join(entry.remediation.split())),
        }

    def _inventory_item(self, finding: Finding) -> dict[str, object]:
        resource = finding.resource
        tags = [prop("tag", f"{key}={value}") for key, value in sorted(resource.tags.items())]
        return {
            "uuid": self._resource_uuid(finding),
            "description": markup(f"{resource.type} {resource.arn}"),
            "props": [
                *props(
                    {
                        "arn": resource.arn,
                        "resource-type": resource.type,
                        "account-id": finding.account.id,
                        "account-name": finding.account.name,
                        "ou-path": finding.account.ou_path,
                        "region": finding.region,
                        "owner": finding.owner,
                    }
                ),
                *tags,
            ],
        }

    def _resource_uuid(self, finding: Finding) -> str:
        return self.uuid(f"resource|{finding.account.id}|{finding.region}|{finding.resource.arn}")


def _observation_props(finding: Finding) -> list[dict[str, object]]:
    note = finding.exception
    return props(
        {
            "status": finding.status.value,
            "severity": finding.severity.value,
            "control-id": finding.control_id,
            "key": finding.key,
            "exposure": finding.exposure.grade.value if finding.exposure else None,
            "exception-id": note.id if note else None,
            "exception-expires": note.expires if note else None,
        }
    )
