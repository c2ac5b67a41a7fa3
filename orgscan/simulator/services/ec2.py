"""Amazon EC2: regions, the networks that ECS runs in, and its tasks' network interfaces."""

from __future__ import annotations

from orgscan.simulator.services import ec2_shapes as shapes
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.ec2_filters import (
    Describe,
    Kind,
    Values,
    answer,
    boolean,
    select,
)
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.network import RouteTable, SecurityGroup, Subnet, Vpc


class _Regions(Describe, rename="pascal"):
    region_name: tuple[str, ...] = ()
    all_regions: bool = False


class _Vpcs(Describe, rename="pascal"):
    vpc_id: tuple[str, ...] = ()


class _Subnets(Describe, rename="pascal"):
    subnet_id: tuple[str, ...] = ()


class _RouteTables(Describe, rename="pascal"):
    route_table_id: tuple[str, ...] = ()


class _NatGateways(Describe, rename="pascal"):
    nat_gateway_id: tuple[str, ...] = ()


class _VpcEndpoints(Describe, rename="pascal"):
    vpc_endpoint_id: tuple[str, ...] = ()


class _SecurityGroups(Describe, rename="pascal"):
    group_id: tuple[str, ...] = ()


class _NetworkInterfaces(Describe, rename="pascal"):
    network_interface_id: tuple[str, ...] = ()


_VPC: Values[Vpc] = {
    "vpc-id": lambda vpc: (vpc.id,),
    "is-default": lambda vpc: boolean(vpc.default),
    "isDefault": lambda vpc: boolean(vpc.default),
    "cidr": lambda vpc: (vpc.cidr,),
    "state": lambda _: ("available",),
}
_SUBNET: Values[Subnet] = {
    "subnet-id": lambda subnet: (subnet.id,),
    "vpc-id": lambda subnet: (subnet.vpc_id,),
    "availability-zone": lambda subnet: (subnet.zone,),
    "default-for-az": lambda subnet: boolean(subnet.default),
    "map-public-ip-on-launch": lambda subnet: boolean(subnet.default),
    "state": lambda _: ("available",),
}
_ROUTE_TABLE: Values[RouteTable] = {
    "route-table-id": lambda table: (table.id,),
    "vpc-id": lambda table: (table.vpc_id,),
    # A subnet that follows the main table without an association of its own is not found by it.
    "association.subnet-id": lambda table: table.subnets,
    "association.main": lambda table: boolean(table.main),
    "association.route-table-id": lambda table: (table.id,),
    "route.gateway-id": lambda table: _gateway(table, "igw-"),
    "route.nat-gateway-id": lambda table: _gateway(table, "nat-"),
}
_NAT_GATEWAY: Values[Vpc] = {
    "nat-gateway-id": lambda vpc: (vpc.nat_gateway or "",),
    "vpc-id": lambda vpc: (vpc.id,),
    "subnet-id": lambda vpc: (vpc.subnets[0].id,),
    "state": lambda _: ("available",),
}
_ENDPOINT: Values[shapes.Endpoint] = {
    "vpc-endpoint-id": lambda endpoint: (endpoint.id,),
    "vpc-id": lambda endpoint: (endpoint.vpc.id,),
    "service-name": lambda endpoint: (endpoint.service,),
    "vpc-endpoint-type": lambda endpoint: (endpoint.type,),
    "vpc-endpoint-state": lambda _: ("available",),
}
_GROUP: Values[SecurityGroup] = {
    "group-id": lambda group: (group.id,),
    "group-name": lambda group: (group.name,),
    "vpc-id": lambda group: (group.vpc_id,),
}
_INTERFACE: Values[shapes.Interface] = {
    "network-interface-id": lambda eni: (eni.task.eni,),
    "description": lambda eni: (eni.description,),
    "association.public-ip": lambda eni: (eni.task.public_ip,) if eni.task.public_ip else (),
    "association.ip-owner-id": lambda eni: ("amazon",) if eni.task.public_ip else (),
    "vpc-id": lambda eni: (eni.subnet.vpc_id,),
    "subnet-id": lambda eni: (eni.subnet.id,),
    "group-id": lambda eni: eni.rollout.groups,
    "owner-id": lambda eni: (eni.account,),
    "private-ip-address": lambda eni: (eni.task.private_ip,),
    "addresses.private-ip-address": lambda eni: (eni.task.private_ip,),
    "interface-type": lambda _: ("interface",),
    "ipv6-addresses.ipv6-address": lambda _: (),
    "status": lambda _: ("in-use",),
}


def _gateway(table: RouteTable, prefix: str) -> tuple[str, ...]:
    return (table.gateway,) if table.gateway and table.gateway.startswith(prefix) else ()


def _vpcs(call: Call) -> tuple[Vpc, ...]:
    workload = call.world.workload(call.account, call.region)
    return workload.network.vpcs if workload else ()


def describe_regions(call: Call, request: _Regions) -> Tree:
    """The enabled ones, or with AllRegions those that are not opted in too."""
    scenario = call.scenario
    statuses = dict.fromkeys(scenario.regions, "opt-in-not-required")
    if request.all_regions or request.region_name:
        statuses |= dict.fromkeys(scenario.disabled_regions, "not-opted-in")
    for wanted in request.region_name:
        if wanted not in statuses:
            raise Refusal("InvalidParameterValue", f"Invalid region name: {wanted}")
    entries: list[Tree] = [
        shapes.region(name, status)
        for name, status in sorted(statuses.items())
        if not request.region_name or name in request.region_name
        if all(_wanted_region(wish.name, wish.value, name, status) for wish in request.filter)
    ]
    return {"regionInfo": entries}


def _wanted_region(filter_name: str, values: tuple[str, ...], name: str, status: str) -> bool:
    held = {"region-name": name, "opt-in-status": status}.get(filter_name)
    if held is None:
        raise Refusal("InvalidParameterValue", f"The filter '{filter_name}' is invalid")
    return held in values


def describe_vpcs(call: Call, request: _Vpcs) -> Tree:
    """A default one and one for workloads, wherever there is ECS."""
    kind = Kind("VpcId", "InvalidVpcID.NotFound")
    found, token = select(
        call, _vpcs(call), request.vpc_id, request, kind, _VPC, lambda vpc: vpc.id
    )
    return answer("vpcSet", [shapes.vpc(call.account, vpc) for vpc in found], token)


def describe_subnets(call: Call, request: _Subnets) -> Tree:
    """Public ones in both VPCs, private ones only in the one for workloads."""
    kind = Kind("SubnetId", "InvalidSubnetID.NotFound")
    subnets = (subnet for vpc in _vpcs(call) for subnet in vpc.subnets)
    found, token = select(
        call, subnets, request.subnet_id, request, kind, _SUBNET, lambda subnet: subnet.id
    )
    entries = [shapes.subnet(call.scenario.partition, call.account, s) for s in found]
    return answer("subnetSet", entries, token)


def describe_route_tables(call: Call, request: _RouteTables) -> Tree:
    """Private subnets have no association: they follow the main table, to the NAT if any."""
    kind = Kind("RouteTableId", "InvalidRouteTableID.NotFound", most=100)
    tables = (table for vpc in _vpcs(call) for table in vpc.route_tables)
    found, token = select(
        call, tables, request.route_table_id, request, kind, _ROUTE_TABLE, lambda table: table.id
    )
    cidrs = {vpc.id: vpc.cidr for vpc in _vpcs(call)}
    entries = [shapes.route_table(call.account, table, cidrs[table.vpc_id]) for table in found]
    return answer("routeTableSet", entries, token)


def describe_nat_gateways(call: Call, request: _NatGateways) -> Tree:
    """In four of five VPCs for workloads."""
    kind = Kind("NatGatewayId", "NatGatewayNotFound")
    vpcs = (vpc for vpc in _vpcs(call) if vpc.nat_gateway)
    found, token = select(
        call, vpcs, request.nat_gateway_id, request, kind, _NAT_GATEWAY,
        lambda vpc: vpc.nat_gateway or "",
    )  # fmt: skip
    return answer("natGatewaySet", [shapes.nat_gateway(vpc) for vpc in found], token)


def describe_vpc_endpoints(call: Call, request: _VpcEndpoints) -> Tree:
    """S3 everywhere; ECR and logs where there is no NAT."""
    kind = Kind("VpcEndpointId", "InvalidVpcEndpointId.NotFound")
    endpoints = (each for vpc in _vpcs(call) for each in shapes.endpoints(call.region, vpc))
    found, token = select(
        call, endpoints, request.vpc_endpoint_id, request, kind, _ENDPOINT, lambda each: each.id
    )
    entries = [shapes.vpc_endpoint(call.account, each) for each in found]
    return answer("vpcEndpointSet", entries, token)


def describe_security_groups(call: Call, request: _SecurityGroups) -> Tree:
    """One group is open to the world, the others to themselves."""
    kind = Kind("GroupId", "InvalidGroup.NotFound")
    groups = (group for vpc in _vpcs(call) for group in vpc.groups)
    found, token = select(
        call, groups, request.group_id, request, kind, _GROUP, lambda group: group.id
    )
    entries = [shapes.security_group(call.account, group) for group in found]
    return answer("securityGroupInfo", entries, token)


def describe_network_interfaces(call: Call, request: _NetworkInterfaces) -> Tree:
    """Those of running tasks; a public one has an association that Amazon owns."""
    kind = Kind("NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound")
    workload = call.world.workload(call.account, call.region)
    interfaces = (
        shapes.Interface(call.scenario.partition, call.account, call.region, rollout, task, subnet)
        for _, rollout, task in (workload.tasks() if workload else ())
        if (subnet := task.subnet)
    )
    found, token = select(
        call, interfaces, request.network_interface_id, request, kind, _INTERFACE,
        lambda eni: eni.task.eni,
    )  # fmt: skip
    names = {group.id: group.name for vpc in _vpcs(call) for group in vpc.groups}
    entries = [shapes.network_interface(eni, names) for eni in found]
    return answer("networkInterfaceSet", entries, token)


OPERATIONS = (
    Operation("DescribeRegions", _Regions, describe_regions),
    Operation("DescribeVpcs", _Vpcs, describe_vpcs),
    Operation("DescribeSubnets", _Subnets, describe_subnets),
    Operation("DescribeRouteTables", _RouteTables, describe_route_tables),
    Operation("DescribeNatGateways", _NatGateways, describe_nat_gateways),
    Operation("DescribeVpcEndpoints", _VpcEndpoints, describe_vpc_endpoints),
    Operation("DescribeSecurityGroups", _SecurityGroups, describe_security_groups),
    Operation("DescribeNetworkInterfaces", _NetworkInterfaces, describe_network_interfaces),
)
