"""The sums of a run add up, and say whether it is clean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from orgscan.journal.records import Record
from orgscan.journal.totals import RunningTotals
from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import Finding, Status
from orgscan.model.run import AccountTotals, TargetTotals

CONTROL = "ecs-taskset-no-public-ip"
MakeRecord = Callable[..., Record]
MakeFinding = Callable[..., Finding]


@pytest.fixture
def totals() -> RunningTotals:
    """Nothing counted yet."""
    return RunningTotals([CONTROL])


def test_accounts_and_targets_add_up(totals: RunningTotals, make_record: MakeRecord) -> None:
    """In scope is covered + partly + not covered, for accounts; covered + not, for targets."""
    status = CoverageStatus
    for record in (
        make_record("1", "a"),
        make_record("1", "b"),
        make_record("1", "c", status.REGION_NOT_ENABLED),
        make_record("2", "a"),
        make_record("2", "b", status.DENIED_BY_SCP, error_code="AccessDeniedException"),
        make_record("3", None, status.ROLE_NOT_ASSUMABLE, targets=17, error_code="AccessDenied"),
        make_record("4", None, status.ACCOUNT_NOT_ACTIVE),
        make_record("5", "a", status.PARTLY_COVERED),
    ):
        totals.add(record)

    sums = totals.totals(listed=6, chosen=5, api_calls=Counter(), throttled=0)

    assert sums.accounts == AccountTotals(
        listed=6, in_scope=4, covered=1, partly_covered=2, not_covered=1, not_active=1
    )
    assert sums.targets == TargetTotals(
        in_scope=22, covered=3, not_covered=19, partly_covered=1, not_enabled=1
    )


@pytest.mark.parametrize(
    ("finding_status", "coverage", "expected"),
    [
        (Status.PASSED, CoverageStatus.COVERED, 0),
        (Status.WARNING, CoverageStatus.COVERED, 0),
        (Status.FAILED, CoverageStatus.COVERED, 1),
        (Status.PASSED, CoverageStatus.PARTLY_COVERED, 4),
        (Status.FAILED, CoverageStatus.PARTLY_COVERED, 5),
    ],
)
def test_the_exit_status_says_both_what_failed_and_what_was_not_seen(
    totals: RunningTotals,
    make_record: MakeRecord,
    make_finding: MakeFinding,
    finding_status: Status,
    coverage: CoverageStatus,
    expected: int,
) -> None:
    """1 for failures, 4 for gaps, 5 for both."""
    totals.add(make_record(status=coverage, findings=(make_finding(status=finding_status),)))

    assert totals.exit_status == expected


def test_a_failure_under_an_exception_is_counted_and_does_not_fail_the_run(
    totals: RunningTotals, make_record: MakeRecord, make_finding: MakeFinding
) -> None:
    """It stays FAILED in the sums."""
    totals.add(make_record(findings=(make_finding(excepted=True),)))
    sums = totals.totals(listed=1, chosen=1, api_calls=Counter(), throttled=0)

    assert totals.exit_status == 0
    assert sums.findings[CONTROL]["FAILED"] == 1


@pytest.mark.parametrize(("error_code", "expected"), [("", 0), ("UnrecognizedClientException", 4)])
def test_a_region_that_aws_lists_as_not_enabled_is_no_gap_and_an_inferred_one_is(
    totals: RunningTotals, make_record: MakeRecord, error_code: str, expected: int
) -> None:
    """Only AWS's own list makes a region nothing to look at."""
    totals.add(make_record(status=CoverageStatus.REGION_NOT_ENABLED, error_code=error_code))

    assert totals.exit_status == expected


def test_an_empty_run_has_its_zeros(totals: RunningTotals) -> None:
    """Every controller and every status is there, so that zero is said and not left out."""
    sums = totals.totals(listed=0, chosen=0, api_calls=Counter(), throttled=0)

    assert sums.services_by_controller == {"ECS": 0, "EXTERNAL": 0, "CODE_DEPLOY": 0}
    assert sums.findings == {CONTROL: {status.value: 0 for status in Status}}
