"""AWS Organizations, as the management account and its delegated administrator see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from orgscan.simulator.scenario import AccountMembers
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.paging import BadPageToken
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.organization import SimulatedAccount, Unit

T = TypeVar("T")

PAGE = 20
_NO_ACCESS = "You don't have permissions to access this resource."


class _Nothing(msgspec.Struct):
    pass


class _Page(msgspec.Struct, rename="pascal"):
    next_token: str | None = None
    max_results: int = PAGE


class _Children(_Page, rename="pascal", kw_only=True):
    parent_id: str


class _Child(_Page, rename="pascal", kw_only=True):
    child_id: str


class _UnitId(msgspec.Struct, rename="pascal"):
    organizational_unit_id: str


class _Tagged(msgspec.Struct, rename="pascal"):
    resource_id: str
    next_token: str | None = None


class _Delegated(_Page, rename="pascal"):
    service_principal: str | None = None


def _only_administrators(call: Call) -> None:
    organization = call.world.organization
    if call.account not in {organization.management.id, organization.delegated.id}:
        raise Refusal("AccessDeniedException", _NO_ACCESS)


def _page(call: Call, items: Sequence[T], request: _Page, *what: str) -> tuple[list[T], Tree]:
    """One page, and the NextToken of the answer."""
    if not 1 <= request.max_results <= PAGE:
        reason = "MAX_VALUE_EXCEEDED" if request.max_results > PAGE else "MIN_VALUE_EXCEEDED"
        raise Refusal(
            "InvalidInputException",
            f"You specified an invalid value for MaxResults: {request.max_results}.",
            members={"Reason": reason},
        )
    try:
        found, token = call.pager.page(
            items, request.next_token, request.max_results, " ".join(what)
        )
    except BadPageToken:
        raise Refusal(
            "InvalidInputException",
            "You specified an invalid value for NextToken.",
            members={"Reason": "INVALID_NEXT_TOKEN"},
        ) from None
    return list(found), token


def _listing(name: str, entries: list[Tree], token: Tree) -> dict[str, Tree]:
    return {name: entries} if token is None else {name: entries, "NextToken": token}


def _arn(call: Call, kind: str, thing: str) -> str:
    organization = call.world.organization
    owner = organization.management.id
    partition = call.scenario.partition
    return f"arn:{partition}:organizations::{owner}:{kind}/{organization.id}/{thing}".rstrip("/")


def _account(call: Call, account: SimulatedAccount) -> dict[str, Tree]:
    shown: dict[str, Tree] = {
        "Id": account.id,
        "Arn": _arn(call, "account", account.id),
        "Email": account.email,
        "Name": account.name,
        "JoinedMethod": "INVITED" if account.invited else "CREATED",
        "JoinedTimestamp": account.joined,
    }
    members = call.scenario.account_members
    if members is AccountMembers.STATUS:
        shown["Status"] = account.state
    if members is AccountMembers.STATE:
        shown["State"] = account.state
        shown["Paths"] = [f"{call.world.organization.id}/{account.unit.path}/{account.id}/"]
    return shown


def _unit(call: Call, unit: Unit) -> dict[str, Tree]:
    organization = call.world.organization
    return {
        "Id": unit.id,
        "Arn": _arn(call, "ou", unit.id),
        "Name": unit.name,
        "Path": f"{organization.id}/{unit.path}/",
    }


def _known_unit(call: Call, unit: str, code: str) -> Unit:
    found = call.world.organization.units.get(unit)
    if found is None:
        raise Refusal(code, f"You specified a root or unit that doesn't exist: {unit}.")
    return found


def describe_organization(call: Call, _: _Nothing) -> Tree:
    """Every account of the organization may ask."""
    organization = call.world.organization
    management = organization.management
    shown: dict[str, Tree] = {
        "Id": organization.id,
        "Arn": _arn(call, "organization", ""),
        "FeatureSet": "ALL",
        "MasterAccountArn": _arn(call, "account", management.id),
        "MasterAccountId": management.id,
        "MasterAccountEmail": management.email,
        "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
    }
    return {"Organization": shown}


def list_accounts(call: Call, request: _Page) -> Tree:
    """In the order of their numbers; a page makes no account but its own."""
    _only_administrators(call)
    numbers, token = _page(call, range(call.scenario.accounts), request, "accounts")
    organization = call.world.organization
    entries: list[Tree] = [_account(call, organization.account(n)) for n in numbers]
    return _listing("Accounts", entries, token)


def list_roots(call: Call, request: _Page) -> Tree:
    """There is one."""
    _only_administrators(call)
    root = call.world.organization.root
    entry: dict[str, Tree] = {
        "Id": root.id,
        "Arn": _arn(call, "root", root.id),
        "Name": root.name,
        "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
    }
    roots, token = _page(call, [entry], request, "roots")
    return _listing("Roots", list(roots), token)


def list_organizational_units_for_parent(call: Call, request: _Children) -> Tree:
    """Not recursive."""
    _only_administrators(call)
    parent = _known_unit(call, request.parent_id, "ParentNotFoundException")
    below = call.world.organization.units_below(parent.id)
    units, token = _page(call, below, request, "units", parent.id)
    return _listing("OrganizationalUnits", [_unit(call, unit) for unit in units], token)


def list_accounts_for_parent(call: Call, request: _Children) -> Tree:
    """Not recursive."""
    _only_administrators(call)
    parent = _known_unit(call, request.parent_id, "ParentNotFoundException")
    organization = call.world.organization
    members = organization.members(parent.id)
    numbers, token = _page(call, members, request, "accounts of", parent.id)
    entries: list[Tree] = [_account(call, organization.account(n)) for n in numbers]
    return _listing("Accounts", entries, token)


def list_parents(call: Call, request: _Child) -> Tree:
    """A child has exactly one parent."""
    _only_administrators(call)
    organization = call.world.organization
    account = organization.by_id(request.child_id)
    unit = organization.units.get(request.child_id)
    parent = account.unit.id if account else unit and unit.parent
    if not parent:
        raise Refusal(
            "ChildNotFoundException",
            "We can't find an organizational unit (OU) or AWS account with the ChildId that you "
            "specified.",
        )
    kind = "ROOT" if parent == organization.root.id else "ORGANIZATIONAL_UNIT"
    entry: Tree = {"Id": parent, "Type": kind}
    entries, token = _page(call, [entry], request, "parents", request.child_id)
    return _listing("Parents", entries, token)


def describe_organizational_unit(call: Call, request: _UnitId) -> Tree:
    """By its id."""
    _only_administrators(call)
    code = "OrganizationalUnitNotFoundException"
    unit = _known_unit(call, request.organizational_unit_id, code)
    if unit.parent is None:
        raise Refusal(code, f"You specified a unit that doesn't exist: {unit.id}.")
    return {"OrganizationalUnit": _unit(call, unit)}


def list_tags_for_resource(call: Call, request: _Tagged) -> Tree:
    """Accounts have tags; the root and the units have none."""
    _only_administrators(call)
    organization = call.world.organization
    account = organization.by_id(request.resource_id)
    if account is None and request.resource_id not in organization.units:
        raise Refusal(
            "TargetNotFoundException",
            "We can't find a root, OU, account, or policy with the TargetId that you specified.",
        )
    tags = account.tags if account else {}
    entries: list[Tree] = [{"Key": key, "Value": value} for key, value in tags.items()]
    shown, token = _page(call, entries, _Page(request.next_token), "tags of", request.resource_id)
    return _listing("Tags", shown, token)


def list_delegated_administrators(call: Call, request: _Delegated) -> Tree:
    """Account 1, for every service."""
    _only_administrators(call)
    delegated = call.world.organization.delegated
    entry: Tree = {**_account(call, delegated), "DelegationEnabledDate": delegated.joined}
    entries, token = _page(call, [entry], request, "delegated administrators")
    return _listing("DelegatedAdministrators", entries, token)


OPERATIONS = (
    Operation("DescribeOrganization", _Nothing, describe_organization),
    Operation("ListAccounts", _Page, list_accounts),
    Operation("ListRoots", _Page, list_roots),
    Operation("ListOrganizationalUnitsForParent", _Children, list_organizational_units_for_parent),
    Operation("ListAccountsForParent", _Children, list_accounts_for_parent),
    Operation("ListParents", _Child, list_parents),
    Operation("DescribeOrganizationalUnit", _UnitId, describe_organizational_unit),
    Operation("ListTagsForResource", _Tagged, list_tags_for_resource),
    Operation("ListDelegatedAdministrators", _Delegated, list_delegated_administrators),
)
