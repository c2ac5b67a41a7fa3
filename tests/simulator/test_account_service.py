"""Account Management lists regions, centrally where it may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import DEFAULT_REGIONS, Endpoint, Home, Scenario, Simulator

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]

STANDALONE = (
    "The management account can only be managed using the standalone context from the management "
    "account."
)


def test_enabled_and_disabled_regions_are_listed(serve: Serve, connect: Make) -> None:
    """Opt-in regions that nobody opted into are there, and DISABLED."""
    simulator, endpoint = serve(Scenario(disabled_regions=("af-south-1",)))
    client = connect(endpoint, "account")
    member = simulator.scenario.account_id(2)
    expected = dict.fromkeys(DEFAULT_REGIONS, "ENABLED_BY_DEFAULT") | {"af-south-1": "DISABLED"}
    for parameters in ({}, {"AccountId": member}):
        regions = client.list_regions(**parameters)["Regions"]
        assert {r["RegionName"]: r["RegionOptStatus"] for r in regions} == expected
    assert simulator.record.calls[member, "us-east-1", "account:ListRegions"] == 1


def test_statuses_can_be_asked_for_and_pages_followed(serve: Serve, connect: Make) -> None:
    """RegionOptStatusContains filters before pages are cut."""
    _, endpoint = serve(Scenario())
    client = connect(endpoint, "account")
    paginator = client.get_paginator("list_regions")
    pages = paginator.paginate(
        RegionOptStatusContains=["ENABLED_BY_DEFAULT"], PaginationConfig={"PageSize": 7}
    )
    names = [[region["RegionName"] for region in page["Regions"]] for page in pages]
    assert [len(page) for page in names] == [7, 7, 3]
    assert [name for page in names for name in page] == list(DEFAULT_REGIONS)


def test_fifty_a_page_at_most(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """More is refused."""
    _, endpoint = serve(Scenario())
    client = connect(endpoint, "account")
    assert refusal(client.list_regions, MaxResults=51)[0] == "ValidationException"


@pytest.mark.parametrize(
    ("scenario", "number", "why"),
    [
        (Scenario(), 0, STANDALONE),
        (Scenario(home=Home.DELEGATED), 0, STANDALONE),
        (Scenario(home=Home.MEMBER), 1, "You don't have permissions to access this resource."),
        (
            Scenario(trusted_access=False),
            2,
            "Your organization must first enable trusted access with AWS Account Management.",
        ),
        (Scenario(), 99, "The specified account isn't a member of your organization."),
    ],
)
def test_an_account_is_named_only_where_that_is_allowed(
    serve: Serve, connect: Make, refusal: Refusal, scenario: Scenario, number: int, why: str
) -> None:
    """The management account is never named, and only administrators name others."""
    simulator, endpoint = serve(scenario)
    client = connect(endpoint, "account")
    caller = simulator.record.caller.account
    assert refusal(client.list_regions, AccountId=scenario.account_id(number)) == (
        "AccessDeniedException",
        (
            f"User: arn:aws:iam::{caller}:user/orgscan is not authorized to perform: "
            f"account:ListRegions ({why})"
        ),
    )
