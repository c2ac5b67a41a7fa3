"""No running ECS task has a public IPv4 address, whoever started it and whatever is configured.

A task's interface tells: also of tasks that were run by hand, by a schedule or by another service,
which no configuration of a service or task set shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.controls.catalogue import load_entry
from orgscan.controls.sightings import Sightings, sightings_of, with_public_ipv4
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

CONTROL_ID = "ecs-task-no-public-ip"

PASSED = TaskVerdict(
    status=Status.PASSED,
    reason="No task of this cluster ran with a public IPv4 address when it was looked at.",
    exposure=Exposure(grade=Grade.NONE, reason="No task of it runs with a public IPv4 address."),
)


class EcsTaskNoPublicIp:
    """A finding for each task with a public IPv4 address, and one for each cluster without."""

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
        for held in by_holder(with_public_ipv4(seen.all)):
            yield findings.on(held, _judge(held, findings, seen))
        yield from findings.on_clusters(PASSED)


def _judge(held: Held, findings: TaskFindings, seen: Sightings) -> TaskVerdict:
    task = held[0].task
    exposure = seen.worst(held, 4)
    if task is not None:
        reason = (
            f"This task runs with a public IPv4 address. Started by: {findings.started_by(task)}."
        )
        return TaskVerdict(status=Status.FAILED, reason=reason, exposure=exposure)
    is_running, clause = without_holder(seen)
    return TaskVerdict(
        status=Status.FAILED if is_running else Status.WARNING,
        reason=f"This network interface of an ECS task has a public IPv4 address; {clause}.",
        exposure=exposure,
    )
