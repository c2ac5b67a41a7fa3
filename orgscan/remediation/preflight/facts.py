"""What is known of the network around the tasks, and of their task definition."""

from __future__ import annotations

import msgspec


class Subnet(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `Subnet`.

    Attributes:
        owner_id: another account's where the subnet is shared.
        free: `AvailableIpAddressCount`; None where AWS does not say (IPv6-only).
        ipv6_only: `Ipv6Native`.
        dns64: whether IPv4-only names get an address in 64:ff9b::/96.
        block_mode: of VPC Block Public Access.
    """

    id: str
    vpc_id: str
    owner_id: str | None = None
    cidr: str | None = None
    free: int | None = None
    ipv6_only: bool = False
    ipv6_cidrs: tuple[str, ...] = ()
    dns64: bool = False
    state: str | None = "available"
    block_mode: str | None = None


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One route; `destination` is a range or a prefix list's id, `target` an id or `local`."""

    destination: str
    target: str
    is_active: bool = True


class RouteTable(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `RouteTable`."""

    id: str
    vpc_id: str
    is_main: bool = False
    subnets: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()


class NatGateway(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `NatGateway`; a regional one has no subnet of its own, but a route table."""

    id: str
    state: str | None = "available"
    connectivity: str | None = "public"
    subnet_id: str | None = None
    route_table_id: str | None = None


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `VpcEndpoint`.

    Attributes:
        kind: `Gateway`, `Interface` or another.
        open_policy: whether its policy lets everybody do everything; None where none is shown.
    """

    id: str
    vpc_id: str
    service: str
    kind: str
    state: str | None = "available"
    private_dns: bool = False
    groups: tuple[str, ...] = ()
    route_tables: tuple[str, ...] = ()
    open_policy: bool | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One permission of a security group, in or out.

    Attributes:
        protocol: `tcp`, `6`, `-1` and so on, as EC2 has it.
        from_port, to_port: None for every port.
    """

    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    cidrs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()


class SecurityGroup(msgspec.Struct, frozen=True, kw_only=True):
    """EC2 `SecurityGroup`."""

    id: str
    vpc_id: str
    inbound: tuple[Rule, ...] = ()
    outbound: tuple[Rule, ...] = ()


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """Of ECS `ContainerDefinition`, what decides whom a task calls to start; never its environment.

    Attributes:
        log_region: `awslogs-region`; None for the task's own.
        secrets: `valueFrom` of each secret: of its own, of its logs, of its registry.
        environment_files: whether files of a bucket are read before it starts.
    """

    image: str
    log_driver: str | None = None
    log_region: str | None = None
    secrets: tuple[str, ...] = ()
    environment_files: bool = False


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """ECS `TaskDefinition`."""

    containers: tuple[Container, ...]
    operating_system: str | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read for one pre-flight.

    Attributes:
        refused: by API, why it could not be read; what it gives is empty then.
    """

    region: str
    subnets: tuple[Subnet, ...] = ()
    tables: tuple[RouteTable, ...] = ()
    nats: tuple[NatGateway, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()
    definition: Definition | None = None
    refused: dict[str, str] = {}
