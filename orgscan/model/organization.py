"""Accounts of an organization, and the targets made of them."""

from __future__ import annotations

import enum

import msgspec

ACTIVE = "ACTIVE"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account as `organizations:ListAccounts` names it.

    Attributes:
        id: twelve digits.
        name: as its owner wrote it; never to be trusted as markup.
        state: `State`, or the retired `Status` where that is all there is; None where AWS gave
            neither, which is an error to report and never a reason to skip.
        ou_path: root and organizational unit ids, `r-ab12/ou-ab12-11111111`; empty if unknown.
        is_management: whether it is the organization's management account.
        tags: the account's own tags; read only when a filter asks for them.
    """

    id: str
    name: str
    state: str | None
    ou_path: str = ""
    is_management: bool = False
    tags: dict[str, str] | None = None

    @property
    def is_active(self) -> bool:
        """Whether AWS says that the account can be used."""
        return self.state == ACTIVE


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """The organization as its caller sees it (`organizations:DescribeOrganization`)."""

    id: str
    management_account_id: str
    accounts: tuple[Account, ...]


class RegionSource(enum.StrEnum):
    """Who said which regions an account has enabled, the best source first."""

    ACCOUNT_API = "account:ListRegions"
    EC2_API = "ec2:DescribeRegions"
    BOTOCORE = "botocore's offline list"


class RegionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One region of one account.

    Attributes:
        name: for example `eu-west-1`.
        opt_status: AWS's own word: ENABLED, ENABLED_BY_DEFAULT, ENABLING, DISABLING, DISABLED.
        source: who said so.
    """

    name: str
    opt_status: str
    source: RegionSource

    @property
    def is_enabled(self) -> bool:
        """Whether calls may succeed there; a region in transition is worth asking."""
        return self.opt_status != "DISABLED"


class Target(msgspec.Struct, frozen=True):
    """One account in one region: the unit of work."""

    account: Account
    region: str
