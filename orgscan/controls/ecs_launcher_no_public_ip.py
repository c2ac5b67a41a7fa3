"""What starts ECS tasks states assignPublicIp DISABLED.

A launcher is judged by what it passes to RunTask, in every place where it starts tasks; the worst
of them decides. Nothing here says that a task runs: it says what the next one will have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from orgscan.controls.assign_public_ip import (
    DISABLED,
    ENABLED,
    NO_AWSVPC,
    UNDOCUMENTED,
    effect_of_enabled,
    statement,
    value_of,
)
from orgscan.controls.catalogue import load_entry
from orgscan.controls.verdict import account_ref, severity_of
from orgscan.model.control import ControlEntry
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Observed, Resource, Status, finding_key
from orgscan.model.launcher import Launch, Launcher, LauncherKind
from orgscan.model.organization import Account

CONTROL_ID = "ecs-launcher-no-public-ip"

SUBJECTS = {
    LauncherKind.RULE: "This EventBridge rule",
    LauncherKind.SCHEDULE: "This schedule",
    LauncherKind.PIPE: "This pipe",
    LauncherKind.STATE_MACHINE: "This state machine",
    LauncherKind.JOB_DEFINITION: "This Batch job definition",
}
# The states in which AWS starts nothing: a rule's or schedule's, and a pipe's.
DORMANT = frozenset({"DISABLED", "STOPPED"})
MOST_SAID = 3
WORST_FIRST = (Status.FAILED, Status.WARNING, Status.PASSED, Status.NOT_APPLICABLE)

NOT_STATED = (
    "uses awsvpc networking and states no assignPublicIp. No document says what that means here: "
    "the API references of this service and of ECS RunTask give no default, and for services and "
    "task sets the ECS API reference (DISABLED) and CIS AWS Compute Services Benchmark (ENABLED) "
    "disagree."
)
INCOMPLETE = (
    "starts tasks on Fargate, which always uses awsvpc networking, and states no network "
    "configuration. Such a start is refused, or AWS's answer is incomplete, so nothing can be "
    "concluded from it."
)
DOCUMENTED_DEFAULT = (
    "states no assignPublicIp. The default that AWS Batch documents is DISABLED, and no document "
    "says otherwise."
)
NOT_FARGATE = "does not run its jobs on Fargate, and other jobs have no assignPublicIp to set."
UNTOLD = "so whether its tasks get a public IPv4 address cannot be told."

CONFIGURED = Exposure(
    grade=Grade.CONFIGURED,
    reason="A task that it starts gets a public IPv4 address; what runs is judged task by task.",
)
NONE = Exposure(grade=Grade.NONE, reason="A task that it starts gets no public IPv4 address.")
UNDECIDED = Exposure(
    grade=Grade.UNKNOWN,
    reason="Whether a task that it starts gets a public IPv4 address cannot be told.",
)


class Verdict(msgspec.Struct, frozen=True):
    """What is said of one place, to follow "it", and the launch it is said of."""

    status: Status
    predicate: str
    launch: Launch


class EcsLauncherNoPublicIp:
    """Every launcher gets one finding; one that could not be described is NOT_EVALUATED."""

    @property
    def entry(self) -> ControlEntry:
        """The catalogue entry beside this file."""
        return load_entry(CONTROL_ID)

    def evaluate(self, account: Account, region: str, facts: RegionFacts) -> Iterator[Finding]:
        """Judge what starts tasks in one account-region, as far as it was asked for."""
        for launcher in facts.launchers:
            verdicts = [judge_launch(launcher.kind, launch) for launch in launcher.launches]
            status, reason, deciding = judge(launcher, verdicts)
            exposure = exposure_of(status, deciding)
            yield Finding(
                key=finding_key(CONTROL_ID, account.id, region, launcher.arn),
                control_id=CONTROL_ID,
                status=status,
                severity=severity_of(status, self.entry, exposure),
                reason=reason,
                account=account_ref(account),
                region=region,
                resource=_resource(launcher, deciding),
                observed=_observed(deciding, of=len(verdicts)),
                exposure=exposure,
                evidence=launcher.evidence,
            )


def judge(launcher: Launcher, verdicts: list[Verdict]) -> tuple[Status, str, list[Launch]]:
    """The verdict on a launcher: status, reason, and the launches that decided.

    A launcher that is switched off starts nothing, but whoever switches it on does not look at its
    network configuration: what would fail is a WARNING then.
    """
    subject = SUBJECTS[launcher.kind]
    if launcher.unseen is not None:
        why = launcher.unseen.reason
        return Status.NOT_EVALUATED, f"{subject} was listed and could not be read: {why}", []
    if launcher.unreadable or not verdicts:
        what = launcher.unreadable or "shows nothing of the tasks that it starts"
        return Status.WARNING, f"{subject} {what}, {UNTOLD}", []
    worst = min((verdict.status for verdict in verdicts), key=WORST_FIRST.index)
    deciding = [verdict for verdict in verdicts if verdict.status is worst]
    reason = f"{subject} {_said([verdict.predicate for verdict in deciding], of=len(verdicts))}"
    if worst is Status.FAILED and launcher.state in DORMANT:
        worst = Status.WARNING
        reason += f" It is {launcher.state} now and starts nothing until that is changed."
    return worst, reason, [verdict.launch for verdict in deciding]


def exposure_of(status: Status, deciding: list[Launch]) -> Exposure | None:
    """What the next task that it starts would have; None where the control does not apply.

    A launcher has no address itself: what runs of it is graded task by task.
    """
    if any(value_of(launch.awsvpc) == ENABLED and not launch.untold for launch in deciding):
        return CONFIGURED
    match status:
        case Status.PASSED:
            return NONE
        case Status.NOT_APPLICABLE:
            return None
        case _:
            return UNDECIDED


def _said(predicates: list[str], *, of: int) -> str:
    """What is said of the places that decide, alike ones together, the most first."""
    if of == 1:
        return predicates[0]
    groups = Counter(predicates).most_common(MOST_SAID)
    parts = [f"In {'all' if count == of else count} of them it {said}" for said, count in groups]
    return " ".join([f"starts tasks in {of} places.", *parts])


def judge_launch(kind: LauncherKind, launch: Launch) -> Verdict:
    """The verdict on one place where tasks are started.

    Only a stated DISABLED passes, and in Batch its documented default, which nothing contradicts.
    """
    stated = value_of(launch.awsvpc)
    if launch.untold:
        return Verdict(Status.WARNING, f"{launch.untold}, {UNTOLD}", launch)
    if stated is None:
        return _silent_job(launch) if kind is LauncherKind.JOB_DEFINITION else _silent(launch)
    said = statement(("", stated))
    if stated == ENABLED:
        return Verdict(Status.FAILED, f"{said}. {effect_of_enabled(launch, 'it')}.", launch)
    if stated == DISABLED:
        return Verdict(Status.PASSED, f"{said}.", launch)
    return Verdict(Status.WARNING, f"{said}. {UNDOCUMENTED}", launch)


def _silent(launch: Launch) -> Verdict:
    """The verdict where the setting is not stated, of what is passed to RunTask."""
    if launch.awsvpc is not None:
        return Verdict(Status.WARNING, NOT_STATED, launch)
    if launch.is_fargate:
        return Verdict(Status.WARNING, INCOMPLETE, launch)
    return Verdict(Status.NOT_APPLICABLE, NO_AWSVPC, launch)


def _silent_job(launch: Launch) -> Verdict:
    """The verdict where the setting is not stated, of a Batch job definition.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_NetworkConfiguration.html
    """
    if launch.is_fargate:
        return Verdict(Status.PASSED, DOCUMENTED_DEFAULT, launch)
    return Verdict(Status.NOT_APPLICABLE, NOT_FARGATE, launch)


def _resource(launcher: Launcher, deciding: list[Launch]) -> Resource:
    clusters = {launch.cluster for launch in deciding}
    cluster = clusters.pop() if len(clusters) == 1 else None
    return Resource(
        type=launcher.kind,
        arn=launcher.arn,
        id=launcher.name,
        cluster_arn=cluster if cluster and cluster.startswith("arn:") else None,
        status=launcher.state,
        launch_type=_common([launch.launch_type for launch in deciding]),
    )


def _observed(deciding: list[Launch], *, of: int) -> Observed:
    """What the places that decided state: lists together, single values where all agree."""
    networks = [launch.awsvpc for launch in deciding if launch.awsvpc is not None]
    stated = _common([network.assign_public_ip for network in networks])
    return Observed(
        assign_public_ip=stated if stated in {ENABLED, DISABLED} else None,
        subnets=_each([network.subnets for network in networks]),
        security_groups=_each([network.security_groups for network in networks]),
        capacity_providers=_each([launch.capacity_providers for launch in deciding]),
        platform_version=_common([launch.platform_version for launch in deciding]),
        task_definition=_common([launch.task_definition for launch in deciding]),
        places=tuple(launch.place for launch in deciding if launch.place) if of > 1 else (),
    )


def _common(values: list[str | None]) -> str | None:
    """The value that all have; None where they differ."""
    return values[0] if values and len(set(values)) == 1 else None


def _each(values: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Every item once, in order."""
    return tuple(dict.fromkeys(item for value in values for item in value))
