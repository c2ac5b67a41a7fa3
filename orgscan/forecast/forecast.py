"""`orgscan scan --dry-run`: what a scan with these settings would do, and nothing of it done."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.aws.engine import Limits
from orgscan.aws.entrance import entrance
from orgscan.config.settings import Settings
from orgscan.forecast.basis import Basis, basis_of
from orgscan.forecast.estimate import Estimate, estimate
from orgscan.forecast.scope import WhatToSweep, what_to_sweep
from orgscan.organization.select import scope_of
from orgscan.report.registry import formats_named
from orgscan.scan.executors.choose import is_shared_out, process_count


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A scan, told beforehand.

    Attributes:
        caller_arn: who asked.
        found: what would be swept, and what left out.
        basis: what the estimate rests on.
        files_to_s3: how many files of the run would be delivered to a bucket.
        doubts: what may come out otherwise, one sentence each.
    """

    caller_arn: str
    found: WhatToSweep
    basis: Basis
    estimate: Estimate
    files_to_s3: int
    doubts: tuple[str, ...]


async def forecast(settings: Settings, limits: Limits | None = None) -> Forecast:
    """Ask what a scan asks before it enters any account: nothing is assumed, written or changed.

    Args:
        settings: as the scan would have them.
        limits: how patient to be with AWS.

    Raises:
        OrgscanError: the scan would end before it sweeps anything, for the same reason.
    """
    async with entrance(settings, limits or Limits()) as way_in:
        found = await what_to_sweep(way_in, settings)
        caller_arn = way_in.identity.arn
    basis = basis_of(settings.output, found.organization_id)
    return Forecast(
        caller_arn=caller_arn,
        found=found,
        basis=basis,
        estimate=_estimate(settings, found, basis),
        files_to_s3=_files(settings) if settings.deliver_s3 else 0,
        doubts=tuple(_doubts(settings, found, basis)),
    )


def _estimate(settings: Settings, found: WhatToSweep, basis: Basis) -> Estimate:
    return estimate(
        found,
        basis,
        settings.concurrency,
        process_count(settings),
        # Only the whole list tells whether a filter matches.
        is_listed_first=scope_of(settings).chooses_accounts or is_shared_out(settings),
    )


def _files(settings: Settings) -> int:
    return len(formats_named(settings.format)) + settings.evidence


def _doubts(settings: Settings, found: WhatToSweep, basis: Basis) -> Iterator[str]:
    if not found.in_scope:
        yield "No account of the scope is active: nothing would be swept"
    elif not found.regions.targets:
        yield "No account of the scope has an enabled region that the filter names"
    if found.state_unknown:
        yield (
            f"AWS says no state of {found.state_unknown:,} accounts: the report would have them as "
            "gaps"
        )
    if found.regions.untold:
        because = f" ({found.regions.refusal})" if found.regions.refusal else ""
        yield (
            f"The regions of {found.regions.untold:,} accounts were not told centrally{because}: a "
            "scan asks in each account, and here they count with every region there is"
        )
    if basis.why_assumed:
        yield f"Calls are assumed, because {basis.why_assumed}"
    if settings.dask:
        yield "How many workers the cluster has is not asked: time is that of one process here"
    if settings.collect and basis.run_id is None:
        yield "What `collect` asks for comes on top: some calls in each region that has clusters"
    yield "Whether the read role lets orgscan in was not tried: `orgscan doctor` does"
