"""DescribeServices for whatever a cluster lists, so that one bad service costs no other."""

from __future__ import annotations

from functools import partial

from orgscan.aws.session import RegionSession
from orgscan.collect.batches import describe_each
from orgscan.collect.ecs_facts import service_facts
from orgscan.collect.ecs_operations import DESCRIBE_SERVICES, FailureShape
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import Service, Unseen
from orgscan.model.outcome import NotCollected

_BATCH = 10  # DescribeServices refuses more


async def describe_services(
    session: RegionSession, cluster: str, arns: list[str]
) -> tuple[list[Service], list[Unseen]]:
    """Every listed service, described or with the reason why not.

    Args:
        session: the account-region.
        cluster: the cluster's ARN.
        arns: services as ListServices gave them.
    """
    return await describe_each(
        arns,
        at_once=_BATCH,
        describe=partial(_describe, session, cluster),
        unseen=partial(_unseen, cluster),
    )


async def _describe(
    session: RegionSession, cluster: str, batch: list[str]
) -> tuple[list[Service], list[Unseen]]:
    reply = await session.call(
        DESCRIBE_SERVICES, {"cluster": cluster, "services": batch, "include": ["TAGS"]}
    )
    asked = set(batch)
    services = [
        service_facts(shape, cluster, reply.digest)
        for shape in reply.data.services
        if shape.service_arn in asked
    ]
    seen = {service.arn for service in services}
    failures = {failure.arn: failure for failure in reply.data.failures}
    unseen = [
        _unseen(cluster, arn, _why(failures.get(arn)), reply.digest)
        for arn in batch
        if arn not in seen
    ]
    return services, unseen


def _why(failure: FailureShape | None) -> NotCollected:
    """A `failures[]` entry, or a service that the answer passes over in silence."""
    if failure is None:
        return NotCollected(
            status=CoverageStatus.ERROR,
            reason="ecs:DescribeServices answered without this service and gave no reason",
            api=DESCRIBE_SERVICES.api,
        )
    code = failure.reason or ""
    if code == "MISSING":
        reason = "the service was listed and gone when it was described (MISSING)"
    else:
        reason = f"ecs:DescribeServices could not describe it ({code or 'no reason given'})"
    return NotCollected(
        status=CoverageStatus.ERROR,
        reason=reason,
        api=DESCRIBE_SERVICES.api,
        error_code=code,
        message=failure.detail or "",
    )


def _unseen(cluster: str, arn: str, why: NotCollected, digest: str = "") -> Unseen:
    return Unseen(
        resource_type="AWS::ECS::Service",
        arn=arn,
        cluster_arn=cluster,
        why=why,
        evidence=(digest,) if digest else (),
    )
