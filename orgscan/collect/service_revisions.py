"""DescribeServiceRevisions: what blue/green, linear and canary services run by.

A rolling service shows in its deployments every configuration that it runs by. With the other
strategies several service revisions may hold tasks at once, and which of them the deployments show
is not documented, so those that hold tasks are asked for by ARN. What cannot be had is noted on
the revision and loses nothing else.
"""

from __future__ import annotations

from functools import partial

import msgspec
from msgspec.structs import replace

from orgscan.aws.session import RegionSession
from orgscan.collect.batches import describe_each
from orgscan.collect.ecs_facts import placement_facts
from orgscan.collect.ecs_operations import (
    DESCRIBE_SERVICE_REVISIONS,
    FailureShape,
    ServiceRevisionShape,
)
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import Service, ServiceRevision
from orgscan.model.outcome import NotCollected

_BATCH = 20  # DescribeServiceRevisions refuses more

_OLDEST = "AWS describes no service revision made before 2024-10-25"


class _Described(msgspec.Struct, frozen=True):
    shape: ServiceRevisionShape
    digest: str


class _Missed(msgspec.Struct, frozen=True):
    """A revision without an answer; `refused` where the whole call failed."""

    arn: str
    why: NotCollected
    refused: bool


async def with_service_revisions(
    session: RegionSession, services: tuple[Service, ...]
) -> tuple[tuple[Service, ...], NotCollected | None]:
    """The services with their revisions described, and why some could not be.

    One call for twenty revisions, and none where every service is rolling.
    """
    arns = {
        revision.arn: None
        for service in services
        for revision in service.revisions
        if service.runs_by_revisions and revision.arn and revision.holds_tasks
    }
    if not arns:
        return services, None
    found, missed = await describe_each(
        arns,
        at_once=_BATCH,
        describe=partial(_describe, session),
        unseen=partial(_Missed, refused=True),
    )
    described = {one.shape.service_revision_arn: one for one in found}
    unseen = {one.arn: one for one in missed}
    told = tuple(_with_revisions(service, described, unseen) for service in services)
    return told, _what_is_missing(services, unseen)


async def _describe(
    session: RegionSession, batch: list[str]
) -> tuple[list[_Described], list[_Missed]]:
    reply = await session.call(DESCRIBE_SERVICE_REVISIONS, {"serviceRevisionArns": batch})
    asked = set(batch)
    found = [
        _Described(shape, reply.digest)
        for shape in reply.data.service_revisions
        if shape.service_revision_arn in asked
    ]
    seen = {one.shape.service_revision_arn for one in found}
    failures = {failure.arn: failure for failure in reply.data.failures}
    missed = [
        _Missed(arn, _why(failures.get(arn)), refused=False) for arn in batch if arn not in seen
    ]
    return found, missed


def _why(failure: FailureShape | None) -> NotCollected:
    """A `failures[]` entry, or a revision that the answer passes over in silence."""
    code = (failure and failure.reason) or ""
    api = DESCRIBE_SERVICE_REVISIONS.api
    return NotCollected(
        status=CoverageStatus.ERROR,
        reason=f"{api} answered without it ({code or 'no reason given'}); {_OLDEST}",
        api=api,
        error_code=code,
        message=(failure and failure.detail) or "",
    )


def _with_revisions(
    service: Service, described: dict[str, _Described], unseen: dict[str, _Missed]
) -> Service:
    revisions: list[ServiceRevision] = []
    digests: dict[str, None] = {}
    for revision in service.revisions:
        if (one := described.get(revision.arn)) is not None:
            revisions.append(replace(revision, asked=True, **placement_facts(one.shape)))
            digests[one.digest] = None
        elif (missed := unseen.get(revision.arn)) is not None:
            revisions.append(replace(revision, asked=True, unseen=missed.why.reason))
        else:
            revisions.append(revision)
    return replace(service, revisions=tuple(revisions), evidence=(*service.evidence, *digests))


def _what_is_missing(
    services: tuple[Service, ...], unseen: dict[str, _Missed]
) -> NotCollected | None:
    """What was refused, or is shown by no deployment either; None where nothing is lost."""
    lost = [
        unseen[revision.arn]
        for service in services
        for revision in service.revisions
        if revision.arn in unseen
        and (unseen[revision.arn].refused or not _is_shown(service, revision))
    ]
    if not lost:
        return None
    why = lost[0].why
    count = f"{len(lost)} service revision{'' if len(lost) == 1 else 's'}"
    return replace(why, reason=f"{count} could not be described: {why.reason}")


def _is_shown(service: Service, revision: ServiceRevision) -> bool:
    return any(deployment.number == revision.number for deployment in service.deployments)
