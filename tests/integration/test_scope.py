"""Which accounts and regions a scan is about, and how it enters them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import Fault, FaultKind, Home, Scenario, Simulator, account_id

pytestmark = pytest.mark.integration

Sweep = Callable[..., Any]
_SEED = 21
_REGIONS = ("eu-west-1", "eu-west-2", "us-east-1")
_SCENARIO = Scenario(
    accounts=12, seed=_SEED, regions=_REGIONS, disabled_regions=("af-south-1",), density=0.2
)
_MANAGEMENT, _DELEGATED, _MEMBER = (account_id(_SEED, index) for index in range(3))


def _accounts(swept: Any) -> set[str]:  # noqa: ANN401 - the fixture's own type
    return {entry["account_id"] for entry in swept.report["coverage"]}


def _told(scenario: Scenario, **changes: Any) -> Scenario:  # noqa: ANN401 - any member
    members = {name: getattr(scenario, name) for name in scenario.__struct_fields__}
    return Scenario(**{**members, **changes})


def test_without_filters_every_account_is_in_scope(sweep: Sweep) -> None:
    """Each with every region, the disabled one told as such and held against nobody."""
    swept = sweep(_SCENARIO)

    assert len(_accounts(swept)) == 12
    assert len(swept.report["coverage"]) == 12 * 4
    assert swept.report["totals"]["targets"] == {
        "in_scope": 36,
        "covered": 36,
        "not_covered": 0,
        "partly_covered": 0,
        "not_enabled": 12,
    }


def test_accounts_are_taken_and_left_out_by_id(sweep: Sweep) -> None:
    """Several values widen a filter; the totals say how many accounts there are at all."""
    some = tuple(account_id(_SEED, index) for index in (2, 3, 4))
    all_of_them = {account_id(_SEED, index) for index in range(12)}
    chosen = sweep(_SCENARIO, account=some)

    assert _accounts(chosen) == set(some)
    assert _accounts(sweep(_SCENARIO, exclude_account=some)) == all_of_them - set(some)
    assert chosen.report["totals"]["accounts"]["listed"] == 12
    assert chosen.report["totals"]["accounts"]["in_scope"] == 3


def test_a_unit_takes_the_accounts_at_any_depth_below_it(sweep: Sweep) -> None:
    """By the paths that ListAccounts gives, or, where it gives none, by walking the tree."""
    world = Simulator(_SCENARIO).world.organization
    paths = {account.id: account.unit.path.split("/") for account in world.accounts()}
    unit = next(part for path in paths.values() for part in path if part.startswith("ou-"))
    below = {account for account, path in paths.items() if unit in path}

    assert _accounts(sweep(_SCENARIO, ou=(unit,))) == below
    walked = sweep(_told(_SCENARIO, account_members="STATUS"), ou=(unit,))
    assert _accounts(walked) == below


def test_tags_are_read_only_where_a_filter_asks_and_all_keys_have_to_fit(sweep: Sweep) -> None:
    """One ListTagsForResource an account, and none without --tag."""
    world = Simulator(_SCENARIO).world.organization
    tags = {account.id: dict(account.tags) for account in world.accounts()}
    key, value = next(pair for of in tags.values() for pair in of.items())
    tagged = {account for account, of in tags.items() if of.get(key) == value}
    swept = sweep(_SCENARIO, tag=(f"{key}={value}",))

    assert _accounts(swept) == tagged
    assert swept.simulator.record.calls_by_api()["organizations:ListTagsForResource"] == 12
    untagged = sweep(_SCENARIO)
    assert untagged.simulator.record.calls_by_api()["organizations:ListTagsForResource"] == 0


def test_regions_are_chosen_by_glob(sweep: Sweep) -> None:
    """Nothing is asked of the others."""
    swept = sweep(_SCENARIO, region=("eu-*", "af-south-1"))

    asked = {region for _, region, api in swept.simulator.record.calls if api.startswith("ecs:")}
    assert asked == {"eu-west-1", "eu-west-2"}
    assert {entry["region"] for entry in swept.report["coverage"]} == {*asked, "af-south-1"}


def test_the_management_account_is_swept_with_the_callers_own_credentials(sweep: Sweep) -> None:
    """Service-managed StackSets do not reach it, so no role is needed there."""
    swept = sweep(_told(_SCENARIO, management_role=False))

    statuses = {
        entry["status"] for entry in swept.report["coverage"] if entry["account_id"] == _MANAGEMENT
    }
    assert statuses == {"COVERED", "REGION_NOT_ENABLED"}
    assert swept.simulator.record.calls[_MANAGEMENT, "us-east-1", "sts:AssumeRole"] == 0


def test_a_delegated_administrator_enters_the_management_account_by_its_role(
    sweep: Sweep,
) -> None:
    """Its own account with its own credentials; a missing role there is said."""
    with_role = sweep(_told(_SCENARIO, home=Home.DELEGATED))
    without = sweep(_told(_SCENARIO, home=Home.DELEGATED, management_role=False))

    assert with_role.report["run"]["caller"]["account_id"] == _DELEGATED
    assert with_role.exit_status in {0, 1}
    refused = [
        (entry["account_id"], entry["status"])
        for entry in without.report["coverage"]
        if entry["region"] is None
    ]
    assert refused == [(_MANAGEMENT, "ROLE_NOT_ASSUMABLE")]


def test_the_callers_own_account_can_be_entered_by_the_role_too(sweep: Sweep) -> None:
    """own_account: assume."""
    swept = sweep(_SCENARIO, own_account="assume")

    assert swept.simulator.record.calls[_MANAGEMENT, "us-east-1", "sts:AssumeRole"] == 1
    assert {entry["status"] for entry in swept.report["coverage"]} == {
        "COVERED",
        "REGION_NOT_ENABLED",
    }


@pytest.mark.parametrize(
    ("given", "status"), [("right-id", "COVERED"), (None, "ROLE_NOT_ASSUMABLE")]
)
def test_an_external_id_is_given_where_the_role_wants_one(
    sweep: Sweep, given: str | None, status: str
) -> None:
    """Without it, the role refuses, as AWS does, without saying why."""
    scenario = _told(_SCENARIO, external_id="right-id", disabled_regions=())
    swept = sweep(scenario, external_id=given)

    of_member = {
        entry["status"] for entry in swept.report["coverage"] if entry["account_id"] == _MEMBER
    }
    assert of_member == {status}


def test_where_nobody_lists_regions_botocores_list_serves_and_the_run_says_so(
    sweep: Sweep,
) -> None:
    """A region that then refuses the token is a gap: nobody said that it is not enabled."""
    denied = Fault(FaultKind.DENY_IAM, api="ec2:DescribeRegions")
    swept = sweep(
        _told(_SCENARIO, accounts=3, trusted_access=False, faults=(denied,)),
        region=("eu-west-1", "eu-north-1"),
        account=(_MEMBER,),
    )

    statuses = {entry["region"]: entry["status"] for entry in swept.report["coverage"]}
    assert statuses == {"eu-west-1": "COVERED", "eu-north-1": "REGION_NOT_ENABLED"}
    assert swept.exit_status in {4, 5}
    assert any("botocore's offline list" in note for note in swept.notes)


def test_the_same_organization_gives_the_same_report_but_for_run_data(sweep: Sweep) -> None:
    """Findings byte for byte, whatever the concurrency and the order of answers."""

    def lines(swept: Any) -> list[bytes]:  # noqa: ANN401 - the fixture's own type
        written: bytes = swept.written["report.json"]
        return [line for line in written.splitlines() if line.startswith(b'{"key"')]

    first, second = sweep(_SCENARIO, concurrency=1), sweep(_SCENARIO, concurrency=100)

    assert lines(first)
    assert lines(first) == lines(second)


def test_a_throttled_list_of_regions_is_replaced_by_the_accounts_own(sweep: Sweep) -> None:
    """account:ListRegions throttled for good: every region is still known and swept."""
    throttled = Fault(FaultKind.THROTTLE, api="account:ListRegions")
    swept = sweep(_told(_SCENARIO, faults=(throttled,)))

    assert len(swept.report["coverage"]) == 12 * 4
    assert swept.report["totals"]["targets"]["not_covered"] == 0
    assert swept.notes == ["The regions of 12 accounts are those of ec2:DescribeRegions"]
