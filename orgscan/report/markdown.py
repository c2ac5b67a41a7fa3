"""`summary.md`: the run on one screen, for a chat, a ticket or a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import BinaryIO

from orgscan.model.exposure import Grade
from orgscan.model.finding import Finding, Severity, Status
from orgscan.model.run import RunRecord
from orgscan.report.inert import code, words
from orgscan.report.summary import Gap, counted, gaps, seen_share, status_counts, verdict
from orgscan.report.terms import accepted

MOST_FINDINGS = 20
MOST_GAPS = 10

# Both are declared from worst to best.
_SEVERITIES = tuple(Severity)
_GRADES = tuple(Grade)


class MarkdownSummary:
    """The format `markdown`."""

    name = "markdown"
    filename = "summary.md"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write the verdict, what was seen, the counts, the worst findings and the gaps.

        Raises:
            OSError: the disk's own errors.
        """
        out.writelines(f"{line}\n".encode() for line in _lines(record))


def _lines(record: RunRecord) -> Iterator[str]:
    answer, run = verdict(record.totals), record.run
    yield f"# orgscan: {answer.tone}"
    yield ""
    yield f"**{answer.sentence}** {answer.services}"
    yield ""
    yield f"Run {code(run.id)} of {code(run.organization.id) or 'an organization'}, {_when(record)}"
    yield ""
    yield from _seen(record)
    yield from _counts(record)
    yield from _failed(record)
    yield from _not_seen(gaps(record.coverage()))
    yield from _notes(record)


def _when(record: RunRecord) -> str:
    return f"{code(record.run.started_at)} to {code(record.run.finished_at)}."


def _seen(record: RunRecord) -> Iterator[str]:
    targets, accounts = record.totals.targets, record.totals.accounts
    in_scope = counted(targets.in_scope, "account-region")
    yield (
        f"Seen: {targets.covered:,} of {in_scope} ({seen_share(targets)}); "
        f"of {counted(accounts.in_scope, 'account')}, {accounts.covered:,} in full, "
        f"{accounts.partly_covered:,} in part, {accounts.not_covered:,} not at all."
    )
    yield ""


def _counts(record: RunRecord) -> Iterator[str]:
    yield f"| control | {' | '.join(Status)} |"
    yield f"|---|{'---:|' * len(Status)}"
    for control, counts in sorted(record.totals.findings.items()):
        cells = " | ".join(f"{counts.get(status, 0):,}" for status in Status)
        yield f"| {code(control)} | {cells} |"
    yield ""


def _failed(record: RunRecord) -> Iterator[str]:
    """The worst of the failed findings."""
    total = status_counts(record.totals)[Status.FAILED]
    if not total:
        return
    yield "## Failed"
    yield ""
    yield "| severity | account | region | resource | exposure | reason |"
    yield "|---|---|---|---|---|---|"
    shown = _worst(record)
    yield from map(_row, shown)
    yield ""
    if total > len(shown):
        yield f"… and {total - len(shown):,} more."
        yield ""


def _worst(record: RunRecord) -> list[Finding]:
    """The worst failures, in the report's order where they are alike; no more are ever held."""
    failed = (each for each in record.findings() if each.status is Status.FAILED)
    return nsmallest(MOST_FINDINGS, failed, key=_rank)


def _rank(finding: Finding) -> tuple[bool, int, int]:
    """What nobody accepted before what somebody did, then by severity and exposure."""
    grade = finding.exposure.grade if finding.exposure else Grade.UNKNOWN
    return accepted(finding), _SEVERITIES.index(finding.severity), _GRADES.index(grade)


def _row(finding: Finding) -> str:
    account = f"{code(finding.account.name, 60)} {code(finding.account.id)}".strip()
    exposure = finding.exposure.grade.value if finding.exposure else ""
    reason = words(finding.reason)
    if finding.exception:
        until = code(finding.exception.expires)
        reason = f"{reason} Accepted until {until} by {code(finding.exception.owner, 60)}."
    cells = (
        finding.severity.value,
        account,
        code(finding.region),
        code(finding.resource.arn, 300),
        exposure,
        reason,
    )
    return f"| {' | '.join(cells)} |"


def _not_seen(found: list[Gap]) -> Iterator[str]:
    true_gaps = [gap for gap in found if gap.is_gap]
    if not true_gaps:
        return
    yield "## Not seen"
    yield ""
    yield "| how much | status | cause | reason | mend |"
    yield "|---|---|---|---|---|"
    for gap in true_gaps[:MOST_GAPS]:
        cause = code(" ".join(filter(None, (gap.api, gap.error_code))))
        reason = words(gap.reason)
        yield f"| {gap.extent} | {gap.status} | {cause} | {reason} | {gap.mend} |"
    yield ""
    if len(true_gaps) > MOST_GAPS:
        rest = sum(gap.lines for gap in true_gaps[MOST_GAPS:])
        yield f"… and {counted(rest, 'more line')} of the coverage ledger."
        yield ""


def _notes(record: RunRecord) -> Iterator[str]:
    if not record.run.notes:
        return
    yield "## How the run was made"
    yield ""
    for note in record.run.notes:
        yield f"- {words(note)}"
