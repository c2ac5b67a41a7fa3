"""What earlier runs say, beside what this one does. Field names are those of report.json."""

from __future__ import annotations

import msgspec


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A finding's own past, as the history of runs of the same organization and scope has it.

    Attributes:
        first_seen: when the first run began that has the finding, whatever it said of it; UTC,
            ISO 8601. It is this run where no earlier one has it.
        failing_since: the same of the run since when it has failed and was never seen to be good;
            None where it does not fail.
        times: how often it has begun to fail, this time included.
    """

    first_seen: str
    failing_since: str | None
    times: int


class TrendPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a trend.

    Attributes:
        run_id: as `Run.id`.
        started_at: UTC, ISO 8601.
        failed: findings that failed.
        covered, in_scope: account-regions.
        unknown: findings that failed when that was last decided, and in this run were not.
        new, returned: failures that began, for the first time or once more.
        resolved: failures that ended.
    """

    run_id: str
    started_at: str
    failed: int
    covered: int
    in_scope: int
    unknown: int = 0
    new: int = 0
    returned: int = 0
    resolved: int = 0
