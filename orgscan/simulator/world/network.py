"""The VPCs of one account-region: a default one, and one with private subnets behind a NAT."""

from __future__ import annotations

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.world.recipes import PUBLIC


class Subnet(msgspec.Struct, frozen=True):
    """One subnet; a public one has a route to an internet gateway."""

    id: str
    vpc_id: str
    zone: str
    cidr: str
    public: bool
    default: bool


class RouteTable(msgspec.Struct, frozen=True):
    """Subnets without an association of their own follow the VPC's main table.

    `gateway` is an `igw-` or `nat-` id; None leaves only the local route.
    """

    id: str
    vpc_id: str
    main: bool
    subnets: tuple[str, ...]
    gateway: str | None


class SecurityGroup(msgspec.Struct, frozen=True):
    """`open_ports` are open to 0.0.0.0/0."""

    id: str
    vpc_id: str
    name: str
    open_ports: tuple[int, ...]


class Vpc(msgspec.Struct, frozen=True):
    """One VPC and what is in it; `endpoints` maps an endpoint's id to its service's short name."""

    id: str
    cidr: str
    default: bool
    subnets: tuple[Subnet, ...]
    route_tables: tuple[RouteTable, ...]
    groups: tuple[SecurityGroup, ...]
    nat_gateway: str | None
    endpoints: dict[str, str]


class Network(msgspec.Struct, frozen=True):
    """Everything EC2 knows of the VPCs of an account-region that has ECS."""

    default: Vpc
    workloads: Vpc

    @property
    def vpcs(self) -> tuple[Vpc, Vpc]:
        """Both, the default one first."""
        return self.default, self.workloads

    def subnets(self, kind: str) -> tuple[Subnet, ...]:
        """The public or the private subnets that ECS runs in."""
        return tuple(s for s in self.workloads.subnets if s.public == (kind == PUBLIC))


class _Ids:
    """Ids of one account-region's network resources."""

    def __init__(self, chance: Chance, account: str, region: str) -> None:
        self._chance = chance
        self._place = (account, region)

    def __call__(self, prefix: str, *parts: str | int) -> str:
        return f"{prefix}-0{self._chance.hex(16, prefix, *self._place, *parts)}"


def build_network(chance: Chance, account: str, region: str) -> Network:
    """The default VPC (public subnets only), and the one for workloads (four in five with NAT)."""
    ids = _Ids(chance, account, region)
    second = chance.below(200, "vpc", account, region) + 1
    return Network(_default_vpc(ids, region), _workload_vpc(ids, region, second))


def _default_vpc(ids: _Ids, region: str) -> Vpc:
    vpc_id = ids("vpc", "default")
    subnets = tuple(
        Subnet(
            ids("subnet", "default", zone), vpc_id, region + zone, f"172.31.{at * 16}.0/20",
            public=True, default=True,
        )
        for at, zone in enumerate("abc")
    )  # fmt: skip
    table = RouteTable(ids("rtb", "default"), vpc_id, True, (), ids("igw", "default"))
    group = SecurityGroup(ids("sg", "default"), vpc_id, "default", ())
    return Vpc(vpc_id, "172.31.0.0/16", True, subnets, (table,), (group,), None, {})


def _workload_vpc(ids: _Ids, region: str, second: int) -> Vpc:
    vpc_id = ids("vpc", "workloads")
    subnets = tuple(
        Subnet(
            ids("subnet", kind, zone), vpc_id, region + zone, f"10.{second}.{third + at}.0/24",
            public=kind == PUBLIC, default=False,
        )
        for kind, third in ((PUBLIC, 0), ("private", 100))
        for at, zone in enumerate("ab")
    )  # fmt: skip
    has_nat = second % 5 != 0
    nat = ids("nat", "workloads") if has_nat else None
    public = tuple(subnet.id for subnet in subnets if subnet.public)
    services = ("s3",) if has_nat else ("s3", "ecr.api", "ecr.dkr", "logs")
    return Vpc(
        id=vpc_id,
        cidr=f"10.{second}.0.0/16",
        default=False,
        subnets=subnets,
        route_tables=(
            RouteTable(ids("rtb", "main"), vpc_id, True, (), nat),
            RouteTable(ids("rtb", PUBLIC), vpc_id, False, public, ids("igw", "workloads")),
        ),
        groups=(
            SecurityGroup(ids("sg", "default of workloads"), vpc_id, "default", ()),
            SecurityGroup(ids("sg", "web"), vpc_id, "web", (80, 443)),
            SecurityGroup(ids("sg", "internal"), vpc_id, "internal", ()),
        ),
        nat_gateway=nat,
        endpoints={ids("vpce", name): name for name in services},
    )
