"""What an AWS error means: whether to try again, and which coverage status it amounts to.

The words differ per service and some services give no reason at all, so codes come first and
message fragments are matched without regard to case. Sources: the services' API models, and
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import enum

from orgscan.aws.receipt import Receipt
from orgscan.model.coverage import CoverageStatus
from orgscan.model.outcome import NotCollected


class FailureKind(enum.Enum):
    """How the engine treats a failed attempt."""

    THROTTLED = enum.auto()
    TRANSIENT = enum.auto()  # 5xx, a reset, a body cut short: worth another attempt
    TIMED_OUT = enum.auto()
    UNREACHABLE = enum.auto()
    EXPIRED = enum.auto()
    TOKEN_REFUSED = enum.auto()  # region not enabled, or bad credentials: told apart later
    DENIED = enum.auto()
    REFUSED = enum.auto()  # any other 4xx: AWS understood and said no

    @property
    def is_retriable(self) -> bool:
        """Whether the same request may succeed later."""
        return self in _RETRIABLE


_RETRIABLE = frozenset(
    {
        FailureKind.THROTTLED,
        FailureKind.TRANSIENT,
        FailureKind.TIMED_OUT,
        FailureKind.UNREACHABLE,
    }
)

_THROTTLES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "BandwidthLimitExceeded",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
        "KmsThrottlingException",
    }
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
TOKEN_REFUSED_CODES = frozenset(
    {
        "UnrecognizedClientException",
        "AuthFailure",
        "InvalidClientTokenId",
        "RegionDisabledException",
    }
)
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "UnauthorizedException",
        "AuthorizationError",
        "OptInRequired",
        "SubscriptionRequiredException",
    }
)

# Message fragment, lower case → what stood in the way, and the mend.
_DENIALS = (
    (
        "explicit deny in a service control policy",
        CoverageStatus.DENIED_BY_SCP,
        "denied by a service control policy",
    ),
    (
        "no service control policy allows",
        CoverageStatus.DENIED_BY_SCP,
        "no service control policy allows it",
    ),
    (
        "resource control policy",
        CoverageStatus.DENIED,
        "denied by a resource control policy",
    ),
    (
        "permissions boundary",
        CoverageStatus.DENIED,
        "denied by the read role's permissions boundary; widen the boundary",
    ),
    (
        "session policy",
        CoverageStatus.DENIED,
        "denied by the session policy that orgscan itself sets; set session_policy: false",
    ),
    (
        "vpc endpoint policy",
        CoverageStatus.DENIED,
        "denied by the VPC endpoint's policy; allow the read actions in it",
    ),
    (
        "explicit deny in an identity-based policy",
        CoverageStatus.DENIED,
        "explicitly denied by a policy of the read role; remove the deny",
    ),
    (
        "no identity-based policy allows",
        CoverageStatus.DENIED,
        "the read role lacks the action; add it to the role's policy",
    ),
    (
        "no permissions boundary allows",
        CoverageStatus.DENIED,
        "the read role's permissions boundary does not allow it; widen the boundary",
    ),
)


class CallFailed(Exception):  # noqa: N818 - reads as what happened; it is data on its way, no error
    """An API call that gave nothing, after whatever retries were worth making.

    Caught where the call was made and turned into data; it never reaches a user.

    Attributes:
        receipt: what came back in the end; None where nothing was sent.
    """

    def __init__(
        self, kind: FailureKind, *, api: str, code: str = "", message: str = "", status: int = 0
    ) -> None:
        super().__init__(kind, api, code, message)
        self.kind = kind
        self.api = api
        self.code = code
        self.message = message
        self.status = status
        self.receipt: Receipt | None = None

    @property
    def why(self) -> NotCollected:
        """The failure as data, with a reason for a person."""
        status, reason = _explain(self.kind, self.api, self.code, self.message)
        return NotCollected(
            status=status,
            reason=reason,
            api=self.api,
            error_code=self.code,
            message=self.message[:500],
        )


def kind_of(code: str, message: str, status: int) -> FailureKind:
    """What to do about an error answer.

    Args:
        code: AWS's error code, without namespace; empty or the status where it gave none.
        message: AWS's message.
        status: the HTTP status.
    """
    if code in _THROTTLES or status == 429:
        return FailureKind.THROTTLED
    if code in _EXPIRED:
        return FailureKind.EXPIRED
    if code in TOKEN_REFUSED_CODES:
        return FailureKind.TOKEN_REFUSED
    if code in _DENIED or "is not authorized to perform" in message:
        return FailureKind.DENIED
    if status >= 500:
        return FailureKind.TRANSIENT
    if status == 403 and code in {"", "403"}:
        return FailureKind.DENIED
    return FailureKind.REFUSED


def _explain(kind: FailureKind, api: str, code: str, message: str) -> tuple[CoverageStatus, str]:
    match kind:
        case FailureKind.DENIED:
            return _explain_denial(api, code, message)
        case FailureKind.THROTTLED:
            return CoverageStatus.THROTTLED, f"{api} was throttled until the retries were used up"
        case FailureKind.TIMED_OUT:
            return CoverageStatus.TIMED_OUT, f"{api} did not answer in time"
        case FailureKind.UNREACHABLE:
            return CoverageStatus.ENDPOINT_UNREACHABLE, f"the endpoint of {api} cannot be reached"
        case FailureKind.EXPIRED:
            return CoverageStatus.ERROR, f"{api} called the credentials expired, new ones too"
        case FailureKind.TOKEN_REFUSED:
            return CoverageStatus.ERROR, f"{api} does not accept the credentials' token"
        case FailureKind.TRANSIENT:
            return CoverageStatus.ERROR, f"{api} kept failing on AWS's side or on the way"
        case FailureKind.REFUSED:
            return CoverageStatus.ERROR, f"{api} refused the request ({code or 'no error code'})"


def _explain_denial(api: str, code: str, message: str) -> tuple[CoverageStatus, str]:
    lowered = message.lower()
    for fragment, status, reason in _DENIALS:
        if fragment in lowered:
            return status, f"{api}: {reason}"
    if code in {"OptInRequired", "SubscriptionRequiredException"}:
        return CoverageStatus.DENIED, f"{api}: the account is not signed up for the service"
    return CoverageStatus.DENIED, f"{api}: denied, and AWS gives no reason; check the role's policy"
