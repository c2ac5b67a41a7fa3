"""`summary.md`: short, and inert whatever the names hold."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.finding import AccountRef, ExceptionNote, Finding, Severity
from orgscan.model.run import RunRecord
from orgscan.report.inert import code, words
from orgscan.report.interface import Format
from orgscan.report.markdown import MarkdownSummary
from orgscan.report.read import StoredRun

Written = Callable[[Format, RunRecord], bytes]

# A code span as CommonMark finds it: the same number of ticks on both sides.
SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


def test_a_small_run_is_told_on_one_screen(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """Verdict, coverage, counts, failures, gaps."""
    line = CoverageEntry(
        account_id="111122223333",
        account_name="payments",
        region="eu-west-1",
        status=CoverageStatus.DENIED_BY_SCP,
        reason="A service control policy denies the call.",
        api="ecs:ListClusters",
        error_code="AccessDeniedException",
    )
    text = written(MarkdownSummary(), make_record((make_finding(),), (line,))).decode()

    assert (
        text
        == """\
# orgscan: Failed, and incomplete

**1 task set can get a public IP; 1 of 1 account-region could not be seen.** \
12 of 312 services use task sets.

Run `20261124T020000Z-1a2b3c` of `o-exampleorg`, `2026-11-24T02:00:00Z` to `2026-11-24T02:04:12Z`.

Seen: 0 of 1 account-region (0 %); of 1 account, 0 in full, 1 in part, 0 not at all.

| control | FAILED | WARNING | NOT_EVALUATED | PASSED | NOT_APPLICABLE |
|---|---:|---:|---:|---:|---:|
| `ecs-taskset-no-public-ip` | 1 | 0 | 0 | 0 | 0 |

## Failed

| severity | account | region | resource | exposure | reason |
|---|---|---|---|---|---|
| HIGH | `payments` `111122223333` | `eu-west-1` | \
`arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/0000000000000000001` |  | \
This PRIMARY task set states assignPublicIp ENABLED. |

## Not seen

| how much | status | cause | reason | mend |
|---|---|---|---|---|
| 1 account-region | DENIED_BY_SCP | `ecs:ListClusters AccessDeniedException` | \
A service control policy denies the call. | \
Let the service control policy except the read role, or accept that this stays unseen. |

"""
    )


def test_no_more_than_twenty_failures_are_shown_and_the_rest_counted(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """Those that somebody accepted come last."""
    note = ExceptionNote(id="b", owner="ops", reason="Known", ticket="", expires="2027-03-31")
    findings = (
        make_finding("accepted", exception=note),
        *(make_finding(f"open-{number}", number=number) for number in range(30)),
    )
    text = written(MarkdownSummary(), make_record(findings)).decode()

    assert text.count("| HIGH |") == 20
    assert "… and 11 more." in text
    assert "accepted" not in text


def test_the_worst_failures_come_first(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """By severity, then by exposure, then in the report's order."""

    def graded(service: str, severity: Severity, grade: Grade) -> Finding:
        exposure = Exposure(grade=grade, reason="It is so.")
        return msgspec.structs.replace(make_finding(service), severity=severity, exposure=exposure)

    findings = (
        graded("a", Severity.HIGH, Grade.CONFIGURED),
        graded("b", Severity.HIGH, Grade.ADDRESSABLE),
        graded("c", Severity.CRITICAL, Grade.REACHABLE),
        graded("d", Severity.HIGH, Grade.ADDRESSABLE),
    )
    text = written(MarkdownSummary(), make_record(findings)).decode()

    assert re.findall(r"task-set/prod/(.)/", text) == ["c", "b", "d", "a"]


def test_hostile_names_break_no_table_and_do_nothing(
    full_record: StoredRun, written: Written
) -> None:
    """Outside code spans there is no markup, no address and no mention; rows keep their cells."""
    text = written(MarkdownSummary(), full_record).decode()

    outside = SPAN.sub("", text)
    assert [mark for mark in ("<", ">", "](", "@", "://", "![") if mark in outside] == []
    rows = [line for line in text.splitlines() if line.startswith("| HIGH")]
    assert {line.count("|") for line in rows} == {7}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api", "`api`"),
        ("@everyone #1 https://evil.example", "`@everyone #1 https://evil.example`"),
        ("a|b", r"`a\x7cb`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("``x", "``` ``x ```"),
        ("two\nlines", r"`two\nlines`"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_name_is_a_code_span_that_it_cannot_leave(text: str, expected: str) -> None:
    """Whatever ticks, bars and line breaks it has."""
    assert code(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain words, 7 of them (all).", "Plain words, 7 of them (all)."),
        ("see https://evil.example", "`see https://evil.example`"),
        ("see www.evil.example", "`see www.evil.example`"),
        ("@ops", "`@ops`"),
        ("*bold* [a](b)", "`*bold* [a](b)`"),
    ],
)
def test_a_sentence_stays_one_only_while_it_is_plain(text: str, expected: str) -> None:
    """Anything that Markdown or a chat would act on makes it a code span."""
    assert words(text) == expected


def test_a_long_name_is_cut(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """A chat's message stays readable."""
    finding = make_finding(account=AccountRef("111122223333", "n" * 300, ""))

    text = written(MarkdownSummary(), make_record((finding,))).decode()

    assert f"`{'n' * 59}…`" in text


def test_an_empty_run_says_so(empty_record: StoredRun, written: Written) -> None:
    """Nothing in scope is not a clean bill."""
    text = written(MarkdownSummary(), empty_record).decode()

    assert text.startswith("# orgscan: Nothing in scope\n")
    assert "## Failed" not in text
