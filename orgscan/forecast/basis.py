"""What an account-region costs: as an earlier run measured it, or as orgscan assumes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from orgscan.aws.caller import ASSUME_ROLE, GET_CALLER_IDENTITY
from orgscan.errors import OrgscanError
from orgscan.model.run import RunRecord
from orgscan.organization.operations import (
    DESCRIBE_ORGANIZATION,
    DESCRIBE_REGIONS,
    LIST_ACCOUNTS,
    LIST_ACCOUNTS_FOR_PARENT,
    LIST_REGIONS,
    LIST_ROOTS,
    LIST_TAGS,
    LIST_UNITS,
)
from orgscan.report.streamed import open_report

# What does not grow with the account-regions is counted apart.
_NOT_BY_TARGET = frozenset(
    operation.api
    for operation in (
        ASSUME_ROLE,
        GET_CALLER_IDENTITY,
        DESCRIBE_ORGANIZATION,
        DESCRIBE_REGIONS,
        LIST_ACCOUNTS,
        LIST_ACCOUNTS_FOR_PARENT,
        LIST_REGIONS,
        LIST_ROOTS,
        LIST_TAGS,
        LIST_UNITS,
    )
)

# Measured on orgscan's own simulated organization of 500 accounts and 17 regions, in which 3 of 100
# account-regions have clusters (`benchmarks/`).
_ASSUMED_CALLS = {
    "ec2:DescribeNetworkAcls": 0.027,
    "ec2:DescribeNetworkInterfaces": 0.029,
    "ec2:DescribeRouteTables": 0.027,
    "ec2:DescribeSecurityGroups": 0.027,
    "ec2:DescribeSubnets": 0.027,
    "ecs:DescribeServiceRevisions": 0.008,
    "ecs:DescribeServices": 0.051,
    "ecs:DescribeTaskSets": 0.103,
    "ecs:DescribeTasks": 0.052,
    "ecs:ListClusters": 1.0,
    "ecs:ListServices": 0.058,
    "ecs:ListTasks": 0.055,
}
_ASSUMED_SECONDS = 0.1


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What the forecast rests on.

    Attributes:
        run_id: of the run that was measured; None where it is assumed.
        calls: for one account-region, by `service:Operation`.
        answer_seconds: until AWS answers.
        why_assumed: why an earlier run that is there was not used; empty otherwise.
    """

    run_id: str | None = None
    calls: Mapping[str, float]
    answer_seconds: float
    why_assumed: str = ""


def basis_of(output: Path, organization_id: str) -> Basis:
    """The newest run in `output`, if it is of this organization; else what is assumed.

    A report that cannot be read is no reason to tell nothing: it is named.
    """
    newest = output / "latest"
    if not (newest / "report.json").exists():
        return _assumed()
    try:
        record = open_report(newest)
    except OrgscanError as error:
        return _assumed(f"the newest run cannot be read ({error})")
    if record.run.organization.id != organization_id:
        return _assumed(f"run {record.run.id} is of another organization")
    if not record.totals.targets.in_scope:
        return _assumed(f"run {record.run.id} swept no account-region")
    return _measured(record)


def _assumed(why: str = "") -> Basis:
    return Basis(calls=_ASSUMED_CALLS, answer_seconds=_ASSUMED_SECONDS, why_assumed=why)


def _measured(record: RunRecord) -> Basis:
    targets = record.totals.targets.in_scope
    calls = {
        api: count / targets
        for api, count in record.totals.api_calls.items()
        if api not in _NOT_BY_TARGET
    }
    return Basis(run_id=record.run.id, calls=calls, answer_seconds=_answer_seconds(record))


def _answer_seconds(record: RunRecord) -> float:
    """The mean of the APIs' medians, each by its number of attempts."""
    apis = [
        metrics
        for api, metrics in (record.metrics.apis if record.metrics else {}).items()
        if api not in _NOT_BY_TARGET
    ]
    attempts = sum(metrics.attempts for metrics in apis)
    if not attempts:
        return _ASSUMED_SECONDS
    return sum(metrics.attempts * metrics.p50_ms for metrics in apis) / attempts / 1000
