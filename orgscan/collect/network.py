"""The network around public addresses: what decides whether the internet reaches them.

Four reads for a whole region, each by a filter rather than by ids: one id that is gone would fail
the whole call. A subnet says by itself what VPC Block Public Access does to it. What is refused
is noted by its part, and costs no other part.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Protocol, TypeVar

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation
from orgscan.aws.session import RegionSession
from orgscan.collect.network_facts import network_acl, route_table, security_group, subnet
from orgscan.collect.network_operations import (
    DESCRIBE_NETWORK_ACLS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_SUBNETS,
)
from orgscan.model.observation import Network, NetworkInterface, NetworkPart
from orgscan.model.outcome import NotCollected

_VALUES = 200  # EC2 takes no more in one filter


class _Page(Protocol):
    @property
    def next_token(self) -> str | None: ...


_P = TypeVar("_P", bound=_Page)


async def collect_network(
    session: RegionSession, interfaces: tuple[NetworkInterface, ...]
) -> Network:
    """Subnets, route tables, security groups and network ACLs of the interfaces.

    Args:
        session: the account-region.
        interfaces: none costs no call.
    """
    of_subnets = {interface.subnet_id for interface in interfaces}
    of_vpcs = {interface.vpc_id for interface in interfaces}
    of_groups = {group for interface in interfaces for group in interface.security_groups}
    reader = _Reader(session)
    subnets = await reader.read(
        NetworkPart.SUBNETS, DESCRIBE_SUBNETS, "subnet-id", of_subnets, most=1000
    )
    # Every table of the VPC: a subnet without one of its own follows the main one.
    tables = await reader.read(
        NetworkPart.ROUTE_TABLES, DESCRIBE_ROUTE_TABLES, "vpc-id", of_vpcs, most=100
    )
    groups = await reader.read(
        NetworkPart.SECURITY_GROUPS, DESCRIBE_SECURITY_GROUPS, "group-id", of_groups, most=1000
    )
    acls = await reader.read(
        NetworkPart.NETWORK_ACLS,
        DESCRIBE_NETWORK_ACLS,
        "association.subnet-id",
        of_subnets,
        most=1000,
    )
    return Network(
        subnets=tuple(subnet(shape) for page in subnets for shape in page.subnets),
        route_tables=tuple(route_table(shape) for page in tables for shape in page.route_tables),
        security_groups=tuple(
            security_group(shape) for page in groups for shape in page.security_groups
        ),
        network_acls=tuple(network_acl(shape) for page in acls for shape in page.network_acls),
        refused=reader.refused,
        evidence=tuple(reader.evidence),
    )


class _Reader:
    """Reads lists by one filter, and notes what it was refused."""

    def __init__(self, session: RegionSession) -> None:
        self.refused: dict[NetworkPart, NotCollected] = {}
        self.evidence: list[str] = []
        self._session = session

    async def read(
        self,
        part: NetworkPart,
        operation: Operation[_P],
        filter_name: str,
        values: Iterable[str],
        *,
        most: int,
    ) -> list[_P]:
        """Every page of what matches any of the values.

        A list that breaks off gives nothing: half of the route tables say something false of the
        subnets that the other half is about.
        """
        pages: list[_P] = []
        remaining = iter(sorted(filter(None, values)))
        try:
            while batch := list(islice(remaining, _VALUES)):
                wish = {"Name": filter_name, "Values": batch}
                async for page in self._session.pages(
                    operation,
                    {"Filters": [wish], "MaxResults": most},
                    cursor_member="NextToken",
                    next_token=lambda page: page.next_token,
                ):
                    pages.append(page.data)
                    self.evidence.append(page.digest)
        except CallFailed as failed:
            self.refused[part] = failed.why
            return []
        return pages
