"""The summary a person reads in the terminal at the end of a run, as plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice

import msgspec

from orgscan.model.finding import AccountRef, Finding, Status
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
    if totals.targets.not_covered:  # the ledger is long, and mostly has nothing to say
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


class _Failing(msgspec.Struct):
    """An account with the first of its failed findings, and how many it has."""

    account: AccountRef
    first: list[Finding]
    count: int


def _failing(account: AccountRef, findings: Iterator[Finding]) -> _Failing:
    first = list(islice(findings, MOST_FINDINGS))
    return _Failing(account, first, len(first) + sum(1 for _ in findings))


def _failed(record: RunRecord) -> list[str]:
    """Failed findings by account, the account with the most first, until the lines run out."""
    if not status_counts(record.totals)[Status.FAILED]:
        return []
    failed = (finding for finding in record.findings() if finding.status is Status.FAILED)
    worst: list[_Failing] = []
    total = 0
    for account, findings in groupby(failed, key=lambda finding: finding.account):
        one = _failing(account, findings)
        total += one.count
        # Of accounts with as many, the first stays first.
        worst = sorted([*worst, one], key=lambda each: -each.count)[:MOST_FINDINGS]
    shown, left = [], MOST_FINDINGS
    for one in worst:
        if chosen := one.first[:left]:
            shown.append(f"  {one.account.name} ({one.account.id}), {one.count:,} failed")
            shown += [f"    {_finding_line(finding)}" for finding in chosen]
            left -= len(chosen)
    most = MOST_FINDINGS - left
    title = f"Failed ({most} of {total:,} shown)" if total > most else "Failed"
    return ["", title, *shown]


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
