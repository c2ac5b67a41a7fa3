"""Amazon EC2: what stands between a task and the internet: routes, groups, ACLs, blocks."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services import ec2_guard_shapes as shapes
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.ec2_filters import (
    Describe,
    Kind,
    Values,
    answer,
    boolean,
    networks,
    select,
)
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.network import OFF, NetworkAcl, RouteTable, SecurityGroup


class _RouteTables(Describe, rename="pascal"):
    route_table_id: tuple[str, ...] = ()


class _SecurityGroups(Describe, rename="pascal"):
    group_id: tuple[str, ...] = ()


class _NetworkAcls(Describe, rename="pascal"):
    network_acl_id: tuple[str, ...] = ()


class _Nothing(msgspec.Struct):
    pass


_ROUTE_TABLE: Values[RouteTable] = {
    "route-table-id": lambda table: (table.id,),
    "vpc-id": lambda table: (table.vpc_id,),
    "owner-id": lambda table: (table.owner,),
    # A subnet that follows the main table without an association of its own is not found by it.
    "association.subnet-id": lambda table: table.subnets,
    "association.main": lambda table: boolean(table.main),
    "association.route-table-id": lambda table: (table.id,),
    "route.gateway-id": lambda table: _targets(table, ("igw-", "local")),
    "route.nat-gateway-id": lambda table: _targets(table, ("nat-",)),
    "route.transit-gateway-id": lambda table: _targets(table, ("tgw-",)),
    "route.destination-cidr-block": lambda table: _destinations(table, ipv6=False),
    "route.destination-ipv6-cidr-block": lambda table: _destinations(table, ipv6=True),
}
_GROUP: Values[SecurityGroup] = {
    "group-id": lambda group: (group.id,),
    "group-name": lambda group: (group.name,),
    "vpc-id": lambda group: (group.vpc_id,),
    "owner-id": lambda group: (group.owner,),
    "ip-permission.cidr": lambda group: [s for rule in group.rules for s in rule.sources],
}
_ACL: Values[NetworkAcl] = {
    "network-acl-id": lambda acl: (acl.id,),
    "vpc-id": lambda acl: (acl.vpc_id,),
    "default": lambda acl: boolean(acl.default),
    "owner-id": lambda acl: (acl.owner,),
    "association.subnet-id": lambda acl: acl.subnets,
    "association.network-acl-id": lambda acl: (acl.id,),
}


def _targets(table: RouteTable, prefixes: tuple[str, ...]) -> list[str]:
    return [route.target for route in table.routes if route.target.startswith(prefixes)]


def _destinations(table: RouteTable, *, ipv6: bool) -> list[str]:
    return [r.destination for r in table.routes if (":" in r.destination) == ipv6]


def describe_route_tables(call: Call, request: _RouteTables) -> Tree:
    """Private subnets have no association: they follow the main table, to the NAT if any."""
    kind = Kind("RouteTableId", "InvalidRouteTableID.NotFound", most=100)
    tables = (table for vpc in networks(call) for table in vpc.route_tables)
    found, token = select(
        call, tables, request.route_table_id, request, kind, _ROUTE_TABLE, lambda table: table.id
    )
    return answer("routeTableSet", [shapes.route_table(table) for table in found], token)


def describe_security_groups(call: Call, request: _SecurityGroups) -> Tree:
    """Some open to the world, some to somebody, some to nobody."""
    kind = Kind("GroupId", "InvalidGroup.NotFound")
    groups = (group for vpc in networks(call) for group in vpc.groups)
    found, token = select(
        call, groups, request.group_id, request, kind, _GROUP, lambda group: group.id
    )
    return answer("securityGroupInfo", [shapes.security_group(group) for group in found], token)


def describe_network_acls(call: Call, request: _NetworkAcls) -> Tree:
    """Each VPC's default one, and those of guarded subnets."""
    kind = Kind("NetworkAclId", "InvalidNetworkAclID.NotFound")
    acls = (acl for vpc in networks(call) for acl in vpc.acls)
    found, token = select(
        call, acls, request.network_acl_id, request, kind, _ACL, lambda acl: acl.id
    )
    return answer("networkAclSet", [shapes.network_acl(acl) for acl in found], token)


def describe_block_options(call: Call, _: _Nothing) -> Tree:
    """The account's option in the region; subnets may be exempt from it."""
    workload = call.world.workload(call.account, call.region)
    mode = workload.network.block_mode if workload else OFF
    return {"vpcBlockPublicAccessOptions": shapes.block_options(call.account, call.region, mode)}


OPERATIONS = (
    Operation("DescribeRouteTables", _RouteTables, describe_route_tables),
    Operation("DescribeSecurityGroups", _SecurityGroups, describe_security_groups),
    Operation("DescribeNetworkAcls", _NetworkAcls, describe_network_acls),
    Operation("DescribeVpcBlockPublicAccessOptions", _Nothing, describe_block_options),
)
