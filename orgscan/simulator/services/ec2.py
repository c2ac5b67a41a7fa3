"""Amazon EC2: regions, and the networks that ECS runs in."""

from __future__ import annotations

from orgscan.simulator.services import ec2_guards, ec2_interfaces
from orgscan.simulator.services import ec2_shapes as shapes
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
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.network import Subnet, Vpc


class _Regions(Describe, rename="pascal"):
    region_name: tuple[str, ...] = ()
    all_regions: bool = False


class _Vpcs(Describe, rename="pascal"):
    vpc_id: tuple[str, ...] = ()


class _Subnets(Describe, rename="pascal"):
    subnet_id: tuple[str, ...] = ()


class _NatGateways(Describe, rename="pascal"):
    nat_gateway_id: tuple[str, ...] = ()


class _VpcEndpoints(Describe, rename="pascal"):
    vpc_endpoint_id: tuple[str, ...] = ()


_VPC: Values[Vpc] = {
    "vpc-id": lambda vpc: (vpc.id,),
    "owner-id": lambda vpc: (vpc.owner,),
    "is-default": lambda vpc: boolean(vpc.default),
    "isDefault": lambda vpc: boolean(vpc.default),
    "cidr": lambda vpc: (vpc.cidr,),
    "state": lambda _: ("available",),
}
_SUBNET: Values[Subnet] = {
    "subnet-id": lambda subnet: (subnet.id,),
    "vpc-id": lambda subnet: (subnet.vpc_id,),
    "availability-zone": lambda subnet: (subnet.zone,),
    "owner-id": lambda subnet: (subnet.owner,),
    "default-for-az": lambda subnet: boolean(subnet.default),
    "map-public-ip-on-launch": lambda subnet: boolean(subnet.default),
    "state": lambda _: ("available",),
}
_NAT_GATEWAY: Values[Vpc] = {
    "nat-gateway-id": lambda vpc: (vpc.nat_gateway or "",),
    "vpc-id": lambda vpc: (vpc.id,),
    "subnet-id": lambda vpc: () if shapes.is_regional(vpc) else (vpc.subnets[0].id,),
    "state": lambda _: ("available",),
}
_ENDPOINT: Values[shapes.Endpoint] = {
    "vpc-endpoint-id": lambda endpoint: (endpoint.id,),
    "vpc-id": lambda endpoint: (endpoint.vpc.id,),
    "service-name": lambda endpoint: (endpoint.service,),
    "vpc-endpoint-type": lambda endpoint: (endpoint.type,),
    "vpc-endpoint-state": lambda _: ("available",),
}


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
    """A default one and one for workloads, wherever there is ECS, and sometimes a shared one."""
    kind = Kind("VpcId", "InvalidVpcID.NotFound")
    found, token = select(
        call, networks(call), request.vpc_id, request, kind, _VPC, lambda vpc: vpc.id
    )
    return answer("vpcSet", [shapes.vpc(vpc) for vpc in found], token)


def describe_subnets(call: Call, request: _Subnets) -> Tree:
    """Of the default VPC, the one for workloads, and one that another account shares."""
    kind = Kind("SubnetId", "InvalidSubnetID.NotFound")
    subnets = (subnet for vpc in networks(call) for subnet in vpc.subnets)
    found, token = select(
        call, subnets, request.subnet_id, request, kind, _SUBNET, lambda subnet: subnet.id
    )
    entries = [shapes.subnet(call.scenario.partition, each) for each in found]
    return answer("subnetSet", entries, token)


def describe_nat_gateways(call: Call, request: _NatGateways) -> Tree:
    """In four of five VPCs for workloads."""
    kind = Kind("NatGatewayId", "NatGatewayNotFound")
    vpcs = (vpc for vpc in networks(call) if vpc.nat_gateway)
    found, token = select(
        call, vpcs, request.nat_gateway_id, request, kind, _NAT_GATEWAY,
        lambda vpc: vpc.nat_gateway or "",
    )  # fmt: skip
    return answer("natGatewaySet", [shapes.nat_gateway(vpc) for vpc in found], token)


def describe_vpc_endpoints(call: Call, request: _VpcEndpoints) -> Tree:
    """S3 everywhere; ECR and logs where there is no NAT."""
    kind = Kind("VpcEndpointId", "InvalidVpcEndpointId.NotFound")
    endpoints = (each for vpc in networks(call) for each in shapes.endpoints(call.region, vpc))
    found, token = select(
        call, endpoints, request.vpc_endpoint_id, request, kind, _ENDPOINT, lambda each: each.id
    )
    entries = [shapes.vpc_endpoint(call.account, each) for each in found]
    return answer("vpcEndpointSet", entries, token)


OPERATIONS = (
    Operation("DescribeRegions", _Regions, describe_regions),
    Operation("DescribeVpcs", _Vpcs, describe_vpcs),
    Operation("DescribeSubnets", _Subnets, describe_subnets),
    Operation("DescribeNatGateways", _NatGateways, describe_nat_gateways),
    Operation("DescribeVpcEndpoints", _VpcEndpoints, describe_vpc_endpoints),
    *ec2_guards.OPERATIONS,
    *ec2_interfaces.OPERATIONS,
)
