"""The CodeDeploy side of a service: its application and group, what serves, and what is under way.

The task set that serves names its deployment (`externalId`); where it does not, applications and
groups are gone through until one names the service, by name or by ARN: both may be stored.
"""

from __future__ import annotations

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.session import RegionSession
from orgscan.model.remediation import Place, PlannedAction, Shape
from orgscan.remediation.appspec import UnreadableError, parse_appspec
from orgscan.remediation.deploy_operations import (
    BATCH_GET_APPLICATIONS,
    BATCH_GET_DEPLOYMENT_GROUPS,
    GET_APPLICATION_REVISION,
    GET_DEPLOYMENT,
    GET_OBJECT,
    LIST_APPLICATIONS,
    LIST_DEPLOYMENT_GROUPS,
    LIST_DEPLOYMENTS,
)
from orgscan.remediation.live import Live, Releases

_AT_ONCE = 100  # the most that BatchGetApplications and BatchGetDeploymentGroups take


async def read_releases(
    session: RegionSession, place: Place, live: Live, planned: PlannedAction | None
) -> Releases | None:
    """What CodeDeploy knows of a service; None where no deployment group names it.

    Args:
        session: the account-region.
        place: the service.
        live: the service itself.
        planned: names the group where it is known already.

    Raises:
        CallFailed: it could not be read.
    """
    serving = live.primary
    first = await _deployment(session, str(serving.shape.get("externalId"))) if serving else None
    if planned is not None:
        names = (planned.before["application"], planned.before["group"])
    elif first is not None:
        names = (first["applicationName"], first["deploymentGroupName"])
    else:
        found = await _search(session, place)
        if found is None:
            return None
        names = found
    group = await _group(session, *names)
    if group is None or not _is_for(group, place):
        return None
    since = planned.before["since"] if planned else _created(serving.shape if serving else {})
    deployments = await _since(session, names, since)
    appspec, source, unreadable = await _serving_appspec(session, names[0], first or {})
    return Releases(
        application=names[0],
        group=names[1],
        group_info=group,
        deployments=deployments,
        appspec=appspec,
        source=source,
        unreadable=unreadable,
    )


def _created(shape: Shape) -> float:
    return float(shape.get("createdAt") or 0.0)


async def _deployment(session: RegionSession, id_of: str) -> Shape | None:
    """A deployment; None where the id is none, as for a service's first set."""
    if not id_of.startswith("d-"):
        return None
    try:
        reply = await session.call(GET_DEPLOYMENT, {"deploymentId": id_of})
    except CallFailed as failed:
        if failed.kind is FailureKind.REFUSED:
            return None
        raise
    return reply.data.deployment_info or None


async def _group(session: RegionSession, application: str, group: str) -> Shape | None:
    reply = await session.call(
        BATCH_GET_DEPLOYMENT_GROUPS,
        {"applicationName": application, "deploymentGroupNames": [group]},
    )
    return next(iter(reply.data.deployment_groups_info), None)


def _is_for(group: Shape, place: Place) -> bool:
    """Whether a group deploys a service; names or ARNs may be stored."""
    return any(
        one.get("clusterName") in {place.cluster_name, place.cluster_arn}
        and one.get("serviceName") in {place.service_name, place.service_arn}
        for one in group.get("ecsServices") or ()
    )


async def _search(session: RegionSession, place: Place) -> tuple[str, str] | None:
    """The application and group that name the service."""
    for application in await _ecs_applications(session):
        names: list[str] = []
        pages = session.pages(
            LIST_DEPLOYMENT_GROUPS,
            {"applicationName": application},
            cursor_member="nextToken",
            next_token=lambda page: page.next_token,
        )
        async for page in pages:
            names += page.data.deployment_groups
        for at in range(0, len(names), _AT_ONCE):
            reply = await session.call(
                BATCH_GET_DEPLOYMENT_GROUPS,
                {
                    "applicationName": application,
                    "deploymentGroupNames": names[at : at + _AT_ONCE],
                },
            )
            for group in reply.data.deployment_groups_info:
                if _is_for(group, place):
                    return application, str(group["deploymentGroupName"])
    return None


async def _ecs_applications(session: RegionSession) -> list[str]:
    names: list[str] = []
    pages = session.pages(
        LIST_APPLICATIONS,
        {},
        cursor_member="nextToken",
        next_token=lambda page: page.next_token,
    )
    async for page in pages:
        names += page.data.applications
    found: list[str] = []
    for at in range(0, len(names), _AT_ONCE):
        reply = await session.call(
            BATCH_GET_APPLICATIONS, {"applicationNames": names[at : at + _AT_ONCE]}
        )
        found += [
            str(one["applicationName"])
            for one in reply.data.applications_info
            if one.get("computePlatform") == "ECS"
        ]
    return found


async def _since(session: RegionSession, names: tuple[str, str], since: float) -> tuple[Shape, ...]:
    """Every deployment of the group since an instant."""
    ids: list[str] = []
    pages = session.pages(
        LIST_DEPLOYMENTS,
        {
            "applicationName": names[0],
            "deploymentGroupName": names[1],
            "createTimeRange": {"start": since},
        },
        cursor_member="nextToken",
        next_token=lambda page: page.next_token,
    )
    async for page in pages:
        ids += page.data.deployments
    found = [await _deployment(session, one) for one in ids]
    return tuple(one for one in found if one is not None)


async def _serving_appspec(
    session: RegionSession, application: str, deployment: Shape
) -> tuple[Shape | None, str, str]:
    """The AppSpec that made what serves, where it comes from, and why it could not be read."""
    location: Shape = deployment.get("revision") or {}
    kind = location.get("revisionType")
    if kind is None:
        return None, "none: the service's first task set was made without a deployment", ""
    if kind == "S3":
        return await _in_bucket(session, location.get("s3Location") or {})
    if kind not in {"AppSpecContent", "String"}:
        return None, str(kind), f"revisions of type {kind} are not read by orgscan"
    source = f"the AppSpec of deployment {deployment.get('deploymentId')}"
    content = _content(location)
    if content is None:
        reply = await session.call(
            GET_APPLICATION_REVISION, {"applicationName": application, "revision": location}
        )
        content = _content(reply.data.revision)
    if content is None:
        return None, source, f"{source} is not shown any more"
    return _parsed(content, source)


async def _in_bucket(session: RegionSession, where: Shape) -> tuple[Shape | None, str, str]:
    source = f"s3://{where.get('bucket')}/{where.get('key')}"
    if where.get("bundleType") not in {"YAML", "JSON"}:
        return None, source, f"{source} is an archive, which is not read"
    members = {"Bucket": where["bucket"], "Key": where["key"]}
    if where.get("version"):
        members["VersionId"] = where["version"]
    try:
        reply = await session.call(GET_OBJECT, members)
        return _parsed(reply.data.body.decode(), source)
    except CallFailed as failed:
        return None, source, f"{source} cannot be read: {failed.why.reason}"
    except UnicodeDecodeError:
        return None, source, f"{source} is not text"


def _parsed(content: str, source: str) -> tuple[Shape | None, str, str]:
    try:
        return parse_appspec(content), source, ""
    except UnreadableError as error:
        return None, source, f"{source} cannot be read: {error}"


def _content(location: Shape) -> str | None:
    held = location.get("appSpecContent") or location.get("string") or {}
    return held.get("content")
