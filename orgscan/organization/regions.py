"""Which regions an account has enabled, from the best source that answers."""

from __future__ import annotations

from orgscan.aws.failure import CallFailed
from orgscan.aws.session import RegionSession
from orgscan.model.evidence import Kept
from orgscan.model.organization import Account, RegionSource, RegionStatus
from orgscan.organization.operations import DESCRIBE_REGIONS, LIST_REGIONS

_PAGE = 50  # account:ListRegions refuses more
_EC2_WORDS = {
    "opt-in-not-required": "ENABLED_BY_DEFAULT",
    "opted-in": "ENABLED",
    "not-opted-in": "DISABLED",
}


class RegionReader:
    """Reads the regions of one account after another.

    `account:ListRegions` answers centrally, without entering the account. Where it is denied
    once it is denied for every account, and where it is throttled for good the accounts' own
    `ec2:DescribeRegions` is quicker, so it is not asked again.
    """

    def __init__(self, caller: RegionSession, caller_account_id: str) -> None:
        self._caller = caller
        self._caller_account_id = caller_account_id
        self.central_refusal = ""

    async def centrally(
        self, account: Account, kept: Kept | None = None
    ) -> tuple[RegionStatus, ...] | None:
        """Every region by `account:ListRegions`; None where it does not answer.

        Args:
            account: whose.
            kept: where the calls are kept as evidence; None for nowhere.
        """
        if not self.central_refusal and self._caller.is_overrun(LIST_REGIONS):
            self.central_refusal = "account:ListRegions is throttled"
        if self.central_refusal:
            return None
        parameters: dict[str, object] = {"MaxResults": _PAGE}
        # The caller's own account is named by leaving it out.
        if account.id != self._caller_account_id:
            parameters["AccountId"] = account.id
        pages = self._caller.about(kept).pages(
            LIST_REGIONS,
            parameters,
            cursor_member="NextToken",
            next_token=lambda page: page.next_token,
        )
        try:
            shapes = [shape async for page in pages for shape in page.data.regions]
        except CallFailed as failed:
            if failed.why.status.startswith("DENIED"):
                self.central_refusal = failed.why.reason
            return None
        return tuple(
            RegionStatus(
                name=shape.region_name,
                opt_status=shape.region_opt_status,
                source=RegionSource.ACCOUNT_API,
            )
            for shape in shapes
        )


async def regions_from_within(member: RegionSession) -> tuple[RegionStatus, ...] | None:
    """Every region by `ec2:DescribeRegions` in the account itself; None where it is refused."""
    try:
        reply = await member.call(DESCRIBE_REGIONS, {"AllRegions": True})
    except CallFailed:
        return None
    return tuple(
        RegionStatus(
            name=shape.region_name,
            opt_status=_EC2_WORDS.get(shape.opt_in_status, "ENABLED"),
            source=RegionSource.EC2_API,
        )
        for shape in reply.data.regions
    )


def regions_offline(names: tuple[str, ...]) -> tuple[RegionStatus, ...]:
    """The list that botocore carries, where nobody else answers: blind to what is enabled."""
    return tuple(
        RegionStatus(name=name, opt_status="UNKNOWN", source=RegionSource.BOTOCORE)
        for name in names
    )
