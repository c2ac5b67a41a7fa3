"""Metrics in CloudWatch's embedded metric format: one JSON object on a line of its own.

CloudWatch Logs makes metrics of such lines by itself: whoever sends orgscan's output there needs no
agent and no permission more.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

Dimensions are the organization's id and a control's id, and nothing that somebody else gave a name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from orgscan.model.finding import Status
from orgscan.model.run import Run, Totals
from orgscan.scan.progress import Progress

NAMESPACE = "orgscan"
ORGANIZATION = "Organization"
CONTROL = "Control"
SUCCESSFUL_RUNS = "SuccessfulRuns"
_COUNT, _SECONDS, _NONE = "Count", "Seconds", "None"

_FINDINGS = {
    Status.PASSED: "FindingsPassed",
    Status.FAILED: "FindingsFailed",
    Status.WARNING: "FindingsWarning",
    Status.NOT_APPLICABLE: "FindingsNotApplicable",
    Status.NOT_EVALUATED: "FindingsNotEvaluated",
}


class Metric(NamedTuple):
    """A value and CloudWatch's word for its unit."""

    value: float
    unit: str = _COUNT


def run_lines(
    run: Run, totals: Totals, *, exit_status: int, is_successful: bool
) -> Iterator[bytes]:
    """A finished run: one line of its own, and one for each control.

    Args:
        run: the run.
        totals: its sums.
        exit_status: as it ends without `exit_zero`.
        is_successful: whether it came to its own end, saw something, and was delivered.
    """
    accounts, targets = totals.accounts, totals.targets
    began, ended = map(dt.datetime.fromisoformat, (run.started_at, run.finished_at))
    metrics = {
        SUCCESSFUL_RUNS: Metric(int(is_successful)),
        "NoGaps": Metric(int(not run.exit_status & 4)),
        "AccountsInScope": Metric(accounts.in_scope),
        "AccountsCovered": Metric(accounts.covered),
        "AccountsPartlyCovered": Metric(accounts.partly_covered),
        "AccountsNotCovered": Metric(accounts.not_covered),
        "TargetsInScope": Metric(targets.in_scope),
        "TargetsCovered": Metric(targets.covered),
        "TargetsNotCovered": Metric(targets.not_covered),
        "ApiCalls": Metric(sum(totals.api_calls.values())),
        "Throttles": Metric(totals.throttled),
        "Duration": Metric((ended - began).total_seconds(), _SECONDS),
        "ExitStatus": Metric(exit_status, _NONE),
    }
    about = {"run_id": run.id, "version": run.tool.version}
    where = {ORGANIZATION: run.organization.id}
    yield _line(ended, where, metrics, about)
    for control, by_status in totals.findings.items():
        found = {name: Metric(by_status.get(status, 0)) for status, name in _FINDINGS.items()}
        yield _line(ended, {**where, CONTROL: control}, found, about)


def heartbeat_line(progress: Progress, at: dt.datetime) -> bytes:
    """A sweep under way: that it lives, and how far it is.

    Args:
        progress: of a sweep whose organization is known.
        at: the time in UTC.
    """
    metrics = {"Heartbeat": Metric(1), "TargetsDone": Metric(progress.targets)}
    about = {"run_id": progress.run_id}
    return _line(at, {ORGANIZATION: progress.organization_id}, metrics, about)


def _line(
    at: dt.datetime,
    dimensions: Mapping[str, str],
    metrics: Mapping[str, Metric],
    about: Mapping[str, str],
) -> bytes:
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": metric.unit} for name, metric in metrics.items()],
    }
    return msgspec.json.encode(
        {
            "_aws": {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [directive]},
            **dimensions,
            **{name: metric.value for name, metric in metrics.items()},
            **about,
        }
    )
