"""What mends a gap: the permission that was refused."""

from __future__ import annotations

import pytest

from orgscan.model.coverage import CoverageStatus
from orgscan.report.mend import permission


@pytest.mark.parametrize(
    ("status", "error_code", "action"),
    [
        (CoverageStatus.DENIED, "AccessDeniedException", "ecs:ListClusters"),
        (CoverageStatus.DENIED_BY_SCP, "UnauthorizedOperation", "ecs:ListClusters"),
        (CoverageStatus.PARTLY_COVERED, "AccessDenied", "ecs:ListClusters"),
        (CoverageStatus.PARTLY_COVERED, "MISSING", ""),
        (CoverageStatus.THROTTLED, "ThrottlingException", ""),
        (CoverageStatus.COVERED, "", ""),
    ],
)
def test_a_permission_is_named_where_one_was_refused(
    status: CoverageStatus, error_code: str, action: str
) -> None:
    """And nothing where permissions have nothing to do with it."""
    assert permission(status, "ecs:ListClusters", error_code) == action
