"""AWS Account Management: which regions an account has enabled."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.paging import BadPageToken
from orgscan.simulator.wire.refusal import Refusal

PAGE = 50


class _ListRegions(msgspec.Struct, rename="pascal"):
    account_id: str | None = None
    max_results: int = PAGE
    next_token: str | None = None
    region_opt_status_contains: list[str] | None = None


def list_regions(call: Call, request: _ListRegions) -> Tree:
    """Of the caller's own account, or of the member it names."""
    if request.account_id is not None:
        _check_named_account(call, request.account_id)
    if not 1 <= request.max_results <= PAGE:
        raise Refusal("ValidationException", f"MaxResults must be from 1 to {PAGE}.")
    scenario = call.scenario
    statuses = dict.fromkeys(scenario.disabled_regions, "DISABLED")
    statuses |= dict.fromkeys(scenario.regions, "ENABLED_BY_DEFAULT")
    wanted = request.region_opt_status_contains
    regions: list[Tree] = [
        {"RegionName": name, "RegionOptStatus": status}
        for name, status in sorted(statuses.items())
        if not wanted or status in wanted
    ]
    try:
        page, token = call.pager.page(
            regions, request.next_token, request.max_results, f"regions {request.account_id}"
        )
    except BadPageToken:
        raise Refusal("ValidationException", "The provided NextToken is not valid.") from None
    answer: dict[str, Tree] = {"Regions": list(page)}
    return answer if token is None else answer | {"NextToken": token}


def _check_named_account(call: Call, account: str) -> None:
    organization = call.world.organization
    if account == organization.management.id:
        why = (
            "The management account can only be managed using the standalone context from the "
            "management account."
        )
    elif call.account not in {organization.management.id, organization.delegated.id}:
        why = "You don't have permissions to access this resource."
    elif not call.scenario.trusted_access:
        why = "Your organization must first enable trusted access with AWS Account Management."
    elif organization.by_id(account) is None:
        why = "The specified account isn't a member of your organization."
    else:
        return
    raise Refusal(
        "AccessDeniedException",
        f"User: {call.identity.arn} is not authorized to perform: account:ListRegions ({why})",
        403,
    )


OPERATIONS = (Operation("ListRegions", _ListRegions, list_regions, lambda r: r.account_id),)
