"""What a person can do about each coverage status."""

from __future__ import annotations

import functools
import re
from typing import Final

from orgscan.model.coverage import CoverageStatus, is_gap

_MENDS: Final = {
    CoverageStatus.COVERED: "",
    CoverageStatus.PARTLY_COVERED: (
        "The reason and the findings marked NOT_EVALUATED say what was missed: mend that, and scan "
        "again."
    ),
    CoverageStatus.ACCOUNT_NOT_ACTIVE: "Nothing to mend: AWS lets nobody into this account.",
    CoverageStatus.ROLE_NOT_ASSUMABLE: (
        "Deploy the read role to the account; check that it trusts the caller and its external id."
    ),
    CoverageStatus.REGION_NOT_ENABLED: (
        "Nothing to mend: nobody can call a region that is off for the account."
    ),
    CoverageStatus.DENIED_BY_SCP: (
        "Let the service control policy except the read role, or accept that this stays unseen."
    ),
    CoverageStatus.DENIED: (
        "Allow the call in the read role's policy, its permissions boundary and the session policy."
    ),
    CoverageStatus.THROTTLED: "Scan again, with a lower --concurrency.",
    CoverageStatus.TIMED_OUT: "Scan again, with a longer --timeout.",
    CoverageStatus.ENDPOINT_UNREACHABLE: (
        "Check name resolution, proxy and firewall from where orgscan runs."
    ),
    CoverageStatus.ERROR: "Read the error message, and scan again.",
}
_INFERRED = (
    "Let orgscan list the account's regions (account:ListRegions, or ec2:DescribeRegions there): "
    "that the region is off was only inferred from a refusal."
)


# The codes with which AWS's services refuse what a policy does not allow.
_REFUSED: Final = (
    "AccessDenied",
    "AuthorizationError",
    "UnauthorizedException",
    "UnauthorizedOperation",
)
# How the ledger's reasons name a call that a policy refused; one reason may name several.
_NAMED: Final = re.compile(
    r"([a-z][a-z0-9-]*:[A-Z]\w+): (?:explicitly )?(?:denied|the read role|no service control)"
)


@functools.lru_cache(maxsize=1_024)
def permissions(api: str, error_code: str, reason: str) -> tuple[str, ...]:
    """The IAM actions that were refused and that would mend a gap; empty where none was.

    An API is named as its IAM action, with the service's IAM prefix.

    Args:
        api: of the ledger's line, as its error code and reason.
        error_code: AWS's own.
        reason: which names all of them where only a part was seen.
    """
    if not api and not reason:
        return ()  # most lines of most ledgers: nothing was refused
    first = [api] if api and error_code.startswith(_REFUSED) else []
    return tuple(dict.fromkeys([*first, *_NAMED.findall(reason)]))


def mend(status: CoverageStatus, error_code: str) -> str:
    """Return one sentence, or two; nothing where the target was covered."""
    if status is CoverageStatus.REGION_NOT_ENABLED and is_gap(status, error_code):
        return _INFERRED
    return _MENDS[status]
