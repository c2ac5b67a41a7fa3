"""What a sweep that asks for launchers has to find of them, and what it cannot see."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator.world.launcher_recipes import ENCRYPTED, Kind, Start
from orgscan.simulator.world.launchers import Launcher

# The call that lists each kind, and the one that describes what was listed.
_LISTS = {
    Kind.RULE: ("events:ListEventBuses", "events:ListRules"),
    Kind.SCHEDULE: ("scheduler:ListSchedules",),
    Kind.PIPE: ("pipes:ListPipes",),
    Kind.MACHINE: ("states:ListStateMachines",),
    Kind.JOB: ("batch:DescribeJobDefinitions",),
}
_DESCRIBES = {
    Kind.RULE: "events:ListTargetsByRule",
    Kind.SCHEDULE: "scheduler:GetSchedule",
    Kind.PIPE: "pipes:DescribePipe",
    Kind.MACHINE: "states:DescribeStateMachine",
}
_WORST_FIRST = (Status.FAILED, Status.WARNING, Status.PASSED, Status.NOT_APPLICABLE)
_GRADES: dict[Status, Grade | None] = {
    Status.FAILED: Grade.CONFIGURED,
    Status.PASSED: Grade.NONE,
    Status.NOT_APPLICABLE: None,
}
"""What is stated, as a grade; all else is unknown."""
_OFF = frozenset({"DISABLED", "STOPPED"})


class LauncherTruth(msgspec.Struct, frozen=True, kw_only=True):
    """One launcher of ECS tasks, or one that could not be told from one.

    Attributes:
        kind: the resource type.
        expected: the status of its finding.
        grade: its exposure: whether what it starts would get a public address.
        hidden: whether something keeps a sweep from listing it, so that it has no finding.
    """

    account: str
    region: str
    kind: str
    arn: str
    expected: Status
    grade: Grade | None
    hidden: bool


class RegionLaunchers(msgspec.Struct, frozen=True):
    """The launchers of one account-region, and whether anything kept a sweep from any of them."""

    truths: tuple[LauncherTruth, ...]
    is_gap: bool


def tell_launchers(
    account: str,
    region: str,
    launchers: tuple[Launcher, ...],
    is_refused: Callable[[str], bool],
    *,
    hidden: bool,
) -> RegionLaunchers:
    """The truth about one account-region that has clusters.

    Args:
        account: whose it is.
        region: where.
        launchers: all that exist, those that start something else too.
        is_refused: whether a call, such as `events:ListRules`, always fails there.
        hidden: whether the account-region cannot be looked into at all.
    """
    truths = []
    gap = not hidden and any(is_refused(api) for apis in _LISTS.values() for api in apis)
    for launcher in launchers:
        unlisted = hidden or any(is_refused(api) for api in _LISTS[launcher.kind])
        described = _DESCRIBES.get(launcher.kind, "") if _is_asked(launcher) else ""
        if described and not unlisted and is_refused(described):
            gap, stated, expected = True, Status.NOT_EVALUATED, Status.NOT_EVALUATED
        elif launcher.places or launcher.recipe.form == ENCRYPTED:
            stated, expected = _stated(launcher), expected_status(launcher)
        else:
            continue
        truths.append(
            LauncherTruth(
                account=account,
                region=region,
                kind=launcher.kind,
                arn=launcher.arn,
                expected=expected,
                grade=_GRADES.get(stated, Grade.UNKNOWN),
                hidden=unlisted,
            )
        )
    return RegionLaunchers(tuple(truths), gap)


def expected_status(launcher: Launcher) -> Status:
    """The verdict of `ecs-launcher-no-public-ip` on a launcher that can be read."""
    stated = _stated(launcher)
    return Status.WARNING if stated is Status.FAILED and launcher.state in _OFF else stated


def _stated(launcher: Launcher) -> Status:
    """The same, whether or not it is switched on."""
    if launcher.recipe.form == ENCRYPTED:
        return Status.WARNING
    is_job = launcher.kind is Kind.JOB
    statuses = [_of_start(place.start, is_job=is_job) for place in launcher.places]
    return min(statuses, key=_WORST_FIRST.index)


def _is_asked(launcher: Launcher) -> bool:
    """Whether it has to be described: some lists show that a target is no cluster."""
    return bool(launcher.places) or launcher.kind in {Kind.RULE, Kind.MACHINE}


def _of_start(start: Start, *, is_job: bool) -> Status:
    if start.assign == "ENABLED":
        return Status.FAILED
    if start.assign == "DISABLED":
        return Status.PASSED
    if is_job:
        return Status.PASSED if start.launch == "FARGATE" else Status.NOT_APPLICABLE
    # Not stated, an expression, or Fargate without the network it always has.
    decided = not (start.awsvpc or start.expression or start.launch == "FARGATE")
    return Status.NOT_APPLICABLE if decided else Status.WARNING
