"""The parts of a VPC that decide who can reach a task; `networks` builds them."""

from __future__ import annotations

import msgspec

from orgscan.simulator.world.recipes import DEFAULT, PUBLIC, SHARED

# None of these can hold itself, so the garbage collector need not look at them: gc=False.

OFF = "off"
"""VPC Block Public Access blocks nothing; otherwise `block-bidirectional` or `block-ingress`."""


class Subnet(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One subnet.

    Attributes:
        kind: what it is like, one of the kinds in `recipes`.
        owner: the account that owns it, which for a shared one is not the account that uses it.
        ipv6_cidr: None in a subnet without IPv6.
        block_mode: what VPC Block Public Access does here.
    """

    id: str
    vpc_id: str
    zone: str
    cidr: str
    kind: str
    owner: str
    ipv6_cidr: str | None = None
    block_mode: str = OFF
    default: bool = False


class Route(msgspec.Struct, frozen=True, gc=False):
    """One route; its destination is a range or a prefix list, its target an id or `local`."""

    destination: str
    target: str
    blackhole: bool = False


class RouteTable(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Subnets without an association of their own follow the VPC's main table."""

    id: str
    vpc_id: str
    owner: str
    main: bool
    subnets: tuple[str, ...]
    routes: tuple[Route, ...]


class Rule(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One inbound permission of a security group.

    Attributes:
        protocol: `tcp`, `udp`, `icmp`, `icmpv6` or `-1` for all.
        ports: first and last; None for all protocols; type and code (-1 for any) for icmp.
        sources: IPv4 and IPv6 ranges.
        groups: id and owner of the groups whose members may come in.
    """

    protocol: str = "tcp"
    ports: tuple[int, int] | None = None
    sources: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()


class SecurityGroup(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One security group; outbound, everything is allowed."""

    id: str
    vpc_id: str
    owner: str
    name: str
    rules: tuple[Rule, ...]


class AclEntry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry of a network ACL: the lowest number that matches decides.

    Attributes:
        protocol: a number as text: `6` is TCP, `17` UDP, `1` ICMP, `58` ICMPv6, `-1` all.
        ports: first and last; None for all.
    """

    number: int
    egress: bool
    allow: bool
    cidr: str
    protocol: str = "-1"
    ports: tuple[int, int] | None = None


class NetworkAcl(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One network ACL; what no entry matches is denied."""

    id: str
    vpc_id: str
    owner: str
    default: bool
    subnets: tuple[str, ...]
    entries: tuple[AclEntry, ...]


class Vpc(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One VPC and what is in it; `endpoints` maps an endpoint's id to its service's short name."""

    id: str
    owner: str
    name: str
    cidr: str
    ipv6_cidr: str | None = None
    default: bool = False
    subnets: tuple[Subnet, ...]
    route_tables: tuple[RouteTable, ...]
    groups: tuple[SecurityGroup, ...]
    acls: tuple[NetworkAcl, ...]
    nat_gateway: str | None = None
    endpoints: dict[str, str] = {}

    @property
    def block_mode(self) -> str:
        """What VPC Block Public Access does to the VPC as a whole; subnets may be exempt."""
        modes = {subnet.block_mode for subnet in self.subnets} - {OFF}
        return min(modes, default=OFF)


class Network(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything EC2 knows of the VPCs of an account-region that has ECS.

    Attributes:
        shared: another account's VPC that this one may use, or its own that it shares.
        block_mode: the account's option of VPC Block Public Access here.
    """

    default: Vpc
    workloads: Vpc
    shared: Vpc | None = None
    block_mode: str = OFF

    @property
    def vpcs(self) -> tuple[Vpc, ...]:
        """All of them, the default one first."""
        own = (self.default, self.workloads)
        return (*own, self.shared) if self.shared else own

    def subnets(self, kind: str) -> tuple[Subnet, ...]:
        """The subnets of a kind; public ones where nothing is shared with this account."""
        if kind == DEFAULT:
            return self.default.subnets
        if kind == SHARED:
            return self.shared.subnets if self.shared else self.subnets(PUBLIC)
        return tuple(subnet for subnet in self.workloads.subnets if subnet.kind == kind)

    def vpc(self, vpc_id: str) -> Vpc:
        """The VPC of that id."""
        return next(vpc for vpc in self.vpcs if vpc.id == vpc_id)

    def group(self, vpc_id: str, name: str) -> SecurityGroup:
        """A VPC's group of that name; the first VPCs' `web` where it has none of it."""
        groups = {group.name: group for group in self.vpc(vpc_id).groups}
        return groups.get(name) or groups["web"]
