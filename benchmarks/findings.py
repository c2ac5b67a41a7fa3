"""A run as a large organization's, made up: for the benchmarks of what reads one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from orgscan.model.coverage import CoverageEntry, CoverageStatus
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
from orgscan.model.past import Past
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
REGIONS = tuple(
    f"{area}-{number}"
    for area, count in (("us-east", 2), ("us-west", 2), ("eu-west", 3), ("eu-north", 1),
                        ("eu-central", 2), ("ap-south", 2), ("ap-northeast", 3), ("sa-east", 1),
                        ("ca-central", 1))
    for number in range(1, count + 1)
)  # fmt: skip

_FINDINGS_OF_A_TARGET = 15
_BUSY_REGIONS = 5
_STATUSES = (Status.PASSED, Status.FAILED, Status.PASSED, Status.WARNING, Status.NOT_APPLICABLE)
_GRADES = {Status.FAILED: Grade.REACHABLE, Status.WARNING: Grade.CONFIGURED}


def large_run(findings: int, accounts: int = 0) -> StoredRun:
    """A run of that many findings, and a ledger of 17 regions for each of its accounts.

    Args:
        findings: 15 for each account-region that has any, in five regions of an account.
        accounts: how many there are; at least those with findings.
    """
    made = tuple(_finding(place) for place in range(findings))
    busy = -(-findings // (_FINDINGS_OF_A_TARGET * _BUSY_REGIONS))
    ledger = tuple(_ledger(max(accounts, busy)))
    statuses = Counter(finding.status for finding in made)
    seen = sum(entry.status is CoverageStatus.COVERED for entry in ledger)
    return StoredRun(
        ReportV1(
            format="orgscan.report",
            version=1,
            run=_run(),
            totals=Totals(
                accounts=AccountTotals(listed=accounts, in_scope=accounts, covered=accounts),
                targets=TargetTotals(
                    in_scope=len(ledger), covered=seen, not_covered=len(ledger) - seen
                ),
                services_by_controller={"ECS": 0, "EXTERNAL": findings, "CODE_DEPLOY": 0},
                findings={CONTROL: {status.value: statuses[status] for status in Status}},
                api_calls={},
            ),
            controls=(),
            findings=made,
            coverage=ledger,
        )
    )


def _account(number: int) -> AccountRef:
    return AccountRef(
        f"{100_000_000_000 + number * 7_919}",
        f"team-{number}-prod",
        f"r-ab12/ou-ab12-{number // 40:08d}",
    )


def _ledger(accounts: int) -> Iterator[CoverageEntry]:
    for number in range(accounts):
        account = _account(number)
        for place, region in enumerate(REGIONS):
            is_denied = (number * 17 + place) % 97 == 0
            yield CoverageEntry(
                account_id=account.id,
                account_name=account.name,
                ou_path=account.ou_path,
                region=region,
                status=CoverageStatus.DENIED_BY_SCP if is_denied else CoverageStatus.COVERED,
                reason="denied by a service control policy" if is_denied else "",
                api="ecs:ListClusters" if is_denied else "",
                error_code="AccessDeniedException" if is_denied else "",
                api_calls=1 + place % 3,
                duration_ms=80 + (number * 31 + place * 7) % 900,
            )


def _finding(place: int) -> Finding:
    target = place // _FINDINGS_OF_A_TARGET
    account = _account(target // _BUSY_REGIONS)
    region = REGIONS[target % _BUSY_REGIONS]
    status = _STATUSES[place * 7 % 11 % len(_STATUSES)]
    resource = _resource(place, target, account, region)
    return Finding(
        key=finding_key(CONTROL, account.id, region, resource.arn),
        control_id=CONTROL,
        status=status,
        severity=Severity.HIGH if status is Status.FAILED else Severity.INFORMATIONAL,
        reason=f"This PRIMARY task set gives the status {status}.",
        account=account,
        region=region,
        resource=resource,
        observed=Observed(
            assign_public_ip="ENABLED" if status is Status.FAILED else "DISABLED",
            subnets=tuple(f"subnet-{_hex('subnet', target, zone)[:17]}" for zone in range(3)),
            security_groups=(f"sg-{_hex('group', target, place % 3)[:17]}",),
            running_count=place % 5,
            desired_count=place % 5,
            corroboration="agrees",
        ),
        exposure=Exposure(grade=_GRADES.get(status, Grade.NONE), reason="Judged by its routes."),
        owner=f"team-{target % 90}",
        past=_past(place, status),
        evidence=(
            f"sha256:{_hex('services', target)}",
            f"sha256:{_hex('task sets', place * 2 // 3)}",
        ),
    )


def _past(place: int, status: Status) -> Past:
    """As a history of thirty days has it: one failure in a hundred is new."""
    first = f"2026-{10 if place % 30 > 24 else 11}-{1 + place % 24:02d}T02:00:00Z"
    since = "2026-11-24T02:00:00Z" if place % 100 == 0 else first
    fails = status is Status.FAILED
    return Past(first_seen=first, failing_since=since if fails else None, times=1 + place % 7 // 6)


def _resource(place: int, target: int, account: AccountRef, region: str) -> Resource:
    """Three task sets for each two services."""
    service, cluster = f"service-{place * 2 // 3}-api", f"cluster-{target % 7}"
    task_set = f"ecs-svc/{int(_hex('task set', place)[:15], 16) + 10**18}"
    head = f"arn:aws:ecs:{region}:{account.id}"
    return Resource(
        type="AWS::ECS::TaskSet",
        arn=f"{head}:task-set/{cluster}/{service}/{task_set}",
        id=task_set,
        cluster_arn=f"{head}:cluster/{cluster}",
        service_arn=f"{head}:service/{cluster}/{service}",
        service_name=service,
        deployment_controller="EXTERNAL",
        status="PRIMARY",
        launch_type="FARGATE",
        scale_percent=100.0,
        created_at=f"2026-{1 + place % 12:02d}-{1 + place % 28:02d}T08:{place % 60:02d}:07Z",
        tags={"team": f"team-{target % 90}", "env": "prod"},
    )


def _run() -> Run:
    return Run(
        id="20261124T020000Z-1a2b3c",
        started_at="2026-11-24T02:00:00Z",
        finished_at="2026-11-24T02:04:12Z",
        tool=Tool("orgscan", "0"),
        caller=Caller("999988887777", "arn:aws:sts::999988887777:assumed-role/audit/nightly"),
        partition="aws",
        organization=OrganizationRef("o-exampleorg", "999988887777"),
        scope=Scope(),
        exit_status=5,
    )


def _hex(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
