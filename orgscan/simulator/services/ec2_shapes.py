"""EC2's response structures, by the element names of its XML."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator

import msgspec

from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.network import Subnet, Vpc
from orgscan.simulator.world.organization import EPOCH
from orgscan.simulator.world.recipes import PRIVATE


class Endpoint(msgspec.Struct, frozen=True):
    """One VPC endpoint; `service` is its whole name."""

    id: str
    vpc: Vpc
    service: str

    @property
    def type(self) -> str:
        """S3's is a gateway, the others are interfaces."""
        return "Gateway" if self.service.endswith(".s3") else "Interface"


def endpoints(region: str, vpc: Vpc) -> Iterator[Endpoint]:
    """Those of one VPC."""
    for endpoint_id, name in vpc.endpoints.items():
        yield Endpoint(endpoint_id, vpc, f"com.amazonaws.{region}.{name}")


def _name(name: str) -> list[Tree]:
    return [{"key": "Name", "value": name}]


def _stamp(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def region(name: str, status: str) -> dict[str, Tree]:
    """`DescribeRegions`."""
    endpoint = f"ec2.{name}.amazonaws.com"
    return {"regionName": name, "regionEndpoint": endpoint, "optInStatus": status}


def vpc(shown: Vpc) -> dict[str, Tree]:
    """`DescribeVpcs`."""
    ipv6: list[Tree] = []
    if shown.ipv6_cidr:
        ipv6.append(
            {
                "associationId": shown.id.replace("vpc-", "vpc-cidr-assoc-6"),
                "ipv6CidrBlock": shown.ipv6_cidr,
                "ipv6CidrBlockState": {"state": "associated"},
                "ipv6Pool": "Amazon",
            }
        )
    return {
        "vpcId": shown.id,
        "ownerId": shown.owner,
        "state": "available",
        "cidrBlock": shown.cidr,
        "cidrBlockAssociationSet": [
            {
                "cidrBlock": shown.cidr,
                "associationId": shown.id.replace("vpc-", "vpc-cidr-assoc-"),
                "cidrBlockState": {"state": "associated"},
            }
        ],
        "ipv6CidrBlockAssociationSet": ipv6,
        "instanceTenancy": "default",
        "isDefault": shown.default,
        "blockPublicAccessStates": {"internetGatewayBlockMode": shown.block_mode},
        "tagSet": _name(shown.name),
    }


def subnet(partition: str, shown: Subnet) -> dict[str, Tree]:
    """`DescribeSubnets`. Only the default VPC gives instances public addresses by itself."""
    place = f"arn:{partition}:ec2:{shown.zone[:-1]}:{shown.owner}"
    ipv6: list[Tree] = []
    if shown.ipv6_cidr:
        ipv6.append(
            {
                "associationId": shown.id.replace("subnet-", "subnet-cidr-assoc-"),
                "ipv6CidrBlock": shown.ipv6_cidr,
                "ipv6CidrBlockState": {"state": "associated"},
                "ipv6AddressAttribute": "public",
                "ipSource": "amazon",
            }
        )
    return {
        "subnetId": shown.id,
        "subnetArn": f"{place}:subnet/{shown.id}",
        "state": "available",
        "vpcId": shown.vpc_id,
        "ownerId": shown.owner,
        "cidrBlock": shown.cidr,
        "availableIpAddressCount": ipaddress.ip_network(shown.cidr).num_addresses - 20,
        "availabilityZone": shown.zone,
        "defaultForAz": shown.default,
        "mapPublicIpOnLaunch": shown.default,
        "assignIpv6AddressOnCreation": shown.ipv6_cidr is not None,
        "ipv6Native": False,
        "ipv6CidrBlockAssociationSet": ipv6,
        "blockPublicAccessStates": {"internetGatewayBlockMode": shown.block_mode},
        "tagSet": _name(f"{shown.kind}-{shown.zone[-1]}"),
    }


def is_regional(shown: Vpc) -> bool:
    """Whether a VPC's NAT gateway is one for the whole region; about one in four is."""
    return (shown.nat_gateway or "").endswith(("0", "4", "8", "c"))


def nat_gateway(shown: Vpc) -> dict[str, Tree]:
    """`DescribeNatGateways`; a zonal one stands in the first public subnet.

    A regional one stands in no subnet, and AWS keeps its route table, which is not listed.
    """
    home = shown.subnets[0]
    token = (shown.nat_gateway or "")[4:]
    regional = is_regional(shown)
    return {
        "natGatewayId": shown.nat_gateway,
        "subnetId": None if regional else home.id,
        "routeTableId": f"rtb-{token}" if regional else None,
        "vpcId": shown.id,
        "state": "available",
        "createTime": _stamp(EPOCH),
        "connectivityType": "public",
        "availabilityMode": "regional" if regional else "zonal",
        "natGatewayAddressSet": [
            {
                "allocationId": f"eipalloc-{token}",
                "networkInterfaceId": f"eni-{token}",
                "privateIp": home.cidr.rsplit(".", 1)[0] + ".254",
                "publicIp": "198.19.255.254",
                "isPrimary": True,
                "status": "succeeded",
            }
        ],
        "tagSet": _name("workloads"),
    }


def vpc_endpoint(owner: str, shown: Endpoint) -> dict[str, Tree]:
    """`DescribeVpcEndpoints`."""
    gateway = shown.type == "Gateway"
    private = [each.id for each in shown.vpc.subnets if each.kind == PRIVATE]
    internal = next(group for group in shown.vpc.groups if group.name == "internal")
    return {
        "vpcEndpointId": shown.id,
        "vpcEndpointType": shown.type,
        "vpcId": shown.vpc.id,
        "serviceName": shown.service,
        "state": "available",
        "ownerId": owner,
        "privateDnsEnabled": not gateway,
        "requesterManaged": False,
        "routeTableIdSet": [table.id for table in shown.vpc.route_tables] if gateway else [],
        "subnetIdSet": [] if gateway else list(private),
        "groupSet": [] if gateway else [{"groupId": internal.id, "groupName": internal.name}],
        "networkInterfaceIdSet": [],
        "creationTimestamp": _stamp(EPOCH),
        "tagSet": [],
    }
