"""What a control says of one resource. Field names are those of report.json, version 1."""

from __future__ import annotations

import enum

import msgspec


class Status(enum.StrEnum):
    """The verdict on one resource."""

    FAILED = "FAILED"
    WARNING = "WARNING"
    NOT_EVALUATED = "NOT_EVALUATED"
    PASSED = "PASSED"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Severity(enum.StrEnum):
    """As Security Hub grades it."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"


class AccountRef(msgspec.Struct, frozen=True):
    """The account a finding lies in."""

    id: str
    name: str
    ou_path: str


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """The resource judged; members that were not seen are None."""

    type: str
    arn: str
    id: str
    cluster_arn: str | None = None
    service_arn: str | None = None
    service_name: str | None = None
    deployment_controller: str | None = None
    status: str | None = None
    launch_type: str | None = None
    scale_percent: float | None = None
    created_at: str | None = None
    updated_at: str | None = None
    tags: dict[str, str] = {}


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What the verdict rests on.

    Attributes:
        assign_public_ip: ENABLED, DISABLED, or None where it is absent or unknown; where the
            sources differ, the value that decided.
        corroboration: what DescribeTaskSets added: `agrees`, `differs` (also where one of the two
            states nothing), `refused`, `not seen`, or `not asked`.
        desired_count: how many tasks there should be (ECS `computedDesiredCount` of a task set).
    """

    assign_public_ip: str | None = None
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    public_ips: tuple[str, ...] = ()
    capacity_providers: tuple[str, ...] = ()
    platform_version: str | None = None
    task_definition: str | None = None
    running_count: int | None = None
    desired_count: int | None = None
    corroboration: str = "not asked"


class ExceptionNote(msgspec.Struct, frozen=True, kw_only=True):
    """The allowlist's exception that covers a finding; the finding stays what it is."""

    id: str
    owner: str
    reason: str
    ticket: str
    expires: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One control's verdict on one resource.

    Attributes:
        key: control, account, region and ARN joined by `|`: stable between runs.
        reason: one sentence for a person; never part of the identity.
        owner: who answers for the resource, by its tags or its service's; None where none says.
        evidence: digests of the responses it rests on.
    """

    key: str
    control_id: str
    status: Status
    severity: Severity
    reason: str
    account: AccountRef
    region: str
    resource: Resource
    observed: Observed
    exception: ExceptionNote | None = None
    owner: str | None = None
    evidence: tuple[str, ...] = ()


def finding_key(control_id: str, account_id: str, region: str, arn: str) -> str:
    """The identity of a finding, stable between runs.

    ARNs and ids hold no `|`, so the parts can be told apart again.
    """
    return f"{control_id}|{account_id}|{region}|{arn}"
