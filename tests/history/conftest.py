"""Runs of one organization, made of a few findings and lines of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, Finding, Severity, Status, finding_key
from orgscan.model.run import Scope
from orgscan.model.seen import (
    OPEN,
    SeenAddresses,
    SeenFinding,
    SeenResource,
    SeenRun,
    SeenTarget,
    SeenVerdict,
)
from orgscan.report.read import StoredRun
from tests.history.kept.days import run_id, started_at

ACCOUNT = "111122223333"
REGION = "eu-west-1"
CONTROL = "ecs-taskset-no-public-ip"
ALL_SEEN = SeenAddresses(interfaces_seen=True)
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}"

FindingOf = Callable[..., SeenFinding]
TargetOf = Callable[..., SeenTarget]
RunOf = Callable[..., SeenRun]


@pytest.fixture
def finding_of() -> FindingOf:
    """An open finding on a task set; every argument replaces one member."""

    def make(
        status: Status = Status.FAILED,
        *,
        arn: str = f"{ARN}:task-set/prod/api/ecs-svc/1",
        kind: str = "AWS::ECS::TaskSet",
        control: str = CONTROL,
        account: str = ACCOUNT,
        addresses: SeenAddresses = ALL_SEEN,
        **members: object,
    ) -> SeenFinding:
        others: dict[str, object] = {
            "severity": Severity.HIGH,
            "reason": "It states assignPublicIp ENABLED.",
        }
        return SeenFinding(
            key=finding_key(control, account, REGION, arn),
            control_id=control,
            status=status,
            account=AccountRef(account, "payments", "r-ab12"),
            region=REGION,
            resource=SeenResource(
                type=kind,
                arn=arn,
                cluster_arn=f"{ARN}:cluster/prod",
                service_arn=f"{ARN}:service/prod/api",
                service_name="api",
            ),
            observed=addresses,
            **(others | members),  # type: ignore[arg-type]  # members of any type, by name
        )

    return make


@pytest.fixture
def target_of() -> TargetOf:
    """A line of the ledger."""

    def make(
        status: CoverageStatus = CoverageStatus.COVERED,
        *,
        region: str | None = REGION,
        account: str = ACCOUNT,
        reason: str = "",
        missed: tuple[str, ...] | None = (),
    ) -> SeenTarget:
        return SeenTarget(
            account_id=account,
            account_name="payments",
            region=region,
            status=status,
            reason=reason,
            missed=missed,
        )

    return make


@pytest.fixture
def run_of(target_of: TargetOf) -> RunOf:
    """A run: by default everything was looked at, and nothing is open."""

    def make(
        *findings: SeenFinding,
        others: dict[str, SeenVerdict] | None = None,
        ledger: tuple[SeenTarget, ...] | None = None,
        **members: object,
    ) -> SeenRun:
        coverage: dict[str, dict[str | None, SeenTarget]] = {}
        for target in (target_of(),) if ledger is None else ledger:
            coverage.setdefault(target.account_id, {})[target.region] = target
        given: dict[str, object] = {
            "id": "20261124T020000Z-1a2b3c",
            "started_at": "2026-11-24T02:00:00Z",
            "tool_version": "1",
            "organization_id": "o-exampleorg",
            "scope": Scope(role_name="orgscan-audit"),
            "controls": frozenset({CONTROL, "ecs-task-no-public-ip", "ecs-launcher-no-public-ip"}),
            "services": frozenset({"ecs", "ec2", "events"}),
            "judged": frozenset({(ACCOUNT, REGION)}),
        }
        return SeenRun(
            open={each.key: each for each in findings if each.status in OPEN},
            others=others or {},
            coverage=coverage,
            **(given | members),  # type: ignore[arg-type]  # members of any type, by name
        )

    return make


@pytest.fixture(scope="session")
def day(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> Callable[..., StoredRun]:
    """Return a function that makes the run of a day.

    It takes the day, what is said of the task set of each service, and what became of the
    account-region; None leaves the ledger empty.
    """

    def make(
        number: int,
        services: Mapping[str, Status | Finding] | None = None,
        covered: CoverageStatus | None = CoverageStatus.COVERED,
        **run: object,
    ) -> StoredRun:
        findings = [
            said if isinstance(said, Finding) else make_finding(service, status=said)
            for service, said in sorted((services or {}).items())
        ]
        given = {"id": run_id(number), "started_at": started_at(number), **run}
        ledger = () if covered is None else (_entry(covered),)
        return make_record(tuple(findings), ledger, run=given)

    return make


def _entry(status: CoverageStatus) -> CoverageEntry:
    return CoverageEntry(
        account_id=ACCOUNT,
        account_name="payments",
        ou_path="r-ab12/ou-ab12-11111111",
        region=REGION,
        status=status,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may be made."""
    return tmp_path / "history.db"
