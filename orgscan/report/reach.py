"""How far a run saw, in one sentence: the share, and what became of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orgscan.model.coverage import CoverageStatus
from orgscan.model.run import TargetTotals
from orgscan.report.summary import Gap, counted, seen_share

_WHAT_HAPPENED: Final = {
    CoverageStatus.PARTLY_COVERED: "seen in part",
    CoverageStatus.ROLE_NOT_ASSUMABLE: "could not be entered",
    CoverageStatus.REGION_NOT_ENABLED: "refused as if not enabled",
    CoverageStatus.DENIED_BY_SCP: "refused by a service control policy",
    CoverageStatus.DENIED: "refused to the read role",
    CoverageStatus.THROTTLED: "throttled",
    CoverageStatus.TIMED_OUT: "not reached in time",
    CoverageStatus.ENDPOINT_UNREACHABLE: "unreachable",
    CoverageStatus.ERROR: "answered with an error",
}


def reach_sentence(targets: TargetTotals, gaps: Sequence[Gap]) -> str:
    """For example `We saw 98.2 % of 170,000 account-regions; refused by …: 3,000 account-regions.`.

    Args:
        targets: the run's totals.
        gaps: as `summary.gaps` gives them; those that are none are left out.
    """
    if targets.in_scope == 0:
        return "No account-region was in scope, so none was asked."
    seen = f"We saw {seen_share(targets)} of {counted(targets.in_scope, 'account-region')}"
    parts = [_part(status, words, gaps) for status, words in _WHAT_HAPPENED.items()]
    return f"{'; '.join([seen, *filter(None, parts)])}."


def _part(status: CoverageStatus, words: str, gaps: Sequence[Gap]) -> str:
    """`refused to the read role: 1 account, 12 account-regions`; empty where there is none."""
    found = [gap for gap in gaps if gap.is_gap and gap.status is status]
    if not found:
        return ""
    whole = Gap(
        status=status,
        reason="",
        api="",
        error_code="",
        whole_accounts=sum(gap.whole_accounts for gap in found),
        regions=sum(gap.regions for gap in found),
    )
    return f"{words}: {whole.extent}"
