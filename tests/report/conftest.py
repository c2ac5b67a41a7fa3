"""Runs that every format has to get right, and what a format writes of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.finding import AccountRef, ExceptionNote, Finding, Observed, Status
from orgscan.model.run import RunRecord
from orgscan.report.interface import Format
from orgscan.report.read import StoredRun


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Where the schemas of others lie."""
    return Path(__file__).parent / "schemas"


@pytest.fixture(scope="session")
def written() -> Callable[[Format, RunRecord], bytes]:
    """Return a function that gives the bytes of a format."""

    def write(report: Format, record: RunRecord) -> bytes:
        out = io.BytesIO()
        report.write(record, out)
        return out.getvalue()

    return write


@pytest.fixture(scope="session")
def empty_record(make_record: Callable[..., StoredRun]) -> StoredRun:
    """A run that found nothing, saw nothing and judged nothing."""
    return make_record(controls=())


@pytest.fixture(scope="session")
def full_record(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    hostile_names: tuple[str, ...],
) -> StoredRun:
    """Every status, every coverage status, exceptions, exposures, and names that break out."""
    findings = [
        _exposed(make_finding(f"service-{status}".lower(), status=status, number=number))
        for number, status in enumerate(Status)
    ]
    findings.append(
        make_finding(
            "bastion",
            number=50,
            tags={},
            exception=ExceptionNote(
                id="public-bastion",
                owner="ops@example.org",
                reason="Known | agreed",
                ticket="SEC-1",
                expires="2027-03-31",
            ),
        )
    )
    for number, name in enumerate(hostile_names):
        account = AccountRef("444455556666", name, "")
        findings.append(
            make_finding(
                name, account=account, number=100 + number, tags={name: name}, cluster=name
            )
        )
    lines = [
        CoverageEntry(
            account_id=f"{777788880000 + number}",
            account_name=name,
            region=None if status is CoverageStatus.ROLE_NOT_ASSUMABLE else "eu-west-1",
            status=status,
            reason="" if status is CoverageStatus.COVERED else "It was refused.",
            api="" if status is CoverageStatus.COVERED else "ecs:ListClusters",
            error_code="AccessDeniedException" if status is CoverageStatus.DENIED else "",
            message=name,
        )
        for number, (name, status) in enumerate(zip(hostile_names, CoverageStatus, strict=False))
    ]
    return make_record(
        tuple(findings), tuple(lines), run={"exit_status": 5, "notes": ("It was stopped.",)}
    )


def _exposed(finding: Finding) -> Finding:
    """The same, reachable from everywhere, with everything observed."""
    return msgspec.structs.replace(
        finding,
        owner="payments",
        exposure=Exposure(
            grade=Grade.REACHABLE,
            reason="A security group lets it in.",
            sources=("0.0.0.0/0", "::/0"),
            ports=("tcp/443",),
        ),
        observed=Observed(
            assign_public_ip="ENABLED",
            subnets=("subnet-1",),
            security_groups=("sg-1",),
            public_ips=("198.18.0.1",),
            ipv6=("2001:db8::1",),
            desired_count=2,
            running_count=2,
            task_definition="arn:aws:ecs:eu-west-1:111122223333:task-definition/api:1",
        ),
    )
