"""One scan: who ran it over what, and its totals. Field names are those of report.json."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.past import TrendPoint
from orgscan.model.remediation_outcome import Outcome


class Tool(msgspec.Struct, frozen=True):
    """The program that made a run."""

    name: str
    version: str


class Caller(msgspec.Struct, frozen=True):
    """Who ran it (`sts:GetCallerIdentity`)."""

    account_id: str
    arn: str


class OrganizationRef(msgspec.Struct, frozen=True):
    """The organization swept."""

    id: str
    management_account_id: str


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The filters as they were given; an empty tuple filters nothing."""

    account: tuple[str, ...] = ()
    exclude_account: tuple[str, ...] = ()
    ou: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    role_name: str = ""

    @property
    def chooses_accounts(self) -> bool:
        """Whether a filter may have left accounts of the organization out."""
        return bool(self.account or self.exclude_account or self.ou or self.tag)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One scan.

    Attributes:
        id: sorts by time: `20261124T020000Z-1a2b3c`.
        started_at: UTC, ISO 8601.
        exit_status: as `orgscan scan` exits: 0, 1, 4 or 5.
        notes: what the reader has to know of how the run was made, one sentence each.
        remediations: what was changed since an earlier run, as the scan was told.
        trend: earlier runs of the same organization and scope, the oldest first, and this one;
            empty where there is no history of them.
    """

    id: str
    started_at: str
    finished_at: str
    tool: Tool
    caller: Caller
    partition: str
    organization: OrganizationRef
    scope: Scope
    exit_status: int
    notes: tuple[str, ...] = ()
    remediations: tuple[Outcome, ...] = ()
    trend: tuple[TrendPoint, ...] = ()


class AccountTotals(msgspec.Struct, kw_only=True):
    """in_scope is what the filters chose and AWS calls active: covered + partly + not covered."""

    listed: int = 0
    in_scope: int = 0
    covered: int = 0
    partly_covered: int = 0
    not_covered: int = 0
    not_active: int = 0


class TargetTotals(msgspec.Struct, kw_only=True):
    """in_scope is covered + not_covered; partly_covered is the part of not_covered half seen.

    `not_enabled` regions are in the ledger and in no other total. An account that could not be
    entered counts with the regions it is known to have, or as one target where that is unknown.
    """

    in_scope: int = 0
    covered: int = 0
    not_covered: int = 0
    partly_covered: int = 0
    not_enabled: int = 0


class Totals(msgspec.Struct, kw_only=True):
    """The sums of a run.

    Attributes:
        services_by_controller: always with ECS, EXTERNAL and CODE_DEPLOY, also where zero.
        findings: by control id, then by status, zeros included.
        api_calls: by `service:Operation`, attempts included.
        throttled: answers that said to slow down.
    """

    accounts: AccountTotals
    targets: TargetTotals
    services_by_controller: dict[str, int]
    findings: dict[str, dict[str, int]]
    api_calls: dict[str, int]
    throttled: int = 0


class ApiMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """How one API answered: attempts, and the time within which half and 95 % were answered."""

    attempts: int
    p50_ms: float
    p95_ms: float


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """What the run cost the processes that worked on it, those of a resumed run's past apart.

    Attributes:
        seconds: of the clock, from start to the writing of reports.
        cpu_seconds: user and system, of all of them.
        peak_rss_mib: the most memory that each held, added up.
        retried: attempts made again, those before a resumed run included.
        apis: by `service:Operation`.
    """

    seconds: float
    cpu_seconds: float
    peak_rss_mib: float
    retried: int
    apis: dict[str, ApiMetrics]


class RunRecord(Protocol):
    """A finished run as the report formats read it; both iterators may be started many times.

    Findings come ordered by account, region, ARN and control; coverage by account and region,
    an account's own line (region None) first.
    """

    @property
    def run(self) -> Run:
        """Who, when, over what."""
        ...

    @property
    def totals(self) -> Totals:
        """The sums."""
        ...

    @property
    def metrics(self) -> Metrics | None:
        """What it cost; None where that was not measured."""
        ...

    @property
    def controls(self) -> tuple[ControlEntry, ...]:
        """The catalogue entries of the controls that ran."""
        ...

    def findings(self) -> Iterator[Finding]:
        """Every finding, in order, without holding them all."""
        ...

    def coverage(self) -> Iterator[CoverageEntry]:
        """Every line of the ledger, in order."""
        ...
