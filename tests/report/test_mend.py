"""What mends a gap: the permissions that were refused."""

from __future__ import annotations

import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.report.mend import permissions

MESSAGES = (
    "with an explicit deny in a service control policy",
    "because no service control policy allows the action",
    "with an explicit deny in a resource control policy",
    "because no permissions boundary allows the action",
    "with an explicit deny in an identity-based policy",
    "because no identity-based policy allows the action",
    "because of the VPC endpoint policy",
    "",
)


@pytest.mark.parametrize("message", MESSAGES)
def test_each_refusal_names_its_permission_in_the_reason(message: str) -> None:
    """Also where it is the second of two causes, whose API and code the ledger does not hold."""
    first, second = (
        CallFailed(
            FailureKind.DENIED, api=api, code="AccessDeniedException", message=message
        ).why.reason
        for api in ("ecs:ListServices", "pipes:ListPipes")
    )

    found = permissions(
        "ecs:DescribeServices", "MISSING", f"2 clusters were not seen: {first}; a part: {second}"
    )

    assert found == ("ecs:ListServices", "pipes:ListPipes")


@pytest.mark.parametrize(
    ("api", "error_code", "reason", "actions"),
    [
        ("ecs:ListClusters", "AccessDenied", "Denied.", ("ecs:ListClusters",)),
        ("ec2:DescribeSubnets", "UnauthorizedOperation", "", ("ec2:DescribeSubnets",)),
        ("ecs:DescribeServices", "MISSING", "ecs:DescribeServices: it was gone", ()),
        ("ecs:ListClusters", "ThrottlingException", "ecs:ListClusters: throttled", ()),
        ("", "", "", ()),
    ],
)
def test_a_permission_is_named_where_one_was_refused(
    api: str, error_code: str, reason: str, actions: tuple[str, ...]
) -> None:
    """And nothing where permissions have nothing to do with it."""
    assert permissions(api, error_code, reason) == actions
