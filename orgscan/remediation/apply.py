"""Plan, apply and roll back over a whole organization: who calls, with which sessions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
from msgspec.structs import replace

from orgscan.aws.engine import Limits
from orgscan.aws.entrance import Entrance, entrance
from orgscan.aws.failure import CallFailed
from orgscan.aws.stored_text import fetcher_of
from orgscan.config.allowlist import load_allowlist
from orgscan.config.place import absolute, is_there
from orgscan.config.settings import Settings
from orgscan.errors import RemediationError
from orgscan.model.finding import Finding
from orgscan.model.remediation import Begun, Plan, PlannedAction
from orgscan.model.run import Run
from orgscan.remediation.actions.registry import ACTIONS
from orgscan.remediation.carry import Hands, Seen
from orgscan.remediation.checks import LiveChecks, why_stale
from orgscan.remediation.clock import Clock, WallClock
from orgscan.remediation.journal import (
    FORMAT,
    VERSION,
    RemediationJournal,
    applied_before,
    now_text,
)
from orgscan.remediation.observe import observed
from orgscan.remediation.outcome import write_outcome
from orgscan.remediation.plan import Planning, make_plan
from orgscan.remediation.plan_file import PlanV1, read_plan, require_unexpired
from orgscan.remediation.proving import prove
from orgscan.remediation.site import Site, units_now
from orgscan.remediation.work import Worked, back, forward


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is applied or taken back.

    Attributes:
        settings: roles and what goes with them.
        approve: shows the plan and asks; gives how it was approved, or empty where it was not.
        allowlist: instead of the one that the plan names.
        resume: go on with a journal that is there.
        accept_unproven: apply also where the way out cannot be proved.
        say: tells a person how far it is.
    """

    settings: Settings
    approve: Callable[[Plan, str], str]
    allowlist: str | None = None
    resume: bool = False
    accept_unproven: bool = False
    clock: Clock = WallClock()
    say: Callable[[str], None] = lambda _: None
    limits: Limits = Limits()


async def plan_run(
    run: Run,
    findings: list[Finding],
    settings: Settings,
    *,
    allowlist_place: str,
    valid_seconds: int,
    soak_seconds: int,
    clock: Clock | None = None,
) -> Plan:
    """A plan for the findings of a run. Nothing is changed, and no session could.

    Args:
        run: the run.
        findings: all of its findings.
        settings: roles and what goes with them.
        allowlist_place: what permits changes: a path, or a place in AWS.
        valid_seconds: how long the plan may be applied.
        soak_seconds: how long what is replaced is kept.
        clock: the time; the real one where None.

    Raises:
        OrgscanError: something that a person has to mend.
    """
    allowlist = load_allowlist(allowlist_place, fetcher_of(settings))
    async with entrance(settings, Limits()) as way_in:
        management = run.organization.management_account_id
        site = Site(way_in, settings, f"orgscan-plan-{run.id}"[:64], management)
        planning = Planning(
            allowlist=allowlist,
            allowlist_place=absolute(allowlist_place),
            reader=site.reader,
            prove=prove,
            now=(clock or WallClock()).now(),
            made_by=way_in.identity.arn,
            run_id=run.id,
            management_account_id=management,
            soak_seconds=soak_seconds,
            valid_seconds=valid_seconds,
        )
        units = await units_now(way_in, allowlist)
        return await make_plan([_moved(finding, units) for finding in findings], planning)


def _moved(finding: Finding, units: dict[str, str] | None) -> Finding:
    """The finding with its account where it is now."""
    if units is None:
        return finding
    account = replace(finding.account, ou_path=units.get(finding.account.id, ""))
    return replace(finding, account=account)


async def apply_plan(plan_file: Path, journal_file: Path, order: Order) -> Worked:
    """Carry out a plan, once: what has been journaled is only ever gone on with.

    Args:
        plan_file: as `write_plan` wrote it.
        journal_file: new, or with `resume` the one to go on with.
        order: how.

    Raises:
        RemediationError: it is edited, expired, stale or was applied before, nobody approved, or
            the journal cannot be written.
        OrgscanError: something else that a person has to mend.
    """
    held = read_plan(plan_file)
    _require_own_role(order.settings)
    if not order.resume:
        require_unexpired(held.plan, order.clock.now(), plan_file)
    async with entrance(order.settings, order.limits) as way_in:
        hands = await _hands(way_in, held.plan, order, place=order.allowlist or held.plan.allowlist)
        with await _journal(way_in, held, journal_file, hands, order) as journal:
            try:
                return await forward(journal, hands)
            finally:
                write_outcome(journal)


def _require_own_role(settings: Settings) -> None:
    """Refuse to write by the role that reads.

    Raises:
        RemediationError: it is the same.
    """
    if settings.remediate_role in {settings.role_name, settings.management_role}:
        raise RemediationError(
            "remediate_role is the role that reads the accounts",
            where=settings.remediate_role,
            mend="Deploy a role of its own to the accounts of the allowlist, and name it there",
        )


async def roll_back(journal_file: Path, order: Order) -> Worked:
    """Take back what a journal has begun.

    Raises:
        RemediationError: nobody approved, or the journal cannot be read or written.
        OrgscanError: something else that a person has to mend.
    """
    _require_own_role(order.settings)
    async with entrance(order.settings, order.limits) as way_in:
        with RemediationJournal.reopen(journal_file) as journal:
            plan = journal.story.begun.plan
            _approved(order, plan, "roll back")
            try:
                return await back(journal, await _hands(way_in, plan, order, place=None))
            finally:
                write_outcome(journal)


async def _journal(
    way_in: Entrance,
    held: PlanV1,
    path: Path,
    hands: Callable[[PlannedAction], Hands],
    order: Order,
) -> RemediationJournal:
    if order.resume:
        journal = RemediationJournal.reopen(path)
        if journal.story.begun.plan_digest != held.digest:
            raise RemediationError(
                "this journal is of another plan",
                where=str(path),
                mend="Name the plan's own with --journal",
            )
        return journal
    _refuse_applied(path)
    await _refuse_stale(held.plan, hands)
    how = _approved(order, held.plan, "apply")
    begun = Begun(
        format=FORMAT,
        version=VERSION,
        at=now_text(order.clock.now()),
        plan=held.plan,
        plan_digest=held.digest,
        approved_by=way_in.identity.arn,
        approved_how=how,
    )
    return RemediationJournal.create(path, begun)


def _refuse_applied(journal_file: Path) -> None:
    if journal_file.exists():
        raise applied_before(journal_file)


def _approved(order: Order, plan: Plan, what: str) -> str:
    how = order.approve(plan, what)
    if not how:
        raise RemediationError(
            f"nobody approved to {what} it, and nothing was changed",
            mend="Answer yes on a terminal, or give --yes",
        )
    return how


async def _refuse_stale(plan: Plan, hands: Callable[[PlannedAction], Hands]) -> None:
    """Before anybody is asked: every action must still be what it was planned to be."""
    for planned in plan.actions:
        held = hands(planned)
        try:
            live = await ACTIONS[planned.kind].read(held.reader, planned.place, planned)
            why = why_stale(planned, live)
        except CallFailed as failed:
            why = failed.why.reason
        if why:
            raise RemediationError(
                why, where=planned.place.service_arn, mend="Make a new plan; nothing was changed"
            )


async def _hands(
    way_in: Entrance, plan: Plan, order: Order, *, place: str | None
) -> Callable[[PlannedAction], Hands]:
    """What carries out an action.

    Args:
        way_in: the caller.
        plan: whose actions.
        order: how.
        place: of the allowlist; None to take back, which needs no permission.
    """
    site = Site(way_in, order.settings, f"orgscan-{plan.id}"[:64], plan.management_account_id)
    permitting = partial(load_allowlist, place or plan.allowlist, fetcher_of(order.settings))
    checks = LiveChecks(
        allowlist=permitting,
        reader=site.reader,
        prove=prove,
        clock=order.clock,
        accept_unproven=order.accept_unproven,
        units=await units_now(way_in, permitting()) if place and is_there(place) else None,
    )

    async def observe(planned: PlannedAction, id_of: str) -> Seen:
        return await observed(site.reader(planned.place), planned.place, id_of)

    def hands(planned: PlannedAction) -> Hands:
        return Hands(
            reader=site.reader(planned.place),
            writer=site.writer(planned),
            checks=checks,
            observe=observe,
            clock=order.clock,
            say=order.say,
        )

    return hands
