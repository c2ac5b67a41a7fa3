"""What AWS's refusals mean."""

from __future__ import annotations

import pytest

from orgscan.aws.failure import CallFailed, FailureKind, kind_of
from orgscan.model.coverage import CoverageStatus

_WHO = "User: arn:aws:sts::111122223333:assumed-role/orgscan-audit/s is not authorized to perform"


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ThrottlingException", 400, FailureKind.THROTTLED),
        ("RequestLimitExceeded", 503, FailureKind.THROTTLED),
        ("Throttling", 400, FailureKind.THROTTLED),
        ("TooManyRequestsException", 400, FailureKind.THROTTLED),
        ("ExpiredTokenException", 400, FailureKind.EXPIRED),
        ("ExpiredToken", 403, FailureKind.EXPIRED),
        ("RequestExpired", 400, FailureKind.EXPIRED),
        ("UnrecognizedClientException", 400, FailureKind.TOKEN_REFUSED),
        ("AuthFailure", 401, FailureKind.TOKEN_REFUSED),
        ("InvalidClientTokenId", 403, FailureKind.TOKEN_REFUSED),
        ("AccessDeniedException", 400, FailureKind.DENIED),
        ("UnauthorizedOperation", 403, FailureKind.DENIED),
        ("AccessDenied", 403, FailureKind.DENIED),
        ("OptInRequired", 403, FailureKind.DENIED),
        ("ServerException", 500, FailureKind.TRANSIENT),
        ("", 503, FailureKind.TRANSIENT),
        ("InvalidParameterException", 400, FailureKind.REFUSED),
        ("ClusterNotFoundException", 400, FailureKind.REFUSED),
    ],
)
def test_each_code_has_its_kind(code: str, status: int, kind: FailureKind) -> None:
    """Codes of every protocol's spelling fall into the kind that the engine acts on."""
    assert kind_of(code, "", status) is kind


@pytest.mark.parametrize("kind", [FailureKind.DENIED, FailureKind.REFUSED, FailureKind.EXPIRED])
def test_what_cannot_change_is_never_tried_again(kind: FailureKind) -> None:
    """A denial stays one however often it is asked."""
    assert not kind.is_retriable


@pytest.mark.parametrize(
    ("message", "status", "says"),
    [
        (
            f"{_WHO}: ecs:ListClusters with an explicit deny in a service control policy: arn",
            CoverageStatus.DENIED_BY_SCP,
            "denied by a service control policy",
        ),
        (
            f"{_WHO}: ecs:ListClusters because no service control policy allows the action",
            CoverageStatus.DENIED_BY_SCP,
            "no service control policy allows it",
        ),
        (
            f"{_WHO}: ecs:ListClusters because no identity-based policy allows the action",
            CoverageStatus.DENIED,
            "the read role lacks the action",
        ),
        (
            f"{_WHO}: ecs:ListClusters with an explicit deny in a permissions boundary",
            CoverageStatus.DENIED,
            "permissions boundary",
        ),
        (
            f"{_WHO}: ecs:ListClusters with an explicit deny in a session policy",
            CoverageStatus.DENIED,
            "session policy",
        ),
        (
            f"{_WHO}: ecs:ListClusters with an explicit deny in a resource control policy",
            CoverageStatus.DENIED,
            "resource control policy",
        ),
        (
            f"{_WHO}: ecs:ListClusters with an explicit deny in a VPC endpoint policy",
            CoverageStatus.DENIED,
            "VPC endpoint",
        ),
        (
            f"{_WHO}: ecs:ListClusters with an explicit deny in an identity-based policy",
            CoverageStatus.DENIED,
            "explicitly denied by a policy of the read role",
        ),
        ("Access Denied", CoverageStatus.DENIED, "AWS gives no reason"),
    ],
)
def test_denials_are_told_apart_by_what_denies(
    message: str, status: CoverageStatus, says: str
) -> None:
    """The reason names the policy type that AWS names, whatever the case of its words."""
    for text in (message, message.upper()):
        why = CallFailed(
            FailureKind.DENIED, api="ecs:ListClusters", code="AccessDeniedException", message=text
        ).why

        assert why.status is status
        assert says in why.reason
        assert why.api == "ecs:ListClusters"
        assert why.error_code == "AccessDeniedException"


def test_a_long_message_is_cut_to_fit_a_table() -> None:
    """AWS may answer with kilobytes; the ledger keeps the beginning."""
    why = CallFailed(FailureKind.REFUSED, api="ecs:ListClusters", message="x" * 10_000).why

    assert len(why.message) == 500
