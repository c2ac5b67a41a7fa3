"""`orgscan remediate`: plan, apply, rollback, status; and the pre-flight on its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from orgscan.cli.remediate_preflight import preflight
from orgscan.cli.scan_options import Config, ExternalId, Profile, RoleName
from orgscan.cli.settings import settings_of
from orgscan.cli.terminal import say
from orgscan.errors import Interrupted

if TYPE_CHECKING:
    from orgscan.config.settings import Settings
    from orgscan.model.remediation import Plan
    from orgscan.remediation.apply import Order
    from orgscan.remediation.work import Worked

T = TypeVar("T")

NOT_DONE = 1

remediate = typer.Typer(
    name="remediate",
    help="Plan, apply and take back changes, where the allowlist permits them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

remediate.command()(preflight)

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="What `remediate plan` wrote.")]
JournalFile = Annotated[
    Path, typer.Argument(metavar="JOURNAL", help="What `remediate apply` wrote.")
]
RemediateRole = Annotated[
    str | None,
    typer.Option(help="The role that changes something. [default: orgscan-remediate]"),
]
AllowlistFile = Annotated[
    str | None,
    typer.Option(metavar="PLACE", help="Allowlist. [default: the one that the plan names]"),
]


@remediate.command()
def plan(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="A run, or its report.json.")],
    *,
    allowlist: Annotated[
        str,
        typer.Option(
            metavar="PLACE", help="What may be changed: a file, ssm:/NAME or s3://BUCKET/KEY."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the plan is written.")],
    valid_hours: Annotated[int, typer.Option(min=1, max=168, help="How long it holds.")] = 24,
    soak_minutes: Annotated[
        int, typer.Option(min=0, max=1440, help="How long what is replaced is kept.")
    ] = 15,
    role_name: RoleName = None,
    external_id: ExternalId = None,
    config: Config = None,
    profile: Profile = None,
) -> None:
    """Say what would be changed, and what not and why. Nothing is changed.

    Exit status: 0 the plan is written, also where there is nothing to do in it; 2 it cannot be
    made.
    """
    from orgscan.remediation.apply import plan_run  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.remediation.plan_file import write_plan  # noqa: PLC0415 - as above
    from orgscan.remediation.text import plan_lines  # noqa: PLC0415 - as above
    from orgscan.report.read import read_report  # noqa: PLC0415 - as above

    stored = read_report(run_dir)
    made = run_work(
        plan_run(
            stored.run,
            list(stored.findings()),
            _settings(config, profile=profile, role_name=role_name, external_id=external_id),
            allowlist_place=allowlist,
            valid_seconds=valid_hours * 3600,
            soak_seconds=soak_minutes * 60,
        )
    )
    write_plan(made, output)
    for line in plan_lines(made):
        say(line)
    say()
    say(f"Plan      {output}")


@remediate.command()
def apply(  # noqa: PLR0913 - as plan
    plan_file: PlanFile,
    *,
    yes: Yes = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what broke off.")] = False,
    accept_unproven: Annotated[
        bool, typer.Option("--accept-unproven", help="Also where no way out can be proved.")
    ] = False,
    allowlist: AllowlistFile = None,
    journal: Annotated[
        Path | None, typer.Option(help="The journal. [default: beside the plan]")
    ] = None,
    role_name: RoleName = None,
    remediate_role: RemediateRole = None,
    external_id: ExternalId = None,
    config: Config = None,
    profile: Profile = None,
) -> None:
    """Carry out a plan: one service, its soak, then the next; the first that fails ends it.

    Exit status: 0 everything is done and was observed, 1 something is not, and what it was taken
    back to; 2 refused, and nothing was changed; 130 Ctrl-C, to be gone on with by --resume.
    """
    from orgscan.remediation.apply import apply_plan  # noqa: PLC0415 - keeps `--help` quick

    settings = _settings(
        config,
        profile=profile,
        role_name=role_name,
        remediate_role=remediate_role,
        external_id=external_id,
    )
    order = _order(settings, yes=yes)
    order = _with(order, resume=resume, accept_unproven=accept_unproven, allowlist=allowlist)
    where = journal or journal_beside(plan_file)
    _finish(run_work(apply_plan(plan_file, where, order)), where)


@remediate.command()
def rollback(
    journal: JournalFile,
    *,
    yes: Yes = False,
    role_name: RoleName = None,
    remediate_role: RemediateRole = None,
    external_id: ExternalId = None,
    config: Config = None,
    profile: Profile = None,
) -> None:
    """Take back what was begun or done, to what was there before. Needs no permission.

    Exit status: 0 everything is as it was, 1 something is not yet, 2 refused.
    """
    from orgscan.remediation.apply import roll_back  # noqa: PLC0415 - keeps `--help` quick

    settings = _settings(
        config,
        profile=profile,
        role_name=role_name,
        remediate_role=remediate_role,
        external_id=external_id,
    )
    order = _order(settings, yes=yes)
    _finish(run_work(roll_back(journal, order)), journal)


@remediate.command()
def status(journal: JournalFile) -> None:
    """Say how far each change is, and every call that was made. Asks nothing of AWS.

    Exit status: 0 everything is done or taken back, 1 something is not, 2 no such journal.
    """
    from orgscan.model.remediation_outcome import State  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.remediation.journal import read_journal  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.remediation.outcome import outcome_of  # noqa: PLC0415 - as above
    from orgscan.remediation.text import outcome_lines  # noqa: PLC0415 - as above

    outcome = outcome_of(read_journal(journal))
    for line in outcome_lines(outcome):
        say(line)
    ended = {State.DONE, State.ROLLED_BACK}
    raise typer.Exit(0 if all(one.state in ended for one in outcome.actions) else NOT_DONE)


def journal_beside(plan_file: Path) -> Path:
    """The journal of a plan, unless another is named."""
    return plan_file.with_name(f"{plan_file.stem}.journal.ndjson")


def approve_on_terminal(made: Plan, what: str) -> str:
    """Show the plan and ask; without a terminal nobody can answer."""
    from orgscan.remediation.text import plan_lines  # noqa: PLC0415 - keeps `--help` quick

    for line in plan_lines(made):
        say(line)
    if not sys.stdin.isatty():
        return ""
    return "terminal" if typer.confirm(f"{what.capitalize()} this?") else ""


def _order(settings: Settings, *, yes: bool) -> Order:
    from orgscan.remediation.apply import Order  # noqa: PLC0415 - keeps `--help` quick

    def unasked(_plan: Plan, _what: str) -> str:
        return "--yes"

    return Order(settings=settings, approve=unasked if yes else approve_on_terminal, say=say)


def _with(order: Order, **changes: object) -> Order:
    from msgspec.structs import replace  # noqa: PLC0415 - as its caller

    return replace(order, **changes)


def _settings(config: str | None, **options: str | None) -> Settings:
    return settings_of(config, options)


def _finish(worked: Worked, journal: Path) -> None:
    say()
    say("Done" if worked.is_done else f"Not done  {worked.text}")
    say(f"Journal   {journal}")
    raise typer.Exit(0 if worked.is_done else NOT_DONE)


def run_work(work: Coroutine[Any, Any, T], runner: Callable[..., T] = asyncio.run) -> T:
    """Run it; the journal makes Ctrl-C at any moment as good as any other end of the process."""
    try:
        return runner(work)
    except KeyboardInterrupt:
        raise Interrupted(
            "stopped; nothing is half-written",
            mend="Go on with `orgscan remediate apply PLAN --resume`, or take it back with "
            "`orgscan remediate rollback JOURNAL`",
        ) from None
