"""Calls, time and money of a sweep, as arithmetic: nothing is asked here."""

from __future__ import annotations

import math

import msgspec

from orgscan.aws.caller import ASSUME_ROLE, GET_CALLER_IDENTITY
from orgscan.aws.pace import Bucket
from orgscan.forecast.basis import Basis
from orgscan.forecast.scope import WhatToSweep
from orgscan.organization.operations import DESCRIBE_ORGANIZATION, LIST_ACCOUNTS, LIST_REGIONS

_ACCOUNTS_A_PAGE = 20  # organizations:ListAccounts gives no more
_CPU_SECONDS_A_CALL = 0.0003  # `make bench`, evidence included

# Linux on x86 in us-east-1: https://aws.amazon.com/fargate/pricing/. Other regions differ.
_USD_A_VCPU_HOUR = 0.04048
_USD_A_GB_HOUR = 0.004445
# As config/aws/security-account.yaml sizes the task.
VCPU, MEMORY_GB = 1, 2
_LEAST_BILLED_SECONDS = 60


class Stage(msgspec.Struct, frozen=True):
    """One thing that takes time; they go on side by side."""

    name: str
    seconds: float


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan would ask and take.

    Attributes:
        calls: by `service:Operation`.
        seconds: of the clock, until the sweep has ended.
        slowest: what takes most of it.
        fargate_usd: of a task of `VCPU` and `MEMORY_GB`, for so long.
    """

    calls: dict[str, int]
    seconds: float
    slowest: Stage
    fargate_usd: float


def estimate(
    found: WhatToSweep,
    basis: Basis,
    concurrency: int,
    processes: int = 1,
    *,
    is_listed_first: bool = False,
) -> Estimate:
    """Forecast a sweep.

    Args:
        found: what is to be swept.
        basis: what an account-region costs.
        concurrency: account-regions under way at once in each process.
        processes: how many sweep, each on a processor of its own.
        is_listed_first: whether the sweep waits until all accounts are listed.
    """
    calls = _calls(found, basis)
    listing, *rest = _stages(calls, found, basis, concurrency * processes)
    rest.append(_computing(calls, processes))
    slowest = max(rest, key=lambda stage: stage.seconds)
    together = sum if is_listed_first else max
    seconds = together((listing.seconds, slowest.seconds))
    hours = max(seconds, _LEAST_BILLED_SECONDS) / 3600
    return Estimate(
        calls=calls,
        seconds=seconds,
        slowest=max(listing, slowest, key=lambda stage: stage.seconds),
        fargate_usd=hours * (VCPU * _USD_A_VCPU_HOUR + MEMORY_GB * _USD_A_GB_HOUR),
    )


def _calls(found: WhatToSweep, basis: Basis) -> dict[str, int]:
    central = {
        GET_CALLER_IDENTITY.api: 1,
        DESCRIBE_ORGANIZATION.api: 1,
        LIST_ACCOUNTS.api: math.ceil(found.listed / _ACCOUNTS_A_PAGE),
        LIST_REGIONS.api: found.in_scope,
        ASSUME_ROLE.api: found.in_scope - found.enters_own,
    }
    by_target = {api: round(each * found.regions.targets) for api, each in basis.calls.items()}
    return {api: count for api, count in sorted((central | by_target).items()) if count}


def _stages(
    calls: dict[str, int], found: WhatToSweep, basis: Basis, concurrency: int
) -> tuple[Stage, ...]:
    pages = calls[LIST_ACCOUNTS.api]
    # What the caller may ask is shared with the other shards.
    entered = calls.get(ASSUME_ROLE.api, 0) * found.shards
    listed = calls.get(LIST_REGIONS.api, 0) * found.shards
    at_once = max(min(concurrency, found.regions.targets), 1)
    in_turn = sum(basis.calls.values()) * found.regions.targets / at_once
    return (
        Stage(
            "listing the accounts page by page",
            pages * basis.answer_seconds + _paced(LIST_ACCOUNTS.bucket, pages),
        ),
        Stage(
            "account:ListRegions, at orgscan's pace for it",
            _paced(LIST_REGIONS.bucket, listed),
        ),
        Stage("sts:AssumeRole, at orgscan's pace for it", _paced(ASSUME_ROLE.bucket, entered)),
        Stage(
            f"waiting for AWS's answers, {concurrency:,} account-regions at once",
            in_turn * basis.answer_seconds,
        ),
    )


def _computing(calls: dict[str, int], processes: int) -> Stage:
    where = "one processor" if processes == 1 else f"{processes} processors"
    seconds = sum(calls.values()) * _CPU_SECONDS_A_CALL / processes
    return Stage(f"computing, on {where}", seconds)


def _paced(bucket: Bucket, calls: int) -> float:
    return max(calls - bucket.burst, 0) / bucket.rate
