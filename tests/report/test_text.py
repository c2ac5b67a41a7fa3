"""The summary in the terminal."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, ExceptionNote, Finding
from orgscan.report.read import StoredRun
from orgscan.report.text import summary_lines

EXPECTED = [
    "3 task sets can get a public IP; 1 of 2 account-regions could not be seen.",
    "12 of 312 services use task sets.",
    "",
    "Findings  3 failed, 0 warning, 0 not evaluated, 0 passed, 0 not applicable",
    "Seen      1 of 2 account-regions (50 %)",
    "Accounts  0 seen in full, 1 in part, 0 not at all; 0 not active",
    "Services  300 ECS, 8 EXTERNAL, 4 CODE_DEPLOY",
    "",
    "Failed",
    "  data (444455556666), 2 failed",
    "    arn:aws:ecs:eu-west-1:444455556666:task-set/prod/web/ecs-svc/0000000000000000002  PRIMARY",
    (
        "    arn:aws:ecs:eu-west-1:444455556666:task-set/prod/etl/ecs-svc/0000000000000000003"
        "  PRIMARY  excepted by bastion until 2027-03-31"
    ),
    "  payments (111122223333), 1 failed",
    "    arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/0000000000000000001  PRIMARY",
    "",
    "Not seen",
    (
        "  1 account-region: DENIED_BY_SCP (ecs:ListClusters AccessDeniedException). "
        "A service control policy denies it."
    ),
    (
        "    Mend: Let the service control policy except the read role, "
        "or accept that this stays unseen."
    ),
    "",
    "Next: open the HTML report for what failed, mend what was not seen, and scan again.",
]


def _ledger_line(region: str, status: CoverageStatus, **more: str) -> CoverageEntry:
    entry = CoverageEntry(
        account_id="111122223333", account_name="payments", region=region, status=status
    )
    return msgspec.structs.replace(entry, **more)


def test_a_person_learns_what_failed_where_what_was_not_seen_and_what_to_do(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """The account with the most failures comes first, and every gap with its mend."""
    data = AccountRef("444455556666", "data", "")
    accepted = ExceptionNote(id="bastion", owner="o", reason="r", ticket="t", expires="2027-03-31")
    record = make_record(
        (
            make_finding("api"),
            make_finding("web", account=data, number=2),
            make_finding("etl", account=data, number=3, exception=accepted),
        ),
        (
            _ledger_line("eu-west-1", CoverageStatus.COVERED),
            _ledger_line(
                "us-east-1",
                CoverageStatus.DENIED_BY_SCP,
                reason="A service control policy denies it.",
                api="ecs:ListClusters",
                error_code="AccessDeniedException",
            ),
            _ledger_line("af-south-1", CoverageStatus.REGION_NOT_ENABLED, reason="Off."),
        ),
    )

    assert summary_lines(record) == EXPECTED


def test_a_clean_run_says_so_and_no_more(make_record: Callable[..., StoredRun]) -> None:
    """No empty headings."""
    record = make_record((), (_ledger_line("eu-west-1", CoverageStatus.COVERED),))

    assert summary_lines(record)[7:] == [
        "",
        "Next: nothing to mend. Keep report.json: it says what was seen.",
    ]


def test_at_most_ten_failed_findings_and_ten_reasons_are_shown(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """What is left out is counted."""
    record = make_record(
        tuple(make_finding(number=number) for number in range(25)),
        tuple(
            _ledger_line(f"region-{number}", CoverageStatus.ERROR, reason=f"Reason {number:02d}.")
            for number in range(13)
        ),
    )

    lines = summary_lines(record)

    assert "Failed (10 of 25 shown)" in lines
    assert sum(line.startswith("    arn:") for line in lines) == 10
    assert sum("Reason" in line for line in lines) == 10
    assert "  3 more lines in the report's coverage table" in lines


def test_hostile_names_are_shown_and_not_obeyed(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    hostile_names: tuple[str, ...],
) -> None:
    """No line holds a control character, a line break or a direction mark."""
    accounts = [AccountRef(f"{number:012d}", name, "") for number, name in enumerate(hostile_names)]
    record = make_record(
        tuple(make_finding(account.name, account=account) for account in accounts),
        tuple(
            _ledger_line("eu-west-1", CoverageStatus.ERROR, reason=name) for name in hostile_names
        ),
    )

    lines = summary_lines(record)

    assert [line for line in lines if not line.isprintable()] == []
    assert any(r"\x1b[2J\x1b]0;owned\x07\x9b31mred" in line for line in lines)
