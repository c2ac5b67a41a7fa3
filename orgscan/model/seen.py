"""A run as far as it matters for comparing it with another one.

Member names are those of `report.json`. What failed, or could not be decided, is kept whole; of
all else only the verdict is, so that a run of 100,000 findings fits into little memory.
"""

from __future__ import annotations

import msgspec

from orgscan.model.coverage import CoverageStatus
from orgscan.model.exposure import Grade
from orgscan.model.finding import AccountRef, ExceptionNote, Severity, Status
from orgscan.model.run import Scope

OPEN = frozenset({Status.FAILED, Status.WARNING})
"""The statuses that somebody has to look at: it failed, or it cannot be decided."""


class SeenResource(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """As `orgscan.model.finding.Resource`."""

    type: str
    arn: str
    cluster_arn: str | None = None
    service_arn: str | None = None
    service_name: str | None = None


class SeenAddresses(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """As `orgscan.model.finding.Observed`: the addresses in use, and whether all were seen."""

    public_ips: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    interfaces_seen: bool = False


class SeenExposure(msgspec.Struct, frozen=True, gc=False):
    """As `orgscan.model.exposure.Exposure`."""

    grade: Grade


class SeenFinding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A finding that is open (`OPEN`), as `orgscan.model.finding.Finding`."""

    key: str
    control_id: str
    status: Status
    severity: Severity
    reason: str
    account: AccountRef
    region: str
    resource: SeenResource
    observed: SeenAddresses = SeenAddresses()
    exposure: SeenExposure | None = None
    exception: ExceptionNote | None = None
    owner: str | None = None
    evidence: tuple[str, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Whether an exception of the allowlist covers it; it stays what it is."""
        return self.exception is not None

    @property
    def rests_on_addresses(self) -> bool:
        """Whether addresses in use were seen, and not only what is configured."""
        return bool(self.observed.public_ips or self.observed.ipv6)


class SeenVerdict(msgspec.Struct, frozen=True, gc=False):
    """A finding that is not open.

    Attributes:
        status: PASSED, NOT_APPLICABLE or NOT_EVALUATED.
        interfaces_seen: as `SeenAddresses`.
        reason: why it could not be evaluated; empty for the others.
    """

    status: Status
    interfaces_seen: bool = False
    reason: str = ""


class SeenTarget(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the ledger, as `orgscan.model.coverage.CoverageEntry`.

    Attributes:
        missed: None where the report does not say, as those of earlier versions do not.
    """

    account_id: str
    account_name: str
    region: str | None
    status: CoverageStatus
    reason: str = ""
    error_code: str = ""
    missed: tuple[str, ...] | None = None


class SeenRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        started_at: UTC, ISO 8601.
        tool_version: of the orgscan that made it.
        organization_id: whose run it is; runs of two organizations cannot be compared.
        controls: ids of those that ran.
        services: AWS services that were asked anything at all, for example `ecs` and `events`.
        open: findings to look at, by key.
        others: what was said of everything else, by key.
        judged: account-regions (id, region) with any finding, which are those with a cluster.
        coverage: the ledger, by account and region (None for the whole account).
    """

    id: str
    started_at: str
    tool_version: str
    organization_id: str
    scope: Scope
    controls: frozenset[str]
    services: frozenset[str]
    open: dict[str, SeenFinding]
    others: dict[str, SeenVerdict]
    judged: frozenset[tuple[str, str]]
    coverage: dict[str, dict[str | None, SeenTarget]]

    def target(self, account_id: str, region: str) -> SeenTarget | None:
        """The ledger's line on an account-region, or on its whole account; None without one."""
        regions = self.coverage.get(account_id, {})
        return regions.get(region) or regions.get(None)
