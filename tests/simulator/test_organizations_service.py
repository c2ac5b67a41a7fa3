"""Organizations answers its administrators as AWS does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import AccountMembers, Endpoint, Home, Scenario, Simulator

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]

NO_ACCESS = ("AccessDeniedException", "You don't have permissions to access this resource.")


def everything(client: Any, operation: str, **parameters: object) -> list[dict[str, Any]]:  # noqa: ANN401 - botocore has no types
    """The entries of all pages."""
    pages = list(client.get_paginator(operation).paginate(**parameters))
    key = next(name for name in pages[0] if name not in {"ResponseMetadata", "NextToken"})
    return [entry for page in pages for entry in page[key]]


def test_accounts_come_twenty_a_page(serve: Serve, connect: Make) -> None:
    """Every account once, the management account first, 20 a page."""
    simulator, endpoint = serve(Scenario(accounts=45))
    client = connect(endpoint, "organizations")
    pages = list(client.get_paginator("list_accounts").paginate())
    assert [len(page["Accounts"]) for page in pages] == [20, 20, 5]
    ids = [account["Id"] for page in pages for account in page["Accounts"]]
    assert ids == [simulator.scenario.account_id(n) for n in range(45)]


def test_more_than_twenty_a_page_is_refused(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """AWS allows 20 at most."""
    _, endpoint = serve(Scenario())
    client = connect(endpoint, "organizations")
    code, _ = refusal(client.list_accounts, MaxResults=21)
    assert code == "InvalidInputException"


def test_a_token_of_another_list_is_refused(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """A NextToken goes with the list that gave it."""
    _, endpoint = serve(Scenario(accounts=45))
    client = connect(endpoint, "organizations")
    token = client.list_accounts()["NextToken"]
    assert refusal(client.list_roots, NextToken=token)[0] == "InvalidInputException"
    assert refusal(client.list_accounts, NextToken="made up")[0] == "InvalidInputException"


def test_an_account_has_its_state_and_paths(serve: Serve, connect: Make) -> None:
    """`State` and the whole path down to the account, and no more `Status`."""
    simulator, endpoint = serve(Scenario())
    client = connect(endpoint, "organizations")
    organization = client.describe_organization()["Organization"]
    account = client.list_accounts()["Accounts"][1]
    known = simulator.world.organization.account(1)
    assert account["State"] == "ACTIVE"
    assert account["Paths"] == [f"{organization['Id']}/{known.unit.path}/{known.id}/"]
    assert "Status" not in account
    assert organization["MasterAccountId"] == simulator.scenario.account_id(0)


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        (AccountMembers.STATE, {"State", "Paths"}),
        (AccountMembers.STATUS, {"Status"}),
        (AccountMembers.NEITHER, set()),
    ],
)
def test_older_and_poorer_answers_can_be_had(
    serve: Serve, connect: Make, members: AccountMembers, shown: set[str]
) -> None:
    """Only `Status`, as before, or nothing at all."""
    _, endpoint = serve(Scenario(account_members=members))
    account = connect(endpoint, "organizations").list_accounts()["Accounts"][0]
    assert {"State", "Status", "Paths"} & set(account) == shown


def test_empty_pages_lead_on(serve: Serve, connect: Make) -> None:
    """An empty page with a token is not the end, and nothing is lost by it."""
    simulator, endpoint = serve(Scenario(accounts=200, empty_pages=True))
    client = connect(endpoint, "organizations")
    pages = list(client.get_paginator("list_accounts").paginate())
    assert 0 in {len(page["Accounts"]) for page in pages[:-1]}
    ids = [account["Id"] for page in pages for account in page["Accounts"]]
    assert ids == [simulator.scenario.account_id(n) for n in range(200)]


def test_suspended_accounts_are_listed_as_such(serve: Serve, connect: Make) -> None:
    """They stay in the list, with their state."""
    plain = Scenario(accounts=10)
    suspended = plain.account_id(4)
    _, endpoint = serve(Scenario(accounts=10, suspended=(suspended,)))
    accounts = everything(connect(endpoint, "organizations"), "list_accounts")
    assert [a["Id"] for a in accounts if a["State"] == "SUSPENDED"] == [suspended]


def test_a_share_of_the_members_can_be_suspended(serve: Serve, connect: Make) -> None:
    """The states are those that AWS has."""
    _, endpoint = serve(Scenario(accounts=60, suspended_share=0.5))
    accounts = everything(connect(endpoint, "organizations"), "list_accounts")
    assert {a["State"] for a in accounts} == {"ACTIVE", "SUSPENDED", "PENDING_CLOSURE"}
    assert {a["State"] for a in accounts[:3]} == {"ACTIVE"}


def test_the_tree_walked_from_the_root_holds_every_account(serve: Serve, connect: Make) -> None:
    """ListRoots, units and accounts for parents agree with each account's own path."""
    simulator, endpoint = serve(Scenario(accounts=60))
    client = connect(endpoint, "organizations")
    (root,) = everything(client, "list_roots")
    found: dict[str, str] = {}
    parents = [root["Id"]]
    while parents:
        parent = parents.pop()
        parents += [
            unit["Id"]
            for unit in everything(client, "list_organizational_units_for_parent", ParentId=parent)
        ]
        for account in everything(client, "list_accounts_for_parent", ParentId=parent):
            found[account["Id"]] = parent
    accounts = list(simulator.world.organization.accounts())
    assert found == {account.id: account.unit.id for account in accounts}
    assert {a["Id"]: a["Paths"][0].split("/")[-3] for a in everything(client, "list_accounts")} == (
        found
    )


def test_parents_and_units_are_found_by_id(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """A child has one parent; what does not exist is refused by its own error."""
    simulator, endpoint = serve(Scenario())
    client = connect(endpoint, "organizations")
    account = simulator.world.organization.account(1)
    assert everything(client, "list_parents", ChildId=account.id) == [
        {"Id": account.unit.id, "Type": "ORGANIZATIONAL_UNIT"}
    ]
    shown = client.describe_organizational_unit(OrganizationalUnitId=account.unit.id)
    assert shown["OrganizationalUnit"]["Name"] == "Security"
    root = simulator.world.organization.root.id
    assert everything(client, "list_parents", ChildId=account.unit.id) == [
        {"Id": root, "Type": "ROOT"}
    ]
    assert refusal(client.list_parents, ChildId="000000000000")[0] == "ChildNotFoundException"
    unknown = {"OrganizationalUnitId": "ou-none-12345678"}
    code, _ = refusal(client.describe_organizational_unit, **unknown)
    assert code == "OrganizationalUnitNotFoundException"
    code, _ = refusal(client.list_accounts_for_parent, ParentId="r-none")
    assert code == "ParentNotFoundException"


def test_an_account_has_tags(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """By ListTagsForResource; units have none."""
    simulator, endpoint = serve(Scenario())
    client = connect(endpoint, "organizations")
    account = simulator.world.organization.account(2)
    tags = everything(client, "list_tags_for_resource", ResourceId=account.id)
    assert {tag["Key"]: tag["Value"] for tag in tags} == account.tags
    assert everything(client, "list_tags_for_resource", ResourceId=account.unit.id) == []
    code, _ = refusal(client.list_tags_for_resource, ResourceId="000000000000")
    assert code == "TargetNotFoundException"


def test_a_delegated_administrator_may_list(serve: Serve, connect: Make) -> None:
    """Account 1 is one, and says so."""
    simulator, endpoint = serve(Scenario(home=Home.DELEGATED))
    client = connect(endpoint, "organizations")
    (administrator,) = everything(client, "list_delegated_administrators")
    assert administrator["Id"] == simulator.scenario.account_id(1)
    assert connect(endpoint, "sts").get_caller_identity()["Account"] == administrator["Id"]
    assert len(everything(client, "list_accounts")) == 3


def test_a_member_may_not_list_accounts(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """It may only ask which organization it is in."""
    simulator, endpoint = serve(Scenario(home=Home.MEMBER))
    client = connect(endpoint, "organizations")
    assert refusal(client.list_accounts) == NO_ACCESS
    assert refusal(client.list_roots) == NO_ACCESS
    organization = client.describe_organization()["Organization"]
    assert organization["MasterAccountId"] == simulator.scenario.account_id(0)


def test_an_unknown_operation_is_refused(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """What is not simulated says so, and a write is still noted."""
    simulator, endpoint = serve(Scenario())
    client = connect(endpoint, "organizations")
    code, _ = refusal(client.close_account, AccountId=simulator.scenario.account_id(1))
    assert code == "UnknownOperationException"
    (mutation,) = simulator.record.mutations
    assert (mutation.api, mutation.answer) == ("organizations:CloseAccount", code)
