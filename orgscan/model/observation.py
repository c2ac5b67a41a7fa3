"""What was seen of running ECS tasks and the network around them in one account-region.

Typed from `ec2:DescribeNetworkInterfaces`, `ecs:DescribeTasks` and four more reads of EC2. Only
what has a public IPv4 or a global IPv6 address is kept one by one; all else is a count.
"""

from __future__ import annotations

import enum

import msgspec

from orgscan.model.outcome import NotCollected


class NetworkInterface(msgspec.Struct, frozen=True, kw_only=True):
    """The interface of one ECS task that has an address which the internet routes.

    Attributes:
        attachment_id: of the task that holds it; the end of the interface's description.
        public_ips: public IPv4 addresses, carrier addresses (Wavelength) included.
        ipv6: global IPv6 addresses (2000::/3).
        deny_all_igw_traffic: whether AWS drops all that an internet gateway brings for it.
    """

    id: str
    attachment_id: str
    subnet_id: str
    vpc_id: str
    public_ips: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    deny_all_igw_traffic: bool = False
    evidence: tuple[str, ...] = ()


class RunningTask(msgspec.Struct, frozen=True, kw_only=True):
    """ECS `Task` that holds one of the interfaces.

    Attributes:
        attachment_ids: of its elastic network interfaces.
        group: `service:NAME` or `family:NAME`, unless whoever started it said otherwise.
        started_by: `ecs-svc/…` for a task set or deployment, else what its starter wrote.
        started_at: UTC, ISO 8601; None while it has not started.
        images: of its containers, each once.
    """

    arn: str
    cluster_arn: str
    attachment_ids: tuple[str, ...]
    group: str | None = None
    started_by: str | None = None
    status: str | None = None
    launch_type: str | None = None
    capacity_provider: str | None = None
    platform_version: str | None = None
    task_definition: str | None = None
    started_at: str | None = None
    images: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    evidence: tuple[str, ...] = ()


class Subnet(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `Subnet`.

    Attributes:
        owner_id: another account's where the subnet is shared.
        block_mode: of VPC Block Public Access: `off`, `block-bidirectional` or `block-ingress`;
            None where AWS says nothing of it.
    """

    id: str
    owner_id: str | None = None
    block_mode: str | None = None


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One route of a table.

    Attributes:
        destination: an IPv4 or IPv6 CIDR, or a prefix list's id.
        target: the gateway's id, `local`, or empty where it is none of EC2's gateways.
        is_active: false for a blackhole.
    """

    destination: str
    target: str
    is_active: bool = True


class RouteTable(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `RouteTable`; a subnet without an association of its own follows its VPC's main one."""

    id: str
    vpc_id: str
    is_main: bool
    subnets: tuple[str, ...]
    routes: tuple[Route, ...]


class InboundRule(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `IpPermission`: what a security group lets in.

    Attributes:
        protocol: `tcp`, `udp`, `icmp`, `icmpv6`, `all`, or an IANA number.
        from_port: None where the protocol has no ports, or all of them are meant.
        groups: other security groups, and groups of other accounts, that are let in.
    """

    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class SecurityGroup(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `SecurityGroup`, inbound rules only."""

    id: str
    inbound: tuple[InboundRule, ...] = ()


class AclEntry(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `NetworkAclEntry`; `cidr` is IPv4 or IPv6, `protocol` as in `InboundRule`.

    Attributes:
        allow: None where AWS says neither `allow` nor `deny`.
    """

    number: int
    egress: bool
    allow: bool | None
    protocol: str
    cidr: str
    from_port: int | None = None
    to_port: int | None = None


class NetworkAcl(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `NetworkAcl`; of the entries that match, the one with the lowest number decides."""

    id: str
    subnets: tuple[str, ...]
    entries: tuple[AclEntry, ...]


class NetworkPart(enum.StrEnum):
    """What is read of the network, each by a call of its own."""

    SUBNETS = "subnets"
    ROUTE_TABLES = "route tables"
    SECURITY_GROUPS = "security groups"
    NETWORK_ACLS = "network ACLs"


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """The network around the interfaces; a part that was refused is empty.

    Attributes:
        refused: why parts could not be read.
    """

    subnets: tuple[Subnet, ...] = ()
    route_tables: tuple[RouteTable, ...] = ()
    security_groups: tuple[SecurityGroup, ...] = ()
    network_acls: tuple[NetworkAcl, ...] = ()
    refused: dict[NetworkPart, NotCollected] = {}
    evidence: tuple[str, ...] = ()


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What runs in one account-region, as far as it has addresses that the internet routes.

    Attributes:
        interfaces: those with a public IPv4 or a global IPv6 address, of this account's tasks.
        counted: all interfaces of this account's ECS tasks, private ones included.
        tasks: the tasks that hold `interfaces`, as far as they were found.
        interfaces_unseen: why interfaces are not all known; None where they are.
        tasks_unseen: by cluster ARN, why not every task could be looked at, where an interface is
            left whose task was not found; empty where none is, or every task was looked at.
        evidence: digests of the pages that the interfaces were counted on.
    """

    interfaces: tuple[NetworkInterface, ...] = ()
    counted: int = 0
    tasks: tuple[RunningTask, ...] = ()
    network: Network = Network()
    interfaces_unseen: NotCollected | None = None
    tasks_unseen: dict[str, NotCollected] = {}
    evidence: tuple[str, ...] = ()
