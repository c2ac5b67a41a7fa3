"""Reads what a pre-flight is judged by; what is refused is noted and costs nothing else."""

from __future__ import annotations

from typing import Protocol, TypeVar

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.session import RegionSession
from orgscan.remediation.preflight import shaped
from orgscan.remediation.preflight.facts import Definition, Seen
from orgscan.remediation.preflight.interface import PreflightRequest
from orgscan.remediation.preflight.operations import (
    DESCRIBE_NAT_GATEWAYS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_SUBNETS,
    DESCRIBE_TASK_DEFINITION,
    DESCRIBE_VPC_ENDPOINTS,
)


class _Page(Protocol):
    @property
    def next_token(self) -> str | None: ...


_P = TypeVar("_P", bound=_Page)


async def read(session: RegionSession, request: PreflightRequest) -> Seen:
    """Subnets, route tables, gateways, endpoints, groups and the task definition.

    Filters rather than ids: an id that is not there would fail the whole call, where its absence
    is what is to be told.
    """
    reader = _Reader(session)
    subnets = await reader.pages(DESCRIBE_SUBNETS, "subnet-id", request.subnets, most=1000)
    found = tuple(shaped.subnet(shape) for page in subnets for shape in page.subnets)
    vpcs = tuple(sorted({each.vpc_id for each in found}))
    tables = await reader.pages(DESCRIBE_ROUTE_TABLES, "vpc-id", vpcs, most=100)
    nats = await reader.pages(DESCRIBE_NAT_GATEWAYS, "vpc-id", vpcs, most=1000, member="Filter")
    endpoints = await reader.pages(DESCRIBE_VPC_ENDPOINTS, "vpc-id", vpcs, most=1000)
    held = tuple(shaped.endpoint(shape) for page in endpoints for shape in page.vpc_endpoints)
    wanted = {*request.security_groups, *(group for each in held for group in each.groups)}
    groups = await reader.pages(
        DESCRIBE_SECURITY_GROUPS, "group-id", tuple(sorted(wanted)), most=1000
    )
    return Seen(
        region=session.region,
        subnets=found,
        tables=tuple(shaped.route_table(shape) for page in tables for shape in page.route_tables),
        nats=tuple(shaped.nat_gateway(shape) for page in nats for shape in page.nat_gateways),
        endpoints=held,
        groups=tuple(
            shaped.security_group(shape) for page in groups for shape in page.security_groups
        ),
        definition=await reader.definition(request.task_definition),
        refused=reader.refused,
    )


class _Reader:
    def __init__(self, session: RegionSession) -> None:
        self.refused: dict[str, str] = {}
        self._session = session

    async def pages(
        self,
        operation: Operation[_P],
        filter_name: str,
        values: tuple[str, ...],
        *,
        most: int,
        member: str = "Filters",
    ) -> list[_P]:
        """Every page of what matches; none where it breaks off, and nothing asked of nothing."""
        found: list[_P] = []
        if not values:
            return found
        # EC2 takes 200 values in one filter; no service has as many subnets or groups.
        wish = {"Name": filter_name, "Values": list(values[:200])}
        parameters: Parameters = {member: [wish], "MaxResults": most}
        try:
            replies = self._session.pages(
                operation,
                parameters,
                cursor_member="NextToken",
                next_token=lambda page: page.next_token,
            )
            found.extend([reply.data async for reply in replies])
        except CallFailed as failed:
            self.refused[operation.api] = failed.why.reason
            return []
        return found

    async def definition(self, named: str) -> Definition | None:
        """The task definition, or None where it cannot be read."""
        try:
            answer = await self._session.call(DESCRIBE_TASK_DEFINITION, {"taskDefinition": named})
        except CallFailed as failed:
            self.refused[DESCRIBE_TASK_DEFINITION.api] = failed.why.reason
            return None
        return shaped.definition(answer.data.task_definition)
