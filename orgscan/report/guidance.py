"""What a person does about one finding: the catalogue's templates filled with its own values.

`templates/guidance.js` does the same in the page, from the same templates; a test compares them.
"""

from __future__ import annotations

import re
import shlex
from urllib.parse import quote

from orgscan.model.control import ControlEntry, Plan
from orgscan.model.finding import Finding, Status

# AWS documents no public console for the isolated partitions.
CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# No identifier of ECS or EC2 has these. Where one does, no command is offered: a quote would end a
# word's own literal, and the AWS CLI reads a file for a word like file://.
_NO_PART_OF_A_COMMAND = re.compile(r"[\"'`\\]|^-|://")


def placeholders(finding: Finding) -> dict[str, str]:
    """What the templates can name, by placeholder; empty where the finding does not have it."""
    resource, observed = finding.resource, finding.observed
    cluster_arn = resource.cluster_arn or ""
    return {
        "account_id": finding.account.id,
        "arn": resource.arn,
        "cluster": cluster_arn.rpartition("/")[2],
        "cluster_arn": cluster_arn,
        "console": CONSOLES.get("".join(resource.arn.split(":")[1:2]), ""),
        "group": _group(resource.arn),
        "id": resource.id,
        "interfaces": ",".join(observed.interfaces),
        "name": resource.arn.rpartition("/")[2],
        "region": finding.region,
        "service": resource.service_name or (resource.service_arn or "").rpartition("/")[2],
        "service_arn": resource.service_arn or "",
        "subnets": ",".join(observed.subnets),
    }


def _group(arn: str) -> str:
    """What stands between the slashes of an ARN: a rule's event bus, a schedule's group."""
    parts = arn.split("/")
    return parts[-2] if len(parts) > 2 else "default"


def console_links(entry: ControlEntry, finding: Finding) -> list[tuple[str, str]]:
    """Titles and addresses of the console's pages on a finding's resource.

    Args:
        entry: of the finding's control.
        finding: whatever its status.
    """
    values = {name: quote(value, safe="") for name, value in placeholders(finding).items()}
    links = [
        (page.title, _filled(page.url, values))
        for page in entry.pages
        if page.resource_type == finding.resource.type
    ]
    return [(title, url) for title, url in links if url]


def commands(entry: ControlEntry, finding: Finding) -> list[tuple[str, str]]:
    """Titles and commands, quoted for a POSIX shell, to look at a finding's resource by hand.

    A command is left out where a value that it needs is missing, or is nothing that AWS issues.

    Args:
        entry: of the finding's control.
        finding: whatever its status.
    """
    usable = {
        name: value
        for name, value in placeholders(finding).items()
        if value.isprintable() and not _NO_PART_OF_A_COMMAND.search(value)
    }
    made = []
    for command in entry.commands:
        if command.resource_type == finding.resource.type:
            words = [_filled(word, usable) for word in command.words]
            if all(words):
                made.append((command.title, " ".join(map(shlex.quote, words))))
    return made


def plan(entry: ControlEntry, finding: Finding) -> Plan | None:
    """What fixes a failed finding; None for others, and where the catalogue has no plan."""
    if finding.status is not Status.FAILED:
        return None
    resource = finding.resource
    return next(
        (
            plan
            for plan in entry.plans
            if plan.resource_type in {"", resource.type}
            and plan.resource_status in {"", resource.status}
            and plan.deployment_controller in {"", resource.deployment_controller}
        ),
        None,
    )


def _filled(template: str, values: dict[str, str]) -> str:
    """The template with its placeholders filled; empty where one has no value."""
    if not all(values.get(name) for name in _PLACEHOLDER.findall(template)):
        return ""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)
