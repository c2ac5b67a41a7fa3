"""Records to journal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orgscan.journal.records import Record
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

CONTROL = "ecs-taskset-no-public-ip"


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    """A finding on a task set, by account, region, ARN and status."""

    def make(
        account: str = "111122223333",
        region: str = "eu-west-1",
        arn: str = "arn:1",
        status: Status = Status.FAILED,
        *,
        excepted: bool = False,
    ) -> Finding:
        note = ExceptionNote(id="e", owner="o", reason="r", ticket="t", expires="2027-01-31")
        return Finding(
            key=finding_key(CONTROL, account, region, arn),
            control_id=CONTROL,
            status=status,
            severity=Severity.HIGH,
            reason="as the test says",
            account=AccountRef(account, "an account", ""),
            region=region,
            resource=Resource(type="AWS::ECS::TaskSet", arn=arn, id=arn),
            observed=Observed(),
            exception=note if excepted else None,
        )

    return make


@pytest.fixture
def make_record() -> Callable[..., Record]:
    """A record of one target, by account, region and coverage status."""

    def make(
        account: str = "111122223333",
        region: str | None = "eu-west-1",
        status: CoverageStatus = CoverageStatus.COVERED,
        findings: tuple[Finding, ...] = (),
        *,
        targets: int = 1,
        error_code: str = "",
    ) -> Record:
        entry = CoverageEntry(
            account_id=account,
            account_name="</script>",
            region=region,
            status=status,
            error_code=error_code,
        )
        return Record(entry=entry, findings=findings, services={"ECS": 2}, targets=targets)

    return make
