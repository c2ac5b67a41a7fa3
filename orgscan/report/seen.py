"""Reads of a `report.json` what matters for comparing it with another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

import msgspec

from orgscan.model.finding import Status
from orgscan.model.run import OrganizationRef, Scope, Tool
from orgscan.model.seen import OPEN, SeenFinding, SeenRun, SeenTarget, SeenVerdict
from orgscan.report.lines import HEAD, listed, member
from orgscan.report.read import decoded, unreadable


class _Run(msgspec.Struct, frozen=True):
    id: str
    started_at: str
    tool: Tool
    organization: OrganizationRef
    scope: Scope


class _Totals(msgspec.Struct, frozen=True):
    api_calls: dict[str, int]


class _Control(msgspec.Struct, frozen=True):
    id: str


class _Report(msgspec.Struct, frozen=True):
    """A whole report, of one that was laid out anew."""

    run: _Run
    totals: _Totals
    controls: tuple[_Control, ...]
    findings: tuple[SeenFinding, ...]
    coverage: tuple[SeenTarget, ...]


def read_seen(opened: Callable[[], BinaryIO], where: str) -> SeenRun:
    """Read a report, a line at a time where it is laid out as orgscan writes it.

    Args:
        opened: opens it, from its beginning each time.
        where: what to call it in errors.

    Raises:
        ReportError: it cannot be read, is no report, or is of a version not known here.
    """
    try:
        with opened() as lines:
            try:
                return _streamed(lines)
            except (ValueError, RecursionError):
                # Laid out otherwise, or no report: what follows takes the one and explains the
                # other.
                pass
        with opened() as file:
            report = decoded(file.read(), where, _Report)
    except OSError as error:
        raise unreadable(error, where) from error
    return _seen(report.run, report.totals, report.controls, report.findings, report.coverage)


def _streamed(lines: BinaryIO) -> SeenRun:
    """Read the file once through.

    Raises:
        ValueError: it is not laid out as orgscan writes it.
    """
    if lines.readline() != HEAD:
        raise ValueError
    run = member(lines.readline(), b'"run":', _Run)
    totals = member(lines.readline(), b'"totals":', _Totals)
    controls = tuple(listed(lines, b'"controls":[', _Control))
    seen = _seen(
        run,
        totals,
        controls,
        listed(lines, b'"findings":[', SeenFinding),
        listed(lines, b'"coverage":[', SeenTarget),
    )
    if not lines.readline().endswith(b"}\n") or lines.read(1):
        raise ValueError
    return seen


def _seen(
    run: _Run,
    totals: _Totals,
    controls: Iterable[_Control],
    findings: Iterable[SeenFinding],
    coverage: Iterable[SeenTarget],
) -> SeenRun:
    """The run; findings are read to their end before coverage is."""
    still_open: dict[str, SeenFinding] = {}
    others: dict[str, SeenVerdict] = {}
    judged: set[tuple[str, str]] = set()
    for finding in findings:
        judged.add((finding.account.id, finding.region))
        if finding.status in OPEN:
            still_open[finding.key] = finding
        else:
            others[finding.key] = _verdict(finding)
    ledger: dict[str, dict[str | None, SeenTarget]] = {}
    for target in coverage:
        ledger.setdefault(target.account_id, {})[target.region] = target
    return SeenRun(
        id=run.id,
        started_at=run.started_at,
        tool_version=run.tool.version,
        organization_id=run.organization.id,
        scope=run.scope,
        controls=frozenset(control.id for control in controls),
        services=frozenset(api.partition(":")[0] for api in totals.api_calls),
        open=still_open,
        others=others,
        judged=frozenset(judged),
        coverage=ledger,
    )


def _verdict(finding: SeenFinding) -> SeenVerdict:
    is_unseen = finding.status is Status.NOT_EVALUATED
    return SeenVerdict(
        finding.status, finding.observed.interfaces_seen, finding.reason if is_unseen else ""
    )
