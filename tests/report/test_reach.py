"""The sentence that says how far a run saw."""

from __future__ import annotations

import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.run import TargetTotals
from orgscan.report.reach import reach_sentence
from orgscan.report.summary import gaps


def _lines(status: CoverageStatus, regions: int, accounts: int = 0) -> list[CoverageEntry]:
    places = [*(["eu-west-1"] * regions), *([None] * accounts)]
    return [
        CoverageEntry(account_id="1", account_name="", region=region, status=status)
        for region in places
    ]


def test_the_share_comes_first_and_then_what_refused() -> None:
    """Accounts and account-regions by what became of them, in the same order every time."""
    found = gaps(
        [
            *_lines(CoverageStatus.DENIED_BY_SCP, 1_000),
            *_lines(CoverageStatus.ROLE_NOT_ASSUMABLE, 0, 2),
            *_lines(CoverageStatus.DENIED, 1, 1),
            *_lines(CoverageStatus.COVERED, 5),
        ]
    )
    targets = TargetTotals(in_scope=170_000, covered=166_999, not_covered=3_001)

    assert reach_sentence(targets, found) == (
        "We saw 98.2 % of 170,000 account-regions; could not be entered: 2 accounts; refused by a "
        "service control policy: 1,000 account-regions; refused to the read role: 1 account, "
        "1 account-region."
    )


def test_what_is_no_gap_is_not_in_the_sentence() -> None:
    """A region that is off and an account that is closed were not to be seen."""
    found = gaps(
        [
            *_lines(CoverageStatus.REGION_NOT_ENABLED, 9),
            *_lines(CoverageStatus.ACCOUNT_NOT_ACTIVE, 0, 1),
        ]
    )

    sentence = reach_sentence(TargetTotals(in_scope=1, covered=1), found)

    assert sentence == "We saw 100 % of 1 account-region."


def test_nothing_in_scope_is_no_share() -> None:
    """0 of 0 is no percentage."""
    assert reach_sentence(TargetTotals(), []) == (
        "No account-region was in scope, so none was asked."
    )


@pytest.mark.parametrize("status", CoverageStatus)
def test_every_gap_has_its_words(status: CoverageStatus) -> None:
    """No status of the ledger that hides something is left out of the sentence."""
    entry = CoverageEntry(
        account_id="1", account_name="", region="eu-west-1", status=status, error_code="Code"
    )
    sentence = reach_sentence(TargetTotals(in_scope=2, covered=1, not_covered=1), gaps([entry]))

    assert sentence.endswith(": 1 account-region.") is entry.is_gap
