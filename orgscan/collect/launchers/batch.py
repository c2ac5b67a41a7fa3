"""AWS Batch: DescribeJobDefinitions. Jobs on EKS are no ECS tasks and are left out."""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.aws.session import RegionSession
from orgscan.collect.launchers.batch_operations import (
    DESCRIBE_JOB_DEFINITIONS,
    ContainerShape,
    EcsPropertiesShape,
    JobDefinitionShape,
    NetworkShape,
)
from orgscan.collect.launchers.interface import Collector, Gathered
from orgscan.collect.listing import list_all
from orgscan.model.ecs import AwsvpcConfiguration
from orgscan.model.launcher import Launch, Launcher, LauncherKind

_PAGE = 100


async def gather(session: RegionSession) -> Gathered:
    """Every active revision of a job definition whose jobs are ECS tasks."""
    listed = await list_all(
        session,
        DESCRIBE_JOB_DEFINITIONS,
        {"status": "ACTIVE", "maxResults": _PAGE},
        cursor_member="nextToken",
        page=lambda page: (page.job_definitions, page.next_token),
    )
    found = (_job_definition(shape, digest) for shape, digest in listed.items)
    return Gathered(tuple(one for one in found if one.launches), listed.missing)


def _job_definition(shape: JobDefinitionShape, digest: str) -> Launcher:
    return Launcher(
        kind=LauncherKind.JOB_DEFINITION,
        arn=shape.job_definition_arn,
        name=shape.job_definition_arn.rpartition("/")[2] or shape.job_definition_name,
        state=shape.status,
        launches=tuple(_launches(shape)),
        evidence=(digest,),
    )


def _launches(shape: JobDefinitionShape) -> Iterator[Launch]:
    launch_type = _launch_type(shape.platform_capabilities)
    yield from _of_container(shape.container_properties, launch_type, "")
    yield from _of_tasks(shape.ecs_properties, launch_type, "")
    nodes = shape.node_properties
    for part in (nodes.node_range_properties if nodes else None) or ():
        yield from _of_container(part.container, launch_type, part.target_nodes)
        yield from _of_tasks(part.ecs_properties, launch_type, part.target_nodes)


def _launch_type(capabilities: list[str] | None) -> str | None:
    """Fargate where it is among them; a definition that names none runs on EC2."""
    named = capabilities or []
    return "FARGATE" if "FARGATE" in named else next(iter(named), None)


def _of_container(
    shape: ContainerShape | None, launch_type: str | None, place: str
) -> Iterator[Launch]:
    if shape is not None:
        platform = shape.fargate_platform_configuration
        yield Launch(
            place=place,
            launch_type=launch_type,
            platform_version=platform.platform_version if platform else None,
            awsvpc=_awsvpc(shape.network_configuration),
        )


def _of_tasks(
    shape: EcsPropertiesShape | None, launch_type: str | None, place: str
) -> Iterator[Launch]:
    for task in (shape.task_properties if shape else None) or ():
        yield Launch(
            place=place,
            launch_type=launch_type,
            platform_version=task.platform_version,
            awsvpc=_awsvpc(task.network_configuration),
        )


def _awsvpc(shape: NetworkShape | None) -> AwsvpcConfiguration | None:
    if shape is None:
        return None
    return AwsvpcConfiguration(assign_public_ip=shape.assign_public_ip)


BATCH = Collector(
    name="launchers.batch",
    about="AWS Batch job definitions, every active revision",
    operations=(DESCRIBE_JOB_DEFINITIONS,),
    gather=gather,
)
