"""A forecast's arithmetic, and the page made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orgscan.forecast.basis import Basis, basis_of
from orgscan.forecast.estimate import estimate
from orgscan.forecast.forecast import Forecast
from orgscan.forecast.scope import Regions, WhatToSweep
from orgscan.forecast.text import forecast_lines

_BASIS = Basis(calls={"ecs:ListClusters": 1.0, "ecs:ListServices": 0.1}, answer_seconds=0.1)


def _found(accounts: int, targets: int) -> WhatToSweep:
    return WhatToSweep(
        organization_id="o-exampleorg",
        listed=accounts + 1,
        in_scope=accounts,
        filtered=0,
        other_shards=0,
        shards=1,
        not_active={"SUSPENDED": 1},
        state_unknown=0,
        enters_own=True,
        regions=Regions(targets=targets, told=accounts),
    )


def test_calls_are_counted_by_account_and_by_account_region() -> None:
    """One role for each account but the caller's own, a page for each 20, the rest by region."""
    told = estimate(_found(100, 1700), _BASIS, concurrency=64)

    assert told.calls == {
        "account:ListRegions": 100,
        "ecs:ListClusters": 1700,
        "ecs:ListServices": 170,
        "organizations:DescribeOrganization": 1,
        "organizations:ListAccounts": 6,
        "sts:AssumeRole": 99,
        "sts:GetCallerIdentity": 1,
    }


@pytest.mark.parametrize(
    ("accounts", "concurrency", "is_listed_first", "seconds", "slowest"),
    [
        (100, 10, True, 19.3, "waiting for AWS's answers, 10 account-regions at once"),
        (100, 10, False, 18.7, "waiting for AWS's answers, 10 account-regions at once"),
        (10_000, 4000, True, 295.0, "account:ListRegions, at orgscan's pace for it"),
        (10_000, 4000, False, 198.0, "account:ListRegions, at orgscan's pace for it"),
    ],
)
def test_time_is_what_takes_longest_and_the_list_of_accounts_where_that_comes_first(
    accounts: int, concurrency: int, *, is_listed_first: bool, seconds: float, slowest: str
) -> None:
    """What goes on side by side is not added up."""
    told = estimate(
        _found(accounts, accounts * 17),
        _BASIS,
        concurrency=concurrency,
        is_listed_first=is_listed_first,
    )

    assert told.seconds == pytest.approx(seconds, rel=0.02)
    assert told.slowest.name == slowest


def test_processes_share_the_waiting_and_the_computing() -> None:
    """Each has its own concurrency and its own processor; quotas are the caller's alone."""
    basis = Basis(calls={"ecs:ListClusters": 1.0}, answer_seconds=0.0001)
    one = estimate(_found(100, 100_000), basis, concurrency=64)
    two = estimate(_found(100, 100_000), basis, concurrency=64, processes=2)

    assert one.slowest.name == "computing, on one processor"
    assert two.slowest.name == "computing, on 2 processors"
    assert two.slowest.seconds == pytest.approx(one.slowest.seconds / 2)


def test_the_price_is_that_of_the_time_and_of_a_minute_at_least() -> None:
    """Fargate bills a minute for less."""
    short = estimate(_found(3, 3), _BASIS, concurrency=64)
    long = estimate(_found(10_000, 170_000), _BASIS, concurrency=5)

    assert short.fargate_usd == pytest.approx(0.04937 / 60)
    assert long.fargate_usd == pytest.approx(0.04937 * long.seconds / 3600)


def test_an_organization_without_targets_is_forecast_too() -> None:
    """Nothing is divided by nothing."""
    told = estimate(_found(0, 0), _BASIS, concurrency=64)

    assert "ecs:ListClusters" not in told.calls
    assert told.seconds == pytest.approx(0.1, rel=0.01)


def test_a_page_says_what_is_left_out_and_what_the_figures_rest_on() -> None:
    """Hostile words of a state cannot leave their line, and an assumption is called one."""
    found = _found(100, 1700)
    told = Forecast(
        caller_arn="arn:aws:iam::111122223333:user/orgscan",
        found=found,
        basis=_BASIS,
        estimate=estimate(found, _BASIS, concurrency=10),
        files_to_s3=3,
        doubts=("Nobody knows",),
    )
    page = list(forecast_lines(told))

    assert page[0] == "Dry run: no role was assumed, nothing was swept, nothing was written."
    assert "           1 account, SUSPENDED" in page
    assert "Calls, about 2,077 (assumed: 3 % have clusters)" in page
    assert any(line.startswith("Time, about 19 s; most of it waiting") for line in page)
    assert "  S3 charges for 3 files: put, read back, and kept." in page
    assert page[-1] == "  - Nobody knows"


def test_without_an_earlier_run_the_basis_is_assumed(tmp_path: Path) -> None:
    """And nobody has to be told why."""
    basis = basis_of(tmp_path, "o-exampleorg")

    assert (basis.run_id, basis.why_assumed) == (None, "")
    assert basis.calls["ecs:ListClusters"] == 1.0


def test_an_earlier_report_that_cannot_be_read_is_named_and_not_used(tmp_path: Path) -> None:
    """A forecast does not fail for it."""
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "report.json").write_text("{]")
    basis = basis_of(tmp_path, "o-exampleorg")

    assert basis.run_id is None
    assert basis.why_assumed.startswith("the newest run cannot be read (")
