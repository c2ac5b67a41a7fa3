"""The rows of `report.html`: findings and ledger as compact columns, safe inside a script element.

What can be worked out in the browser is left out: an ARN that follows from the service's, a service
name that its ARN ends with, a finding's key; commands and links, which follow from the catalogue's
templates.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding, Observed, Resource
from orgscan.report.columns import MOST_REMEMBERED, Table, Words
from orgscan.report.guidance import CONSOLES
from orgscan.report.mend import mend, permissions
from orgscan.report.novelty import novelty

AS_RUNNING = -1

_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")


# The columns that hold a member of a finding as it is: few different values, and many.
_VALUES = {
    "control": "control_id",
    "status": "status",
    "severity": "severity",
    "region": "region",
    "owner": "owner",
    "type": "resource.type",
    "deployment_controller": "resource.deployment_controller",
    "resource_status": "resource.status",
    "launch_type": "resource.launch_type",
    "scale_percent": "resource.scale_percent",
    "assign_public_ip": "observed.assign_public_ip",
    "platform_version": "observed.platform_version",
    "running_count": "observed.running_count",
    "corroboration": "observed.corroboration",
    "interfaces_seen": "observed.interfaces_seen",
}
_DETAILS = {
    "reason": "reason",
    "exception": "exception",
    "exposure": "exposure",
    "subnets": "observed.subnets",
    "security_groups": "observed.security_groups",
    "public_ips": "observed.public_ips",
    "capacity_providers": "observed.capacity_providers",
    "ipv6": "observed.ipv6",
    "interfaces": "observed.interfaces",
    "started_by": "observed.started_by",
    "places": "observed.places",
    "images": "observed.images",
    "load_balancers": "observed.load_balancers",
}

# The columns of the ledger that hold few different values.
_LEDGER_VALUES = {
    "status": ("status",),
    "account": ("account_id", "account_name", "ou_path"),
    "region": ("region",),
    "reason": ("reason",),
    "api": ("api",),
    "error_code": ("error_code",),
}


def findings_json(findings: Iterable[Finding], started_at: str) -> Iterator[str]:
    """Return the findings as columns, in the order they come; they are read before this returns.

    Args:
        findings: in the order of the report.
        started_at: when the run began.
    """
    table = Table()
    digests = Words()
    numbers: dict[str, int] = {}
    plain = [
        *((attrgetter(path), table.values(name)) for name, path in _VALUES.items()),
        *((attrgetter(path), table.details(name)) for name, path in _DETAILS.items()),
    ]
    for finding in findings:
        for read, add in plain:
            add(read(finding))
        account = finding.account
        table.value("account", (account.id, account.name, account.ou_path))
        table.value("grade", finding.exposure.grade if finding.exposure else None)
        table.value("past", _past(finding, started_at))
        _add_resource(table, finding.resource)
        _add_observed(table, finding.observed)
        table.number("evidence_count", len(finding.evidence))
        for digest in finding.evidence:
            if digest not in numbers:
                if len(numbers) >= MOST_REMEMBERED:
                    numbers.clear()
                numbers[digest] = len(digests)
                digests.add(_short_digest(digest))
            table.number("evidence", numbers[digest])
        table.end_row()
    return table.json({"digests": digests.text()})


def coverage_json(entries: Iterable[CoverageEntry]) -> Iterator[str]:
    """Return the ledger as columns, in the order it comes; it is read before this returns."""
    table = Table()
    plain = [
        *((attrgetter(*members), table.values(name)) for name, members in _LEDGER_VALUES.items()),
        (attrgetter("message"), table.details("message")),
    ]
    add_mend, add_permissions = table.values("mend"), table.values("permissions")
    for entry in entries:
        for read, add in plain:
            add(read(entry))
        add_mend(mend(entry.status, entry.error_code))
        add_permissions(permissions(entry.api, entry.error_code, entry.reason))
        table.number("api_calls", entry.api_calls)
        table.number("duration_ms", entry.duration_ms)
        table.end_row()
    return table.json()


def guidance(controls: Iterable[ControlEntry]) -> dict[str, Any]:
    """Return what `templates/guidance.js` fills with a finding's values, by control id."""
    return {
        "consoles": CONSOLES,
        "controls": {
            control.id: {
                "pages": control.pages,
                "commands": control.commands,
                "plans": control.plans,
            }
            for control in controls
        },
    }


def derived_arn(resource: Resource) -> str:
    """The ARN that a task set of this service and id has; empty where there is no service."""
    head, found, tail = (resource.service_arn or "").partition(":service/")
    return f"{head}:task-set/{tail}/{resource.id}" if found else ""


def _past(finding: Finding, started_at: str) -> tuple[object, ...] | None:
    """First seen, failing since, how often, whether it is new: what `templates/past.js` reads."""
    past = finding.past
    if past is None:
        return None
    return past.first_seen, past.failing_since, past.times, novelty(finding, started_at)


def _add_resource(table: Table, resource: Resource) -> None:
    service_tail = (resource.service_arn or "").rpartition("/")[2]
    table.path("id", resource.id)
    table.path("cluster_arn", resource.cluster_arn)
    table.path("service_arn", resource.service_arn)
    table.path("arn", "" if resource.arn == derived_arn(resource) else resource.arn)
    table.path(
        "service_name", "" if resource.service_name == service_tail else resource.service_name
    )
    created = _epoch_seconds(resource.created_at)
    table.number("created_at", created)
    table.number("updated_after", _seconds_after(created, resource.updated_at))
    table.detail("tags", tuple(sorted(resource.tags.items())))


def _add_observed(table: Table, observed: Observed) -> None:
    table.path("task_definition", observed.task_definition)
    # Mostly as many run as should, and then the page needs one of the two.
    alike = observed.desired_count == observed.running_count
    table.value("desired_count", AS_RUNNING if alike else observed.desired_count)


def _short_digest(digest: str) -> str:
    """A SHA-256 in unpadded base64, a third shorter than its hex; anything else as it is."""
    match = _SHA256.fullmatch(digest)
    if match is None:
        return digest
    return base64.b64encode(bytes.fromhex(match[1])).decode("ascii").rstrip("=")


def _seconds_after(created: int, updated_at: str | None) -> int:
    """Seconds from creation to the last change; 0 where either is unknown or they are the same."""
    updated = _epoch_seconds(updated_at)
    return updated - created if created and updated else 0


def _epoch_seconds(timestamp: str | None) -> int:
    """Seconds since 1970, UTC; 0 where there is no timestamp, or none that is ISO 8601."""
    try:
        moment = datetime.fromisoformat(timestamp or "")
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
