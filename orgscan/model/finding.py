"""What a control says of one resource. Field names are those of report.json, version 1."""

from __future__ import annotations

import enum

import msgspec

from orgscan.model.exposure import Exposure
from orgscan.model.past import Past


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
        corroboration: what DescribeTaskSets added on a task set, or DescribeServiceRevisions on a
            service: `agrees`, `differs` (also where one of the two states nothing), `refused`,
            `not seen`, or `not asked`.
        desired_count: how many tasks there should be (ECS `computedDesiredCount` of a task set).
        public_ips: public IPv4 addresses of the running tasks that it is about.
        ipv6: their global IPv6 addresses.
        interfaces: the network interfaces that hold these addresses.
        interfaces_seen: whether every network interface of the region's ECS tasks was seen, so
            that no address listed means that there is none.
        started_by: who started a task, in words; None for all but tasks.
        images: container images of the running tasks that it is about.
        load_balancers: what forwards to its tasks: ARNs of target groups, or names of Classic Load
            Balancers.
        places: where in the resource the verdict rests, if there is more than one place: ids of
            a rule's targets, names of states. Their owner wrote them.
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
    ipv6: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    interfaces_seen: bool = False
    started_by: str | None = None
    places: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    load_balancers: tuple[str, ...] = ()


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
        past: what earlier runs say of it; None where there is no history of them.
        exposure: how far the internet can reach it; None where nothing was looked for.
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
    exposure: Exposure | None = None
    exception: ExceptionNote | None = None
    owner: str | None = None
    evidence: tuple[str, ...] = ()
    past: Past | None = None


def finding_key(control_id: str, account_id: str, region: str, arn: str) -> str:
    """The identity of a finding, stable between runs.

    ARNs and ids hold no `|`, so the parts can be told apart again.
    """
    return f"{control_id}|{account_id}|{region}|{arn}"
