"""The demo's organization tells its story with few accounts and with many."""

from __future__ import annotations

import pytest

from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import Status
from orgscan.simulator import Simulator, account_id, demo_scenario


@pytest.mark.parametrize("accounts", [3, 5, 9, 60])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_verdict_and_every_kind_of_gap_is_in_it(accounts: int, seed: int) -> None:
    """As far as there are accounts for it: three are enough for the most of it."""
    simulator = Simulator(demo_scenario(accounts, seed))
    truth = simulator.truth()
    assert {t.expected for t in truth.visible()} == {
        Status.FAILED,
        Status.PASSED,
        Status.WARNING,
        Status.NOT_APPLICABLE,
    }
    statuses = {
        CoverageStatus.REGION_NOT_ENABLED,
        CoverageStatus.DENIED_BY_SCP,
        CoverageStatus.PARTLY_COVERED,
    }
    statuses |= {CoverageStatus.ACCOUNT_NOT_ACTIVE} if accounts > 3 else set()
    statuses |= {CoverageStatus.ROLE_NOT_ASSUMABLE} if accounts > 4 else set()
    assert {gap.status for gap in truth.gaps} == statuses
    assert {unseen.resource_type for unseen in truth.unseen} == {
        "AWS::ECS::Cluster",
        "AWS::ECS::Service",
    }


def test_each_gap_has_an_account_of_its_own() -> None:
    """One is suspended, one refuses its role, one has a denied region, one role lacks an action."""
    truth = Simulator(demo_scenario(20, 1)).truth()
    where = {
        status: {gap.account for gap in truth.gaps if gap.status is status}
        for status in (
            CoverageStatus.ACCOUNT_NOT_ACTIVE,
            CoverageStatus.ROLE_NOT_ASSUMABLE,
            CoverageStatus.DENIED_BY_SCP,
            CoverageStatus.PARTLY_COVERED,
        )
    }
    assert where == {
        CoverageStatus.ACCOUNT_NOT_ACTIVE: {account_id(1, 3)},
        CoverageStatus.ROLE_NOT_ASSUMABLE: {account_id(1, 4)},
        CoverageStatus.DENIED_BY_SCP: {account_id(1, 6)},
        CoverageStatus.PARTLY_COVERED: {account_id(1, 5), account_id(1, 7)},
    }


def test_a_few_accounts_are_hostile() -> None:
    """And the others have names that a person can read."""
    organization = Simulator(demo_scenario(40, 1)).world.organization
    hostile = [
        account.index for account in organization.accounts() if organization.hostile(account.index)
    ]
    assert 2 in hostile
    assert len(hostile) < 10
