"""What `orgscan remediate` prints, how it asks, and how it exits."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orgscan.cli.app import app
from orgscan.cli.remediate import approve_on_terminal, journal_beside, run_work
from orgscan.errors import Interrupted, RemediationError
from orgscan.model.remediation import (
    ActionKind,
    Answered,
    Begun,
    Code,
    Direction,
    Intent,
    Mark,
    NoAction,
    Permit,
    Place,
    Plan,
    PlannedAction,
    Proof,
    Request,
    Starting,
)
from orgscan.remediation.journal import FORMAT, VERSION, RemediationJournal
from orgscan.remediation.text import plan_lines

HEAD = "arn:aws:ecs:eu-west-1:111122223333"
NETWORK = {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
REQUEST = Request(api="ecs:CreateTaskSet", parameters={"cluster": "c"}, why="at 0 %")
PLANNED = PlannedAction(
    id="0a1b2c3d4e5f",
    finding_key="ecs-taskset-no-public-ip|111122223333|eu-west-1|arn",
    kind=ActionKind.REPLACE_TASK_SET,
    place=Place(
        account_id="111122223333",
        account_name="pay\u202ements\x1b[31m",
        ou_path="r-ab12",
        region="eu-west-1",
        cluster_arn=f"{HEAD}:cluster/prod",
        service_arn=f"{HEAD}:service/prod/api",
        service_name="api",
        resource_arn=f"{HEAD}:task-set/prod/api/ecs-svc/1",
        controller="EXTERNAL",
    ),
    permit=Permit(
        entry="payments",
        owner="payments@example.org",
        ticket="SEC-1",
        expires="2027-01-31",
        max_changes=5,
    ),
    before={
        "taskSet": {
            "networkConfiguration": {
                "awsvpcConfiguration": {**NETWORK, "assignPublicIp": "ENABLED"}
            }
        }
    },
    after={
        "networkConfiguration": {"awsvpcConfiguration": {**NETWORK, "assignPublicIp": "DISABLED"}}
    },
    requests=(REQUEST,),
    commands=("aws ecs create-task-set",),
    starting=Starting(task_definition="td:1", tasks=3),
    minutes=6,
    undo="It can be undone.",
    warnings=("a stack will undo this",),
    proof=Proof(verdict="UNPROVEN", lines=("a transit gateway",)),
    seen="sha256:ab",
)
PLAN = Plan(
    id="20261126T120000Z-abcdef",
    made_at="2026-11-26T12:00:00Z",
    expires_at="2026-11-27T12:00:00Z",
    made_by="arn:aws:iam::999999999999:user/ada",
    run_id="20261126T110000Z-123456",
    management_account_id="999999999999",
    allowlist="/allowlist.yaml",
    soak_seconds=900,
    actions=(PLANNED,),
    none=(
        NoAction(
            finding_key="k",
            service_name="web",
            code=Code.EXCEPTED,
            reason="exception 'x' covers it",
        ),
    ),
)
SHOWN = [
    (
        "Plan 20261126T120000Z-abcdef for run 20261126T110000Z-123456, to be applied before "
        "2026-11-27T12:00:00Z"
    ),
    "1 to change, 1 to leave",
    "",
    "1. replace-task-set  api",
    "   where      111122223333 pay\u202ements\x1b[31m  eu-west-1",
    "   cluster    prod",
    f"   resource   {HEAD}:task-set/prod/api/ecs-svc/1",
    "   permitted  by payments, SEC-1, payments@example.org, to 2027-01-31",
    "   - assignPublicIp: ENABLED",
    "   + assignPublicIp: DISABLED",
    "     subnets: subnet-1",
    "     securityGroups: sg-1",
    "   capacity   3 more tasks run for a while",
    "   time       about 6 min, and 15 min of soak",
    "   undo       It can be undone.",
    "   way out    UNPROVEN",
    "              a transit gateway",
    "   warning    a stack will undo this",
    "   as commands:",
    "     aws ecs create-task-set",
    "",
    "Left as they are:",
    "   EXCEPTED              web: exception 'x' covers it",
]


def begun() -> Begun:
    """The first line of a journal."""
    return Begun(
        format=FORMAT,
        version=VERSION,
        at="2026-11-26T12:00:00Z",
        plan=PLAN,
        plan_digest="sha256:cd",
        approved_by="arn:aws:iam::999999999999:user/ada",
        approved_how="--yes",
    )


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal of one answered call."""
    path = tmp_path / "plan.journal.ndjson"
    with RemediationJournal.create(path, begun()) as held:
        held.append(
            Intent(
                number=1,
                action=PLANNED.id,
                direction=Direction.FORWARD,
                at="2026-11-26T12:00:01Z",
                request=REQUEST,
            )
        )
        held.append(Answered(number=1, at="2026-11-26T12:00:02Z", digest="sha256:ef", made="s"))
    return path


def test_a_plan_shows_all_that_approval_rests_on() -> None:
    """Where, by which entry, before and after, what it costs, how it is undone, the commands."""
    assert list(plan_lines(PLAN)) == SHOWN


def test_without_a_terminal_nobody_has_approved(capsys: Any) -> None:  # noqa: ANN401 - pytest's own
    """The plan is shown, safe to print, and nothing is taken for a yes."""
    assert approve_on_terminal(PLAN, "apply") == ""

    shown = capsys.readouterr().out
    assert "- assignPublicIp: ENABLED" in shown
    assert all(line.isprintable() for line in shown.splitlines())


def test_status_tells_every_call_and_exits_with_1_while_something_is_under_way(
    journal: Path,
) -> None:
    """It asks nothing of AWS."""
    result = CliRunner().invoke(app, ["remediate", "status", str(journal)])

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Plan 20261126T120000Z-abcdef, approved by arn:aws:iam::999999999999:user/ada (--yes)",
        "",
        "UNDER_WAY     replace-task-set  api",
        f"   111122223333 eu-west-1 {HEAD}:task-set/prod/api/ecs-svc/1",
        "   2026-11-26T12:00:01Z  forward  done     ecs:CreateTaskSet  at 0 %",
    ]


def test_status_exits_with_0_once_everything_has_ended(journal: Path) -> None:
    """Done, or taken back."""
    with RemediationJournal.reopen(journal) as held:
        held.append(
            Mark(
                action=PLANNED.id,
                direction=Direction.FORWARD,
                at="2026-11-26T12:30:00Z",
                name="done",
                text="it runs",
            )
        )

    result = CliRunner().invoke(app, ["remediate", "status", str(journal)])

    assert result.exit_code == 0
    assert "DONE          replace-task-set  api" in result.stdout
    assert result.stdout.endswith("   it runs\n")


def test_a_torn_last_line_is_cut_off_and_the_call_may_have_happened(journal: Path) -> None:
    """As a killed process leaves it."""
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-9])

    with RemediationJournal.reopen(journal) as held:
        assert held.story.torn
        (call,) = held.story.calls[PLANNED.id]
        assert call.is_open
    assert journal.read_bytes().count(b"\n") == 2


def test_a_damaged_journal_is_named_by_line(journal: Path) -> None:
    """And what to do."""
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(lines[0] + b"{}\n" + lines[2])

    with pytest.raises(RemediationError, match=r"plan\.journal\.ndjson:2: the journal is damaged"):
        RemediationJournal.reopen(journal)


def test_the_journal_lies_beside_the_plan() -> None:
    """Under the plan's name."""
    assert journal_beside(Path("a/plan.json")) == Path("a/plan.journal.ndjson")


@pytest.mark.parametrize("command", ["plan", "apply", "rollback", "status"])
def test_every_command_says_how_it_exits(command: str) -> None:
    """In its help."""
    result = CliRunner().invoke(app, ["remediate", command, "--help"])

    assert result.exit_code == 0
    assert "Exit status: 0" in result.stdout


def test_ctrl_c_says_how_to_go_on_and_how_to_go_back() -> None:
    """The journal makes it as good as any other end of the process."""

    def interrupted(work: Coroutine[Any, Any, None]) -> None:
        work.close()
        raise KeyboardInterrupt

    async def work() -> None:
        raise AssertionError("unreachable: it is interrupted before it begins")

    with pytest.raises(Interrupted, match=r"--resume`, or take it back with `orgscan remediate"):
        run_work(work(), interrupted)
