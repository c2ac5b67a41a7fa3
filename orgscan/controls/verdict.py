"""What all controls share in saying a verdict: severity, quoting, and what was not seen."""

from __future__ import annotations

from orgscan.model.control import ControlEntry
from orgscan.model.ecs import Unseen
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.finding import (
    AccountRef,
    Finding,
    Observed,
    Resource,
    Severity,
    Status,
    finding_key,
)
from orgscan.model.organization import Account

LONGEST_QUOTE = 40

# A list of services may break off in the middle; what it gave before is judged like any other.
NOT_JUDGED = {
    "AWS::ECS::Cluster": (
        "Not every service of this cluster could be seen, and those not seen were not judged"
    ),
    "AWS::ECS::Service": "This service could not be seen, so nothing in it was judged",
}
NOTHING_JUDGED = "This resource could not be seen, so nothing in it was judged"


# What the internet reaches weighs one step more than the catalogue says; nothing weighs less, so
# that a finding never ranks below what the frameworks say of it.
_ONE_STEP_UP = {
    Severity.INFORMATIONAL: Severity.LOW,
    Severity.LOW: Severity.MEDIUM,
    Severity.MEDIUM: Severity.HIGH,
    Severity.HIGH: Severity.CRITICAL,
    Severity.CRITICAL: Severity.CRITICAL,
}


def severity_of(status: Status, entry: ControlEntry, exposure: Exposure | None = None) -> Severity:
    """How grave a verdict is.

    FAILED is as grave as the catalogue says, and one step more where the internet reaches it.
    WARNING and NOT_EVALUATED may hide a failure, so they rank above what is known to be harmless
    and below what is known to have failed.
    """
    match status:
        case Status.FAILED:
            reached = exposure is not None and exposure.grade is Grade.REACHABLE
            return _ONE_STEP_UP[entry.severity] if reached else entry.severity
        case Status.WARNING | Status.NOT_EVALUATED:
            return Severity.MEDIUM
        case Status.PASSED | Status.NOT_APPLICABLE:
            return Severity.INFORMATIONAL


def quoted(value: str) -> str:
    """A value that AWS does not document, fit for a sentence: ASCII, quoted, on one line, short.

    Such a value could be anything, so control, direction and escape characters are spelled out.
    """
    return ascii(value if len(value) <= LONGEST_QUOTE else value[:LONGEST_QUOTE] + "...")


def account_ref(account: Account) -> AccountRef:
    """The account as findings name it."""
    return AccountRef(id=account.id, name=account.name, ou_path=account.ou_path)


def not_evaluated(entry: ControlEntry, account: Account, region: str, unseen: Unseen) -> Finding:
    """The finding on a cluster or service whose content could not be seen."""
    name = unseen.arn.rpartition("/")[2]
    is_service = unseen.resource_type == "AWS::ECS::Service"
    return Finding(
        key=finding_key(entry.id, account.id, region, unseen.arn),
        control_id=entry.id,
        status=Status.NOT_EVALUATED,
        severity=severity_of(Status.NOT_EVALUATED, entry),
        reason=_why(unseen),
        account=account_ref(account),
        region=region,
        resource=Resource(
            type=unseen.resource_type,
            arn=unseen.arn,
            id=name,
            cluster_arn=unseen.cluster_arn or None,
            service_arn=unseen.arn if is_service else None,
            service_name=name if is_service else None,
        ),
        observed=Observed(),
        evidence=unseen.evidence,
    )


def _why(unseen: Unseen) -> str:
    why = unseen.why
    code = f" ({why.error_code})" if why.error_code else ""
    reason = why.reason or f"{why.api or 'the call'} gave no answer that could be used{code}"
    return f"{NOT_JUDGED.get(unseen.resource_type, NOTHING_JUDGED)}: {reason}"
