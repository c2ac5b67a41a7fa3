"""What `orgscan history` tells; field names are those of its JSON, version 1."""

from __future__ import annotations

from typing import Literal

import msgspec


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What is so in one run, and what has changed to the run before it.

    Attributes:
        failed: findings that fail; `excepted` of them are covered by an exception.
        unknown: failed when that was last decided, and now are not seen or not decided. What fails
            as far as anybody knows is `failed` and `unknown` together.
        new, returned: failures that began in this run, for the first time or once more.
        resolved: failures that ended: seen without it, or the resource seen to be gone.
    """

    failed: int = 0
    excepted: int = 0
    unknown: int = 0
    warning: int = 0
    not_evaluated: int = 0
    passed: int = 0
    not_applicable: int = 0
    new: int = 0
    returned: int = 0
    resolved: int = 0


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a trend.

    Attributes:
        started_at: UTC, ISO 8601.
        tool: orgscan's version.
        targets, covered: account-regions in scope, and those of them that were seen in full.
    """

    run_id: str
    started_at: str
    tool: str
    exit_status: int
    targets: int
    covered: int
    counts: Counts


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A control, an organizational unit or an account over the runs that are told of.

    Attributes:
        id: the control's, the unit's or the account's.
        name: of an account, as its owner wrote it; empty for the others.
        before: `failed` and `unknown` of the run before the first that is told of.
        failed, unknown: in the newest run.
        new, returned, resolved: in all of these runs together.
    """

    id: str
    name: str = ""
    before: int
    failed: int
    unknown: int
    new: int
    returned: int
    resolved: int


class OpenFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that fails, or did when that was last decided.

    Attributes:
        status: in the newest run: FAILED; WARNING or NOT_EVALUATED; UNSEEN where its place was not
            looked at.
        since: the run since when it fails without having been seen to be good: UTC, ISO 8601.
        days: from then to the newest run.
        times: how often it has begun to fail.
    """

    control_id: str
    account_id: str
    account_name: str
    region: str
    arn: str
    status: str
    since: str
    days: float
    times: int


class Ages(msgspec.Struct, frozen=True, kw_only=True):
    """How long open failures have been open.

    Attributes:
        open: how many there are.
        median_days: None where there is none.
        by_days: how many have been open for less than each number of days and not less than the
            one before; `more` for the rest.
        oldest: some of them, the oldest first.
    """

    open: int
    median_days: float | None
    by_days: dict[str, int]
    oldest: tuple[OpenFailure, ...]


class FixTime(msgspec.Struct, frozen=True, kw_only=True):
    """How long resolved failures of one control had been open, by the runs that saw them.

    Attributes:
        resolved: how many there are, of all runs.
        median_days, p90_days: half, and nine in ten, were resolved within.
    """

    control_id: str
    resolved: int
    median_days: float
    p90_days: float


class CoverageChange(msgspec.Struct, frozen=True, kw_only=True):
    """Account-regions whose status of coverage changed in a run.

    Attributes:
        lost: were seen in full in the run before, and now are not.
        gained: the other way round.
    """

    run_id: str
    lost: int
    gained: int


class Remediated(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was made, as the scan after it was told."""

    run_id: str
    plan_id: str
    finding_key: str
    kind: str
    state: str
    approved_at: str
    approved_by: str
    permit: str
    ticket: str


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that can be compared: of one organization and one scope.

    Attributes:
        scope: the filters as JSON; `{}` filters nothing.
        runs: how many the store has.
    """

    organization_id: str
    scope: str
    runs: int


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """All of it.

    Attributes:
        series: whose runs these are.
        others: the series of the store that are not told of.
        control_id, ou, account_id: what it is narrowed to; None narrows nothing.
        trend: runs, the oldest first.
        controls, units, accounts: the same by group; those with most failures first, and of units
            and accounts only some.
        returned: open failures that are not the first of their finding, the most frequent first.
        coverage: runs in which something was seen no longer, or again.
    """

    format: Literal["orgscan.history"] = "orgscan.history"
    version: Literal[1] = 1
    series: Series
    others: tuple[Series, ...]
    control_id: str | None
    ou: str | None
    account_id: str | None
    trend: tuple[Point, ...]
    controls: tuple[Group, ...]
    units: tuple[Group, ...]
    accounts: tuple[Group, ...]
    ages: Ages
    fix_times: tuple[FixTime, ...]
    returned: tuple[OpenFailure, ...]
    coverage: tuple[CoverageChange, ...]
    remediated: tuple[Remediated, ...]
