"""What a complete sweep has to find on services whose controller is ECS."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator.truth_running import RegionTruth
from orgscan.simulator.truth_task_sets import in_front_of, weighed
from orgscan.simulator.world.recipes import Setting
from orgscan.simulator.world.workload import Rollout, Service

_WORST_FIRST = tuple(Status)


class ServiceTruth(msgspec.Struct, frozen=True, kw_only=True):
    """One service of the ECS controller.

    Attributes:
        stated: the verdict by what it is configured to run by.
        expected: the verdict that weighs what runs too, as `truth_task_sets` weighs it.
        grade: of its exposure; None where the control does not apply to it.
        public_ips: of its running tasks, those that can be seen.
        in_front: as of a task set; a service shows what forwards to its primary deployment.
        hidden: whether something keeps a sweep from describing it.
    """

    account: str
    region: str
    arn: str
    cluster_arn: str
    stated: Status
    expected: Status
    grade: Grade | None
    public_ips: tuple[str, ...]
    in_front: str | None
    hidden: bool


def service_truth(
    account: str,
    region: str,
    service: Service,
    seen: RegionTruth,
    *,
    hidden: bool,
    revisions: bool,
) -> Iterator[ServiceTruth]:
    """The truth about a service; none where its tasks run by task sets.

    Args:
        account: whose it is.
        region: where.
        service: as it is.
        seen: what runs in the region.
        hidden: whether a sweep cannot describe it.
        revisions: whether a sweep can ask for service revisions.
    """
    if not service.is_rolling:
        return
    stated = expected_service_status(service, revisions=revisions)
    tasks = seen.of_service(service.arn)
    running = sum(rollout.running for rollout in service.rollouts)
    expected, grade = weighed(
        stated, tasks, running=running, is_blind=seen.is_blind(service.cluster_arn)
    )
    yield ServiceTruth(
        account=account,
        region=region,
        arn=service.arn,
        cluster_arn=service.cluster_arn,
        stated=stated,
        expected=expected,
        grade=grade,
        in_front=next(
            (in_front_of(one) for one in service.rollouts if one.setting.status == "PRIMARY"), None
        ),
        public_ips=tuple(sorted(task.public_ip for task in tasks if task.public_ip)),
        hidden=hidden,
    )


def expected_service_status(service: Service, *, revisions: bool) -> Status:
    """The verdict of `ecs-service-no-public-ip` on the worst that it is configured to run by."""
    verdicts = [
        _verdict(rollout.setting) if _shown(service, rollout, revisions) else Status.NOT_EVALUATED
        for rollout in service.rollouts
        if _counts(rollout)
    ]
    return min(verdicts, key=_WORST_FIRST.index)


def asks_for_revisions(service: Service) -> bool:
    """Whether a sweep asks what its service revisions state."""
    shifts = service.kind.strategy != "ROLLING" or service.kind.managed_by == "ECS"
    return service.is_rolling and shifts and any(map(_has_tasks, service.rollouts))


def _counts(rollout: Rollout) -> bool:
    return rollout.setting.status == "PRIMARY" or _has_tasks(rollout)


def _has_tasks(rollout: Rollout) -> bool:
    return rollout.running > 0 or rollout.desired > 0


def _shown(service: Service, rollout: Rollout, revisions: bool) -> bool:
    """Whether a deployment or a service revision shows what tasks start by."""
    if service.kind.shows_old or rollout.setting.status == "PRIMARY":
        return True
    return revisions and "serviceRevision" not in rollout.setting.omit


def _verdict(setting: Setting) -> Status:
    if setting.awsvpc:
        stated = {"ENABLED": Status.FAILED, "DISABLED": Status.PASSED}
        return stated.get(setting.assign or "", Status.WARNING)
    # Fargate always has a network of its own: that none is shown says nothing.
    return Status.WARNING if setting.launch.startswith("FARGATE") else Status.NOT_APPLICABLE
