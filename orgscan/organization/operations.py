"""The Organizations, Account and EC2 calls that say which accounts and regions there are.

Member names are AWS's own; members that are not used are left out.
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket

# Organizations' rates are low and unpublished. For account:ListRegions AWS documents 5 a second
# "per account" and not whose: if it is the caller's, each account is soon asked itself instead.
# https://docs.aws.amazon.com/accounts/latest/reference/quotas.html
_ORGANIZATIONS = Bucket("organizations", burst=20, rate=10, ceiling=50)
_ACCOUNT = Bucket("account", burst=100, rate=50, ceiling=400)
_EC2 = Bucket("ec2 describe", burst=100, rate=20)


class OrganizationShape(msgspec.Struct, rename="pascal"):
    """`Organization` of DescribeOrganization."""

    id: str
    master_account_id: str


class DescribeOrganizationReply(msgspec.Struct, rename="pascal"):
    """organizations:DescribeOrganization."""

    organization: OrganizationShape


class AccountShape(msgspec.Struct, rename="pascal"):
    """`Account`; `status` was retired on 2026-09-09 in favour of `state`."""

    id: str
    name: str = ""
    state: str | None = None
    status: str | None = None
    paths: list[str] = []


class ListAccountsReply(msgspec.Struct, rename="pascal"):
    """organizations:ListAccounts."""

    accounts: list[AccountShape] = []
    next_token: str | None = None


class UnitShape(msgspec.Struct, rename="pascal"):
    """A root or an organizational unit."""

    id: str


class ListRootsReply(msgspec.Struct, rename="pascal"):
    """organizations:ListRoots."""

    roots: list[UnitShape] = []
    next_token: str | None = None


class ListUnitsReply(msgspec.Struct, rename="pascal"):
    """organizations:ListOrganizationalUnitsForParent."""

    organizational_units: list[UnitShape] = []
    next_token: str | None = None


class TagShape(msgspec.Struct, rename="pascal"):
    """A tag of an account."""

    key: str
    value: str = ""


class ListTagsReply(msgspec.Struct, rename="pascal"):
    """organizations:ListTagsForResource."""

    tags: list[TagShape] = []
    next_token: str | None = None


class AccountRegionShape(msgspec.Struct, rename="pascal"):
    """`Region` of account:ListRegions."""

    region_name: str
    region_opt_status: str


class ListRegionsReply(msgspec.Struct, rename="pascal"):
    """account:ListRegions."""

    regions: list[AccountRegionShape] = []
    next_token: str | None = None


class Ec2RegionShape(msgspec.Struct, rename="pascal"):
    """`Region` of ec2:DescribeRegions."""

    region_name: str
    opt_in_status: str = "opt-in-not-required"


class DescribeRegionsReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeRegions."""

    regions: list[Ec2RegionShape] = []


DESCRIBE_ORGANIZATION = Operation(
    service="organizations",
    name="DescribeOrganization",
    reply=DescribeOrganizationReply,
    bucket=_ORGANIZATIONS,
)
LIST_ACCOUNTS = Operation(
    service="organizations",
    name="ListAccounts",
    reply=ListAccountsReply,
    bucket=_ORGANIZATIONS,
    lean=True,  # 500 pages of 10,000 accounts
)
LIST_ROOTS = Operation(
    service="organizations", name="ListRoots", reply=ListRootsReply, bucket=_ORGANIZATIONS
)
LIST_UNITS = Operation(
    service="organizations",
    name="ListOrganizationalUnitsForParent",
    reply=ListUnitsReply,
    bucket=_ORGANIZATIONS,
)
LIST_ACCOUNTS_FOR_PARENT = Operation(
    service="organizations",
    name="ListAccountsForParent",
    reply=ListAccountsReply,
    bucket=_ORGANIZATIONS,
)
LIST_TAGS = Operation(
    service="organizations", name="ListTagsForResource", reply=ListTagsReply, bucket=_ORGANIZATIONS
)
LIST_REGIONS = Operation(
    service="account",
    name="ListRegions",
    reply=ListRegionsReply,
    bucket=_ACCOUNT,
    has_other_way=True,
    lean=True,
)
DESCRIBE_REGIONS = Operation(
    service="ec2", name="DescribeRegions", reply=DescribeRegionsReply, bucket=_EC2
)
