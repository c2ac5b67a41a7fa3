"""Small runs of one account-region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Finding, Status
from orgscan.report.read import StoredRun
from tests.history.kept.days import ACCOUNT, REGION, run_id, started_at


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
