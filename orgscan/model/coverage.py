"""The coverage ledger: what became of every target in scope."""

from __future__ import annotations

import enum

import msgspec


class CoverageStatus(enum.StrEnum):
    """What became of one target, or of a whole account (`docs/coverage.md` explains each)."""

    COVERED = "COVERED"
    PARTLY_COVERED = "PARTLY_COVERED"
    ACCOUNT_NOT_ACTIVE = "ACCOUNT_NOT_ACTIVE"
    ROLE_NOT_ASSUMABLE = "ROLE_NOT_ASSUMABLE"
    REGION_NOT_ENABLED = "REGION_NOT_ENABLED"
    DENIED_BY_SCP = "DENIED_BY_SCP"
    DENIED = "DENIED"
    THROTTLED = "THROTTLED"
    TIMED_OUT = "TIMED_OUT"
    ENDPOINT_UNREACHABLE = "ENDPOINT_UNREACHABLE"
    ERROR = "ERROR"


_NO_GAP = frozenset({CoverageStatus.COVERED, CoverageStatus.ACCOUNT_NOT_ACTIVE})


class CoverageEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger.

    Attributes:
        region: None where the whole account could not be swept.
        reason: one sentence for a person; empty where COVERED.
        api: the call that decided it, for example `ecs:ListClusters`; empty where COVERED.
        error_code: AWS's own code, for example `AccessDeniedException`; empty where none.
        message: AWS's own message, cut to a length fit for a table; empty where none.
        api_calls: calls made for this target; a call that was retried counts once.
        duration_ms: from the first call to the last answer.
        ou_path: of the account, as `Account.ou_path`; empty if unknown.
        missed: where PARTLY_COVERED, the calls that may have left out what no finding names, for
            example `pipes:ListPipes`; what else was not seen has a finding NOT_EVALUATED.
    """

    account_id: str
    account_name: str
    region: str | None
    status: CoverageStatus
    reason: str = ""
    api: str = ""
    error_code: str = ""
    message: str = ""
    api_calls: int = 0
    duration_ms: int = 0
    ou_path: str = ""
    missed: tuple[str, ...] = ()

    @property
    def is_gap(self) -> bool:
        """Whether something that may hold ECS work was not seen (see `is_gap`)."""
        return is_gap(self.status, self.error_code)


def is_gap(status: CoverageStatus, error_code: str) -> bool:
    """Whether something that may hold ECS work was not seen.

    An account that AWS says is not active and a region that AWS lists as not enabled cannot be
    called by anyone: they are in the ledger with their reason and leave coverage complete. A
    region that was only inferred to be not enabled, from a call that it refused, is a gap.

    Args:
        status: what became of the target.
        error_code: AWS's own; a region that a list says is not enabled has none.
    """
    if status is CoverageStatus.REGION_NOT_ENABLED:
        return bool(error_code)
    return status not in _NO_GAP
