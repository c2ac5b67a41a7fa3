"""The summary a person reads in the terminal at the end of a run, as plain lines."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from orgscan.model.finding import Finding, Status
from orgscan.model.run import RunRecord, Totals
from orgscan.report.summary import (
    Gap,
    Tone,
    counted,
    gaps,
    seen_share,
    status_counts,
    verdict,
)
from orgscan.report.visible import visible

MOST_FINDINGS = 10
MOST_GAPS = 10


def summary_lines(record: RunRecord) -> list[str]:
    """Return the verdict, the figures, the worst findings, what was not seen, and the next step.

    The lines hold no line break and no control character, whatever the names in them hold.
    """
    totals = record.totals
    answer = verdict(totals)
    lines = [answer.sentence, answer.services, "", *_figures(totals)]
    lines += _failed(record)
    lines += _not_seen(gaps(record.coverage()))
    lines += ["", f"Next: {_next_step(answer.tone)}"]
    return [visible(line) for line in lines]


def _figures(totals: Totals) -> list[str]:
    counts = status_counts(totals)
    targets, accounts = totals.targets, totals.accounts
    findings = ", ".join(
        f"{number:,} {status.lower().replace('_', ' ')}" for status, number in counts.items()
    )
    services = ", ".join(
        f"{number:,} {controller}" for controller, number in totals.services_by_controller.items()
    )
    seen = (
        f"{accounts.covered:,} seen in full, {accounts.partly_covered:,} in part, "
        f"{accounts.not_covered:,} not at all"
    )
    in_scope = counted(targets.in_scope, "account-region")
    return [
        f"Findings  {findings}",
        f"Seen      {targets.covered:,} of {in_scope} ({seen_share(targets)})",
        f"Accounts  {seen}; {accounts.not_active:,} not active",
        f"Services  {services}",
    ]


def _failed(record: RunRecord) -> list[str]:
    """Failed findings by account, the account with the most first, until the lines run out."""
    by_account = Counter(
        finding.account.id for finding in record.findings() if finding.status is Status.FAILED
    )
    total = by_account.total()
    if total == 0:
        return []
    shown: dict[str, list[Finding]] = {
        account: [] for account, _ in by_account.most_common(MOST_FINDINGS)
    }
    for finding in record.findings():
        if finding.status is Status.FAILED and finding.account.id in shown:
            kept = shown[finding.account.id]
            if len(kept) < MOST_FINDINGS:
                kept.append(finding)
    chosen = [finding for kept in shown.values() for finding in kept][:MOST_FINDINGS]
    title = f"Failed ({len(chosen)} of {total:,} shown)" if total > len(chosen) else "Failed"
    lines = ["", title]
    for account, findings in groupby(chosen, key=lambda finding: finding.account):
        lines.append(f"  {account.name} ({account.id}), {by_account[account.id]:,} failed")
        lines += [f"    {_finding_line(finding)}" for finding in findings]
    return lines


def _finding_line(finding: Finding) -> str:
    status = f"  {finding.resource.status}" if finding.resource.status else ""
    excepted = (
        f"  excepted by {finding.exception.id} until {finding.exception.expires}"
        if finding.exception
        else ""
    )
    return f"{finding.resource.arn}{status}{excepted}"


def _not_seen(found: list[Gap]) -> list[str]:
    true_gaps = [gap for gap in found if gap.is_gap]
    if not true_gaps:
        return []
    lines = ["", "Not seen"]
    for gap in true_gaps[:MOST_GAPS]:
        lines.append(f"  {gap.extent}: {gap.status}{_cause(gap)}. {gap.reason}")
        lines.append(f"    Mend: {gap.mend}")
    if len(true_gaps) > MOST_GAPS:
        rest = sum(gap.lines for gap in true_gaps[MOST_GAPS:])
        lines.append(f"  {counted(rest, 'more line')} in the report's coverage table")
    return lines


def _cause(gap: Gap) -> str:
    cause = " ".join(part for part in (gap.api, gap.error_code) if part)
    return f" ({cause})" if cause else ""


def _next_step(tone: Tone) -> str:
    steps = {
        Tone.FAILED: "open the HTML report; each failed finding says what to change.",
        Tone.FAILED_AND_INCOMPLETE: (
            "open the HTML report for what failed, mend what was not seen, and scan again."
        ),
        Tone.INCOMPLETE: "mend what was not seen, and scan again; until then nothing is proved.",
        Tone.UNDECIDED: "open the HTML report, and state assignPublicIp where it is absent.",
        Tone.EMPTY: "check the filters (--account, --ou, --tag, --region): they chose nothing.",
        Tone.CLEAN: "nothing to mend. Keep report.json: it says what was seen.",
    }
    return steps[tone]
