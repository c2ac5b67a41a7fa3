"""Runs made in memory, for the tests of everything that reads one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import msgspec
import pytest

from orgscan.log_context import about_run
from orgscan.model.control import ControlEntry, Mapping
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import (
    AccountRef,
    ExceptionNote,
    Finding,
    Observed,
    Resource,
    Severity,
    Status,
    finding_key,
)
from orgscan.model.run import (
    AccountTotals,
    Caller,
    OrganizationRef,
    Run,
    Scope,
    TargetTotals,
    Tool,
    Totals,
)
from orgscan.report.json_v1 import ReportV1
from orgscan.report.read import StoredRun

CONTROL = "ecs-taskset-no-public-ip"
REGIONS = ("ap-southeast-2", "eu-central-1", "eu-west-1", "us-east-1", "us-west-2")


@pytest.fixture(autouse=True)
def _about_no_run() -> Iterator[None]:
    """Log lines of one test are not about the run of the one before."""
    about_run("")
    yield
    about_run("")


@pytest.fixture(scope="session")
def hostile_names() -> tuple[str, ...]:
    """Names that break out of HTML, terminals, templates, JSON, spreadsheets and tables."""
    return (
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>'&amp;",
        "<!--<script>",
        "{{ 7*7 }}{% raw %}",
        "\x1b[2J\x1b]0;owned\x07\x9b31mred",
        "invoice\u202egpj.exe\u2066\u200b",
        "two\nlines\r\n\tand a tab\x00",
        "line\u2028and\u2029paragraph",
        "=cmd|' /C calc'!A0",
        "\ufeff\u05ea\u05e9\u05dc\u05d5\u05dd 給料 🧨\U000e0041",
        "x" * 256,
    )


@pytest.fixture(scope="session")
def make_finding() -> Callable[..., Finding]:
    """Return a function that makes a finding of an EXTERNAL task set."""
    return _finding


@pytest.fixture(scope="session")
def make_record() -> Callable[..., StoredRun]:
    """Return a function that makes a run of findings and ledger lines, with totals to match."""
    return _record


@pytest.fixture(scope="session")
def make_large_record() -> Callable[[int], StoredRun]:
    """Return a function that makes a run of that many findings, like a large organization's."""
    return _large_record


def _finding(
    service: str = "api",
    *,
    status: Status = Status.FAILED,
    account: AccountRef | None = None,
    region: str = "eu-west-1",
    cluster: str = "prod",
    number: int = 1,
    reason: str = "This PRIMARY task set states assignPublicIp ENABLED.",
    control_id: str = CONTROL,
    observed: Observed | None = None,
    created_at: str = "2026-11-20T08:00:00Z",
    tags: dict[str, str] | None = None,
    exception: ExceptionNote | None = None,
    evidence: tuple[str, ...] = (f"sha256:{'ab' * 32}",),
) -> Finding:
    where = account or AccountRef("111122223333", "payments", "r-ab12/ou-ab12-11111111")
    head = f"arn:aws:ecs:{region}:{where.id}"
    task_set = f"ecs-svc/{number:019d}"
    arn = f"{head}:task-set/{cluster}/{service}/{task_set}"
    resource = Resource(
        type="AWS::ECS::TaskSet",
        arn=arn,
        id=task_set,
        cluster_arn=f"{head}:cluster/{cluster}",
        service_arn=f"{head}:service/{cluster}/{service}",
        service_name=service,
        deployment_controller="EXTERNAL",
        status="PRIMARY",
        launch_type="FARGATE",
        scale_percent=100.0,
        created_at=created_at,
        tags={"team": "payments"} if tags is None else tags,
    )
    severity = {Status.FAILED: Severity.HIGH, Status.WARNING: Severity.MEDIUM}
    return Finding(
        key=finding_key(control_id, where.id, region, arn),
        control_id=control_id,
        status=status,
        severity=severity.get(status, Severity.INFORMATIONAL),
        reason=reason,
        account=where,
        region=region,
        resource=resource,
        observed=observed or Observed(assign_public_ip="ENABLED", subnets=("subnet-1",)),
        exception=exception,
        evidence=evidence,
    )


def _control() -> ControlEntry:
    return ControlEntry(
        id=CONTROL,
        title="ECS task sets do not assign public IP addresses",
        severity=Severity.HIGH,
        description="Every task set states assignPublicIp DISABLED.",
        rationale="A public address is a way in.",
        impact="Tasks need a private way out.",
        remediation="Replace the task set.\nUpdateTaskSet cannot change its network.",
        corrections=("The document's update-task-set command does not exist.",),
        mappings=(
            Mapping(
                framework="CIS Controls",
                version="v8",
                id="3.4",
                title="Encrypt Data on End-User Devices",
                source="control document (verbatim, unverified)",
                verified=False,
                note="Neither is about addresses.",
                official_title="Enforce Data Retention",
            ),
            Mapping(
                framework="CIS Controls",
                version="v8",
                id="3.3",
                title="Configure Data Access Control Lists",
                source="CIS AWS Compute Services Benchmark v1.1.0",
                verified=True,
            ),
        ),
    )


def _record(
    findings: tuple[Finding, ...] = (),
    coverage: tuple[CoverageEntry, ...] = (),
    *,
    services: dict[str, int] | None = None,
    run: dict[str, object] | None = None,
    controls: tuple[ControlEntry, ...] | None = None,
) -> StoredRun:
    statuses = Counter(entry.status for entry in coverage)
    missed = sum(entry.is_gap for entry in coverage)
    accounts = {entry.account_id for entry in coverage}
    with_gap = {entry.account_id for entry in coverage if entry.is_gap}
    counts: dict[str, dict[str, int]] = {CONTROL: {status.value: 0 for status in Status}}
    for finding in findings:
        of_control = counts.setdefault(finding.control_id, {status.value: 0 for status in Status})
        of_control[finding.status] += 1
    totals = Totals(
        accounts=AccountTotals(
            listed=len(accounts),
            in_scope=len(accounts),
            covered=len(accounts - with_gap),
            partly_covered=len(with_gap),
        ),
        targets=TargetTotals(
            in_scope=statuses[CoverageStatus.COVERED] + missed,
            covered=statuses[CoverageStatus.COVERED],
            not_covered=missed,
            partly_covered=statuses[CoverageStatus.PARTLY_COVERED],
            not_enabled=statuses[CoverageStatus.REGION_NOT_ENABLED],
        ),
        services_by_controller=services or {"ECS": 300, "EXTERNAL": 8, "CODE_DEPLOY": 4},
        findings=counts,
        api_calls={"sts:AssumeRole": 40, "ecs:ListClusters": 680},
        throttled=2,
    )
    return StoredRun(
        ReportV1(
            format="orgscan.report",
            version=1,
            run=msgspec.structs.replace(_run(), **(run or {})),
            totals=totals,
            controls=(_control(),) if controls is None else controls,
            findings=findings,
            coverage=coverage,
        )
    )


def _large_record(count: int) -> StoredRun:
    findings = tuple(_many_findings(count))
    accounts = {finding.account.id: finding.account.name for finding in findings}
    lines = tuple(
        CoverageEntry(
            account_id=account,
            account_name=name,
            region=region,
            status=CoverageStatus.COVERED,
            api_calls=3,
            duration_ms=120 + place % 700,
        )
        for place, (account, name) in enumerate(accounts.items())
        for region in REGIONS
    )
    return _record(findings, lines)


def _run() -> Run:
    return Run(
        id="20261124T020000Z-1a2b3c",
        started_at="2026-11-24T02:00:00Z",
        finished_at="2026-11-24T02:04:12Z",
        tool=Tool("orgscan", "0.1.0"),
        caller=Caller("999988887777", "arn:aws:sts::999988887777:assumed-role/audit/nightly"),
        partition="aws",
        organization=OrganizationRef("o-exampleorg", "999988887777"),
        scope=Scope(role_name="orgscan-audit"),
        exit_status=1,
    )


def _many_findings(count: int) -> Iterator[Finding]:
    """Three task sets for each two services, ten services for each account-region."""
    statuses = (Status.PASSED, Status.FAILED, Status.PASSED, Status.WARNING, Status.NOT_APPLICABLE)
    for place in range(count):
        service, target = place * 2 // 3, place // 15
        account = AccountRef(
            f"{100000000000 + target // len(REGIONS) * 7919}",
            f"team-{target // len(REGIONS)}-prod",
            f"r-ab12/ou-ab12-{target // 40:08d}",
        )
        region = REGIONS[target % len(REGIONS)]
        status = statuses[place * 7 % 11 % len(statuses)]
        team = f"team-{target % 90}"
        finding = _finding(
            f"service-{service}-api",
            status=status,
            account=account,
            region=region,
            cluster=f"cluster-{target % 7}",
            number=int(_hex("task set", place)[:15], 16) + 10**18,
            created_at=f"2026-{1 + place % 12:02d}-{1 + place % 28:02d}T08:{place % 60:02d}:07Z",
            reason=f"This PRIMARY task set gives the status {status}.",
            observed=Observed(
                assign_public_ip="ENABLED" if status is Status.FAILED else "DISABLED",
                subnets=tuple(f"subnet-{_hex('subnet', target, zone)[:17]}" for zone in range(3)),
                security_groups=(f"sg-{_hex('group', target, service % 3)[:17]}",),
                platform_version="1.4.0",
                task_definition=(
                    f"arn:aws:ecs:{region}:{account.id}:task-definition/service-{service}:12"
                ),
                running_count=place % 5,
                # One in fifty is being scaled.
                desired_count=place % 5 + (place % 50 == 0),
                corroboration="agrees",
            ),
            tags={"team": team, "env": "prod"},
            evidence=(
                f"sha256:{_hex('services', target)}",
                f"sha256:{_hex('task sets', service)}",
            ),
        )
        yield _changed_since(finding, place, owner=team)


def _changed_since(finding: Finding, place: int, owner: str) -> Finding:
    """Made once, and changed since at any time within a month."""
    later = timedelta(seconds=int(_hex("updated", place)[:8], 16) % (30 * 86_400))
    updated = datetime.fromisoformat(finding.resource.created_at or "") + later
    updated_at = updated.isoformat().replace("+00:00", "Z")
    resource = msgspec.structs.replace(finding.resource, updated_at=updated_at)
    return msgspec.structs.replace(finding, owner=owner, resource=resource)


def _hex(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
