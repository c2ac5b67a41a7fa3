"""ECS in one account-region: ListClusters → ListServices → DescribeServices, task sets inline.

Task sets are read from the service: DescribeTaskSets fails without ids, and nothing else lists
them, so it serves as corroboration of what is known (`task_sets.py`). What fails below
ListClusters costs that cluster, or those services, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from orgscan.aws.failure import CallFailed
from orgscan.aws.few_at_once import few_at_once
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.session import RegionSession
from orgscan.collect.ecs_operations import (
    LIST_CLUSTERS,
    LIST_SERVICES,
    ListClustersReply,
    ListServicesReply,
)
from orgscan.collect.services import describe_services
from orgscan.collect.task_sets import corroborated
from orgscan.model.ecs import EcsFacts, Service, Unseen
from orgscan.model.outcome import Collected, NotCollected, Outcome

_PAGE = 100  # ListServices gives 10 unless asked
# Production shares the account-region's throttles: few calls at a time, whatever the speed.
_CLUSTERS_AT_ONCE = 4

_ListPage = TypeVar("_ListPage", bound=ListClustersReply | ListServicesReply)


async def collect_ecs(session: RegionSession, *, corroborate_seconds: float) -> Outcome[EcsFacts]:
    """Everything of ECS that a sweep judges, in one account-region.

    Args:
        session: the account-region.
        corroborate_seconds: how long DescribeTaskSets may be asked of the task sets found. AWS lets
            few of these calls through, and what was read before must not be lost to them: sets that
            the time is too short for stay `not asked`. 0 asks none.
    """
    until = asyncio.get_running_loop().time() + corroborate_seconds
    clusters, cut_short = await _list(session, LIST_CLUSTERS, {}, lambda page: page.cluster_arns)
    if cut_short is not None and not clusters:
        return cut_short
    parts = await few_at_once(
        _CLUSTERS_AT_ONCE,
        [_collect_cluster(session, cluster, corroborate_until=until) for cluster in clusters],
    )
    return Collected(
        EcsFacts(
            clusters=tuple(clusters),
            services=tuple(service for part in parts for service in part.services),
            unseen=tuple(unseen for part in parts for unseen in part.unseen),
            cut_short=cut_short,
        )
    )


async def _collect_cluster(
    session: RegionSession, cluster: str, *, corroborate_until: float
) -> EcsFacts:
    listed, cut_short = await _list(
        session, LIST_SERVICES, {"cluster": cluster}, lambda page: page.service_arns
    )
    services, unseen = await describe_services(session, cluster, listed)
    if cut_short is not None:
        whole = Unseen(
            resource_type="AWS::ECS::Cluster", arn=cluster, cluster_arn=cluster, why=cut_short
        )
        unseen = [whole, *unseen]
    await _corroborate(session, services, corroborate_until)
    return EcsFacts(services=tuple(services), unseen=tuple(unseen))


async def _corroborate(session: RegionSession, services: list[Service], until: float) -> None:
    """Put each service in its place with what the second source says, as long as there is time."""
    clock = asyncio.get_running_loop().time
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            for at, service in enumerate(services):
                if clock() >= until:
                    return
                services[at] = await corroborated(session, service)


async def _list(
    session: RegionSession,
    operation: Operation[_ListPage],
    parameters: Parameters,
    items: Callable[[_ListPage], list[str]],
) -> tuple[list[str], NotCollected | None]:
    """What a list gave, each item once and in order, and what cut it short."""
    found: dict[str, None] = {}
    pages = session.pages(
        operation,
        {**parameters, "maxResults": _PAGE},
        cursor_member="nextToken",
        next_token=lambda page: page.next_token,
    )
    try:
        async for page in pages:
            found.update(dict.fromkeys(items(page.data)))
    except CallFailed as failed:
        return list(found), failed.why
    return list(found), None
