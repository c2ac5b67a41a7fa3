"""The organization's accounts, with their place in the tree of organizational units."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeVar

import msgspec

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.session import RegionSession
from orgscan.errors import CallerError
from orgscan.model.organization import Account, Organization
from orgscan.organization.operations import (
    DESCRIBE_ORGANIZATION,
    LIST_ACCOUNTS,
    LIST_ACCOUNTS_FOR_PARENT,
    LIST_ROOTS,
    LIST_TAGS,
    LIST_UNITS,
    AccountShape,
    ListAccountsReply,
    ListRootsReply,
    ListTagsReply,
    ListUnitsReply,
)

_PAGE = 20  # Organizations refuses more

_Page = TypeVar("_Page", bound=ListAccountsReply | ListRootsReply | ListTagsReply | ListUnitsReply)


async def read_organization(
    caller: RegionSession, told: Callable[[Sequence[Account]], None] = lambda _: None
) -> Organization:
    """Every account that the organization has, whatever its state.

    Where ListAccounts gives no `Paths`, the tree of organizational units is walked for them.

    Args:
        caller: a session in the management account or a delegated administrator.
        told: called with accounts as they become known, each once.

    Raises:
        CallerError: the caller may not list accounts, or belongs to no organization.
    """
    try:
        described = (await caller.call(DESCRIBE_ORGANIZATION, {})).data.organization
        management = described.master_account_id
        accounts: list[Account] = []
        unplaced: list[AccountShape] = []
        known: set[str] = set()
        async for page in _pages(caller, LIST_ACCOUNTS, {"MaxResults": _PAGE}):
            placed: list[Account] = []
            # A list that changes between two pages may have an account on both.
            for shape in (one for one in page.data.accounts if one.id not in known):
                known.add(shape.id)
                if path := _ou_path(shape):
                    placed.append(_account(shape, path, management))
                else:
                    unplaced.append(shape)
            accounts += placed
            told(placed)
        if unplaced:
            places = await _walk(caller)
            placed = [_account(shape, places.get(shape.id, ""), management) for shape in unplaced]
            accounts += placed
            told(placed)
    except CallFailed as failed:
        raise _cannot_list(failed) from None
    return Organization(
        id=described.id,
        management_account_id=management,
        accounts=tuple(sorted(accounts, key=lambda account: account.id)),
    )


async def with_tags(caller: RegionSession, account: Account) -> Account:
    """The account with its own tags, for which Organizations wants a call each.

    Raises:
        CallerError: the caller may not read them.
    """
    try:
        pages = await _all(caller, LIST_TAGS, {"ResourceId": account.id})
    except CallFailed as failed:
        raise CallerError(
            f"the tags of account {account.id} cannot be read: {failed.why.reason}",
            where="--tag",
            mend="Allow organizations:ListTagsForResource to the caller, or filter by --ou",
        ) from None
    tags = {tag.key: tag.value for page in pages for tag in page.tags}
    return msgspec.structs.replace(account, tags=tags)


def _account(shape: AccountShape, ou_path: str, management: str) -> Account:
    return Account(
        id=shape.id,
        name=shape.name,
        state=shape.state or shape.status,
        ou_path=ou_path,
        is_management=shape.id == management,
    )


def _ou_path(shape: AccountShape) -> str:
    """`r-…/ou-…` of `o-…/r-…/ou-…/<account>/`; an account has one parent, so the first will do."""
    if not shape.paths:
        return ""
    return "/".join(part for part in shape.paths[0].split("/")[1:] if part and part != shape.id)


async def _walk(caller: RegionSession) -> dict[str, str]:
    """Account id → path, by walking down from the root."""
    roots = await _all(caller, LIST_ROOTS, {})
    pending = [(root.id, root.id) for page in roots for root in page.roots]
    places: dict[str, str] = {}
    while pending:
        parent, path = pending.pop()
        for page in await _all(caller, LIST_ACCOUNTS_FOR_PARENT, {"ParentId": parent}):
            places |= {shape.id: path for shape in page.accounts}
        for units in await _all(caller, LIST_UNITS, {"ParentId": parent}):
            pending += [(unit.id, f"{path}/{unit.id}") for unit in units.organizational_units]
    return places


async def _all(
    caller: RegionSession, operation: Operation[_Page], parameters: Parameters
) -> list[_Page]:
    return [page.data async for page in _pages(caller, operation, parameters)]


def _pages(
    caller: RegionSession, operation: Operation[_Page], parameters: Parameters
) -> AsyncIterator[Reply[_Page]]:
    return caller.pages(
        operation, parameters, cursor_member="NextToken", next_token=lambda page: page.next_token
    )


def _cannot_list(failed: CallFailed) -> CallerError:
    if failed.code == "AWSOrganizationsNotInUseException":
        return CallerError(
            "the caller's account belongs to no organization",
            where=failed.api,
            mend="Run with credentials of the management account or a delegated administrator",
        )
    detail = f" ({failed.message})" if failed.message else ""
    return CallerError(
        f"the organization's accounts cannot be listed: {failed.why.reason}{detail}",
        where=failed.api,
        mend="Run in the management account or a delegated administrator, and allow the caller "
        "organizations:DescribeOrganization and organizations:ListAccounts",
    )
