"""From EC2's answers to facts of the network; what is left out stays left out."""

from __future__ import annotations

from orgscan.collect.network_operations import (
    AclEntryShape,
    IpPermissionShape,
    NetworkAclShape,
    RouteShape,
    RouteTableShape,
    SecurityGroupShape,
    SubnetShape,
)
from orgscan.model.observation import (
    AclEntry,
    InboundRule,
    NetworkAcl,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
)

# Network ACLs number protocols as IANA does, and so may security groups.
_PROTOCOLS = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}

_ACTIONS = {"allow": True, "deny": False}


def subnet(shape: SubnetShape) -> Subnet:
    """One subnet."""
    states = shape.block_public_access_states
    return Subnet(
        id=shape.subnet_id,
        owner_id=shape.owner_id,
        block_mode=states.internet_gateway_block_mode if states else None,
    )


def route_table(shape: RouteTableShape) -> RouteTable:
    """One route table."""
    return RouteTable(
        id=shape.route_table_id,
        vpc_id=shape.vpc_id or "",
        is_main=any(association.main for association in shape.associations),
        subnets=tuple(
            association.subnet_id for association in shape.associations if association.subnet_id
        ),
        routes=tuple(_route(route) for route in shape.routes),
    )


def _route(shape: RouteShape) -> Route:
    return Route(
        destination=(
            shape.destination_cidr_block
            or shape.destination_ipv6_cidr_block
            or shape.destination_prefix_list_id
            or ""
        ),
        target=(
            shape.gateway_id
            or shape.egress_only_internet_gateway_id
            or shape.nat_gateway_id
            or shape.transit_gateway_id
            or shape.carrier_gateway_id
            or ""
        ),
        # AWS names two states; any other word must not open a route that may not work.
        is_active=shape.state in {"active", None},
    )


def security_group(shape: SecurityGroupShape) -> SecurityGroup:
    """One security group with what it lets in."""
    return SecurityGroup(
        id=shape.group_id, inbound=tuple(_inbound(rule) for rule in shape.ip_permissions)
    )


def _inbound(shape: IpPermissionShape) -> InboundRule:
    protocol = _PROTOCOLS.get(shape.ip_protocol, shape.ip_protocol)
    with_ports = protocol in {"tcp", "udp"}
    return InboundRule(
        protocol=protocol,
        from_port=shape.from_port if with_ports else None,
        to_port=shape.to_port if with_ports else None,
        ipv4=tuple(held.cidr_ip for held in shape.ip_ranges),
        ipv6=tuple(held.cidr_ipv6 for held in shape.ipv6_ranges),
        prefix_lists=tuple(held.prefix_list_id for held in shape.prefix_list_ids),
        groups=tuple(held.group_id for held in shape.user_id_group_pairs if held.group_id),
    )


def network_acl(shape: NetworkAclShape) -> NetworkAcl:
    """One network ACL."""
    return NetworkAcl(
        id=shape.network_acl_id,
        subnets=tuple(held.subnet_id for held in shape.associations if held.subnet_id),
        entries=tuple(_entry(entry) for entry in shape.entries),
    )


def _entry(shape: AclEntryShape) -> AclEntry:
    return AclEntry(
        number=shape.rule_number,
        egress=shape.egress,
        allow=_ACTIONS.get(shape.rule_action),
        protocol=_PROTOCOLS.get(shape.protocol, shape.protocol),
        cidr=shape.cidr_block or shape.ipv6_cidr_block or "",
        from_port=shape.port_range.from_ if shape.port_range else None,
        to_port=shape.port_range.to if shape.port_range else None,
    )
