"""ECS services state assignPublicIp DISABLED, in every configuration that they still run by.

A service whose controller is EXTERNAL or CODE_DEPLOY is not judged here: its tasks run by task
sets, which `ecs-taskset-no-public-ip` judges one by one, and its own fields repeat one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from orgscan.controls.assign_public_ip import (
    DISABLED,
    ENABLED,
    INCOMPLETE,
    NO_AWSVPC,
    UNDOCUMENTED,
    Verdict,
    effect_of_enabled,
    not_stated,
    statement,
    value_of,
)
from orgscan.controls.catalogue import load_entry
from orgscan.controls.ecs_service_releases import Release, releases
from orgscan.controls.sightings import sightings_of
from orgscan.controls.verdict import account_ref, not_evaluated, severity_of
from orgscan.controls.weighing import Stated, weigh, with_addresses
from orgscan.model.control import ControlEntry
from orgscan.model.ecs import AwsvpcConfiguration, Service
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Observed, Resource, Status, finding_key
from orgscan.model.organization import Account

CONTROL_ID = "ecs-service-no-public-ip"

NOT_STATED = not_stated(
    "DISABLED for create-service and update-service",
    "the control document and published copies of CIS AWS Compute Services Benchmark 3.2",
)
# CreateExpressGatewayService and UpdateExpressGatewayService take subnets and security groups.
EXPRESS = (
    "ECS manages an Express service, which has no assignPublicIp to set: only other subnets "
    "(UpdateExpressGatewayService) can change it."
)
EXPRESS_NOT_STATED = (
    "uses awsvpc networking and states no assignPublicIp, so its subnets decide whether its tasks "
    "get a public IPv4 address."
)
PASSING = "the deployment is transient and goes by itself when it has been replaced"

# The verdict on a service is that on its worst release; what was not seen outranks what passed.
_WORST_FIRST = tuple(Status)


class _Judged(msgspec.Struct, frozen=True):
    """A release and the verdict on it alone; the reason is one sentence, consequences apart."""

    release: Release
    verdict: Verdict

    @property
    def rank(self) -> int:
        return _WORST_FIRST.index(self.verdict.status)


class EcsServiceNoPublicIp:
    """Every service of the ECS controller gets one finding; everything unseen is NOT_EVALUATED."""

    @property
    def entry(self) -> ControlEntry:
        """The catalogue entry beside this file."""
        return load_entry(CONTROL_ID)

    def evaluate(self, account: Account, region: str, facts: RegionFacts) -> Iterator[Finding]:
        """Judge the services of one account-region; those with task sets give no finding."""
        for service in facts.ecs.services:
            if not service.uses_task_sets:
                yield self._finding(account, region, service, facts)
        for unseen in facts.ecs.unseen:
            yield not_evaluated(self.entry, account, region, unseen)

    def _finding(
        self, account: Account, region: str, service: Service, facts: RegionFacts
    ) -> Finding:
        judged = [_Judged(release, judge(release, service)) for release in releases(service)]
        worst = min(judged, key=lambda one: one.rank)
        seen = sightings_of(facts)
        running = seen.of_service(service.cluster_arn, service.name) if seen else ()
        weighed = weigh(_stated(service, judged, worst), running, seen, facts.load_balancers)
        return Finding(
            key=finding_key(CONTROL_ID, account.id, region, service.arn),
            control_id=CONTROL_ID,
            status=weighed.status,
            severity=severity_of(weighed.status, self.entry, weighed.exposure),
            reason=weighed.reason,
            account=account_ref(account),
            region=region,
            resource=_resource(service),
            observed=with_addresses(
                _observed(service, worst), weighed.public, is_all_seen=weighed.is_all_seen
            ),
            exposure=weighed.exposure,
            evidence=(*service.evidence, *weighed.evidence),
        )


def _stated(service: Service, judged: Sequence[_Judged], worst: _Judged) -> Stated:
    return Stated(
        status=worst.verdict.status,
        reason=" ".join(_sentences(service, judged, worst)),
        assign_public_ip=worst.verdict.assign_public_ip,
        cluster_arn=service.cluster_arn,
        running_count=service.running_count,
        load_balancers=service.load_balancers,
    )


def judge(release: Release, service: Service) -> Verdict:
    """The verdict on one release, the worst thing stated first.

    Absence contradicts nothing and proves nothing: where one source of a release states DISABLED
    and another is silent, it passes.
    """
    said = [(source, value_of(placement.awsvpc)) for source, placement in release.sources]
    stated = {value for _, value in said} - {None}
    if not stated:
        return _silent(release, service)
    sentence = f"{release.name} {statement(*said)}."
    if ENABLED in stated:
        return Verdict(Status.FAILED, sentence, ENABLED)
    if stated != {DISABLED}:
        return Verdict(Status.WARNING, f"{sentence} {UNDOCUMENTED}")
    return Verdict(Status.PASSED, sentence, DISABLED)


def _silent(release: Release, service: Service) -> Verdict:
    """The verdict where no source states the setting."""
    name = release.name
    if not release.sources:
        return Verdict(Status.NOT_EVALUATED, f"{name} could not be seen: {release.unseen}.")
    if release.placement.awsvpc is not None:
        words = f"{EXPRESS_NOT_STATED} {EXPRESS}" if service.is_express else NOT_STATED
        return Verdict(Status.WARNING, f"{name} {words}")
    if release.is_fargate:
        return Verdict(Status.WARNING, f"{name} {INCOMPLETE}")
    return Verdict(Status.NOT_APPLICABLE, f"{name} {NO_AWSVPC}")


def _sentences(service: Service, judged: Sequence[_Judged], worst: _Judged) -> Iterator[str]:
    """The current release's sentence, those that decide, what follows, and what was not seen."""
    failed = worst.verdict.status is Status.FAILED
    unseen = Status.NOT_EVALUATED
    for one in judged:
        if one.release.is_current or one.rank == worst.rank:
            yield one.verdict.reason
    if failed:
        yield from _consequences(service, [one for one in judged if one.rank == worst.rank])
    for one in judged:
        if one.verdict.status is unseen and one.rank != worst.rank:
            yield one.verdict.reason
        elif one.release.sources and one.release.unseen:
            yield f"{_UNDESCRIBED}: {one.release.unseen}."


_UNDESCRIBED = "One service revision could not be described, and its deployment was judged"


def _consequences(service: Service, failed: Sequence[_Judged]) -> Iterator[str]:
    holder = "the service" if failed[0].release.is_current else "it"
    effect = effect_of_enabled(failed[0].release.placement, holder)
    passing = all(one.release.is_passing for one in failed)
    yield f"{effect}; {PASSING}." if passing else f"{effect}."
    if service.is_express:
        yield EXPRESS


def _resource(service: Service) -> Resource:
    return Resource(
        type="AWS::ECS::Service",
        arn=service.arn,
        id=service.name,
        cluster_arn=service.cluster_arn or None,
        service_arn=service.arn or None,
        service_name=service.name or None,
        deployment_controller=service.deployment_controller or None,
        status=service.status or None,
        launch_type=service.launch_type,
        created_at=service.created_at,
        tags=service.tags,
    )


def _observed(service: Service, worst: _Judged) -> Observed:
    placement = worst.release.placement
    awsvpc = placement.awsvpc or AwsvpcConfiguration()
    return Observed(
        assign_public_ip=worst.verdict.assign_public_ip,
        subnets=awsvpc.subnets,
        security_groups=awsvpc.security_groups,
        capacity_providers=placement.capacity_providers,
        platform_version=placement.platform_version,
        task_definition=placement.task_definition,
        running_count=service.running_count,
        desired_count=service.desired_count,
        corroboration=_corroboration(service),
        load_balancers=service.load_balancers,
    )


def _corroboration(service: Service) -> str:
    """What DescribeServiceRevisions added to the service's own fields."""
    asked = [revision for revision in service.revisions if revision.asked]
    if not asked:
        return "not asked"
    if any(revision.unseen for revision in asked):
        return "not seen"
    same = all(value_of(one.awsvpc) == value_of(service.awsvpc) for one in asked)
    return "agrees" if same else "differs"
