"""No running ECS task has a global IPv6 address that an internet gateway leads to.

assignPublicIp governs IPv4 only, so a task that passes every control on it may still be on the
internet. This is told apart, and fails no benchmark: CIS and Security Hub ask about IPv4.
"""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.controls.catalogue import load_entry
from orgscan.controls.sightings import Sightings, sightings_of, with_global_ipv6
from orgscan.controls.task_findings import (
    Held,
    TaskFindings,
    TaskVerdict,
    by_holder,
    without_holder,
)
from orgscan.model.control import ControlEntry
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Status
from orgscan.model.organization import Account

CONTROL_ID = "ecs-task-ipv6-exposure"

PASSED = TaskVerdict(
    status=Status.PASSED,
    reason=(
        "No task of this cluster ran with a global IPv6 address and a route for IPv6 to an "
        "internet gateway when it was looked at."
    ),
    exposure=Exposure(
        grade=Grade.NONE, reason="No task of it has an IPv6 address with a way in from outside."
    ),
)


class EcsTaskIpv6Exposure:
    """A finding for each task on the internet by IPv6, and one for each cluster without."""

    @property
    def entry(self) -> ControlEntry:
        """The catalogue entry beside this file."""
        return load_entry(CONTROL_ID)

    def evaluate(self, account: Account, region: str, facts: RegionFacts) -> Iterator[Finding]:
        """Judge what runs in one account-region; nothing where nothing was looked for."""
        seen = sightings_of(facts)
        if seen is None:
            return
        findings = TaskFindings(self.entry, account, region, facts.ecs, seen)
        for held in by_holder(with_global_ipv6(seen.all)):
            verdict = _judge(held, findings, seen)
            if verdict is not None:
                yield findings.on(held, verdict)
        yield from findings.on_clusters(PASSED)


def _judge(held: Held, findings: TaskFindings, seen: Sightings) -> TaskVerdict | None:
    """None where no route leads to it: an egress-only gateway lets nothing in."""
    ways = {seen.reachability.has_way_in(one.interface, 6) for one in held}
    if ways == {False}:
        return None
    task = held[0].task
    who = f" Started by: {findings.started_by(task)}." if task else ""
    subject = "This task runs with" if task else "This network interface of an ECS task has"
    exposure = seen.worst(held, 6)
    if True not in ways:
        reason = (
            f"{subject} a global IPv6 address, and whether an internet gateway leads to it could "
            f"not be seen.{who}"
        )
        return TaskVerdict(status=Status.NOT_EVALUATED, reason=reason, exposure=exposure)
    is_running, clause = (True, "") if task else without_holder(seen)
    also = f"; {clause}" if clause else ""
    return TaskVerdict(
        status=Status.FAILED if is_running else Status.WARNING,
        reason=(
            f"{subject} a global IPv6 address, and its subnet routes IPv6 to an internet gateway"
            f"{also}. assignPublicIp does not govern IPv6.{who}"
        ),
        exposure=exposure,
    )
