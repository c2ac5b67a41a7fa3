"""Telling a region that is not enabled from credentials that are bad."""

from __future__ import annotations

from msgspec.structs import replace

from orgscan.aws.caller import GET_CALLER_IDENTITY
from orgscan.aws.failure import TOKEN_REFUSED_CODES, CallFailed
from orgscan.aws.session import RegionSession
from orgscan.model.coverage import CoverageStatus
from orgscan.model.outcome import NotCollected


async def settle_refused_token(
    elsewhere: RegionSession, why: NotCollected, region: str
) -> NotCollected:
    """What a refused token means: the same credentials are tried where they must work.

    Args:
        elsewhere: the same account in a region that is certainly enabled.
        why: what the region answered; anything but a refused token is returned as it is.
        region: where that was.

    Source:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-validate-access-credentials.html
    """
    if why.error_code not in TOKEN_REFUSED_CODES:
        return why
    try:
        await elsewhere.call(GET_CALLER_IDENTITY, {})
    except CallFailed:
        return replace(
            why,
            status=CoverageStatus.DENIED,
            reason=f"{why.reason}, and neither does AWS elsewhere: the session is not valid",
        )
    return replace(
        why,
        status=CoverageStatus.REGION_NOT_ENABLED,
        reason=(
            f"{region} refuses credentials that AWS accepts elsewhere, which is how a region "
            "answers that is not enabled for the account; whether it is, account:ListRegions tells"
        ),
    )
