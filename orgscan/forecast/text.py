"""A forecast as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.forecast.estimate import MEMORY_GB, VCPU, Estimate
from orgscan.forecast.forecast import Forecast
from orgscan.forecast.scope import WhatToSweep


def forecast_lines(told: Forecast) -> Iterator[str]:
    """What would be swept and left out, then calls, time, cost, and what is not sure of it."""
    found = told.found
    yield "Dry run: no role was assumed, nothing was swept, nothing was written."
    yield ""
    yield f"Caller        {told.caller_arn}"
    yield f"Organization  {found.organization_id}"
    yield f"Accounts      {found.in_scope:,} to sweep, of {found.listed:,} listed"
    yield f"Targets       {found.regions.targets:,} account-regions to sweep"
    yield ""
    yield "Left out"
    yield from _left_out(found)
    yield ""
    yield from _calls(told)
    yield ""
    yield from _time(told.estimate)
    yield from _cost(told)
    yield ""
    yield "What may come out otherwise"
    for doubt in told.doubts:
        yield f"  - {doubt}"


def _left_out(found: WhatToSweep) -> Iterator[str]:
    parts = [
        (found.filtered, "account", "by the filters"),
        (found.other_shards, "account", "which other shards sweep"),
        *((count, "account", state) for state, count in found.not_active.items()),
        (found.regions.not_enabled, "account-region", "not enabled"),
        (found.regions.filtered, "account-region", "by the filter of regions"),
    ]
    lines = [
        f"  {count:>10,} {what}{'' if count == 1 else 's'}, {why}"
        for count, what, why in parts
        if count
    ]
    yield from lines or ["  nothing"]


def _calls(told: Forecast) -> Iterator[str]:
    calls, basis = told.estimate.calls, told.basis
    source = f"as run {basis.run_id} made them" if basis.run_id else "assumed: 3 % have clusters"
    yield f"Calls, about {sum(calls.values()):,} ({source})"
    for api, count in calls.items():
        yield f"  {count:>10,} {api}"


def _time(found: Estimate) -> Iterator[str]:
    yield f"Time, about {_span(found.seconds)}; most of it {found.slowest.name}"
    yield "  Reports, evidence and delivery come on top."


def _cost(told: Forecast) -> Iterator[str]:
    yield "Cost"
    yield "  AWS charges nothing for these calls. Each is an event in its account's CloudTrail,"
    yield "  which costs where a second trail, CloudTrail Lake or GuardDuty takes it."
    yield (
        f"  A Fargate task of {VCPU} vCPU and {MEMORY_GB} GB for that time: about "
        f"{told.estimate.fargate_usd:.3f} USD, at the"
    )
    yield "  price of us-east-1 (Linux, x86); other regions differ."
    if told.files_to_s3:
        yield f"  S3 charges for {told.files_to_s3} files: put, read back, and kept."


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{max(rest, 1)} s"
