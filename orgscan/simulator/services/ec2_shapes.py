"""EC2's response structures, by the element names of its XML."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator

import msgspec

from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.network import RouteTable, SecurityGroup, Subnet, Vpc
from orgscan.simulator.world.organization import EPOCH
from orgscan.simulator.world.tasks import Task
from orgscan.simulator.world.workload import Rollout


class Endpoint(msgspec.Struct, frozen=True):
    """One VPC endpoint; `service` is its whole name."""

    id: str
    vpc: Vpc
    service: str

    @property
    def type(self) -> str:
        """S3's is a gateway, the others are interfaces."""
        return "Gateway" if self.service.endswith(".s3") else "Interface"


class Interface(msgspec.Struct, frozen=True):
    """The network interface of one running task."""

    partition: str
    account: str
    region: str
    rollout: Rollout
    task: Task
    subnet: Subnet

    @property
    def description(self) -> str:
        """Holds the id of the task's attachment, which is how the two are joined."""
        place = f"arn:{self.partition}:ecs:{self.region}:{self.account}"
        return f"{place}:attachment/{self.task.attachment}"


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


def vpc(owner: str, shown: Vpc) -> dict[str, Tree]:
    """`DescribeVpcs`."""
    return {
        "vpcId": shown.id,
        "ownerId": owner,
        "state": "available",
        "cidrBlock": shown.cidr,
        "cidrBlockAssociationSet": [
            {
                "cidrBlock": shown.cidr,
                "associationId": shown.id.replace("vpc-", "vpc-cidr-assoc-"),
                "cidrBlockState": {"state": "associated"},
            }
        ],
        "instanceTenancy": "default",
        "isDefault": shown.default,
        "blockPublicAccessStates": {"internetGatewayBlockMode": "off"},
        "tagSet": _name("default" if shown.default else "workloads"),
    }


def subnet(partition: str, owner: str, shown: Subnet) -> dict[str, Tree]:
    """`DescribeSubnets`. Only the default VPC gives instances public addresses by itself."""
    kind = "public" if shown.public else "private"
    place = f"arn:{partition}:ec2:{shown.zone[:-1]}:{owner}"
    return {
        "subnetId": shown.id,
        "subnetArn": f"{place}:subnet/{shown.id}",
        "state": "available",
        "vpcId": shown.vpc_id,
        "ownerId": owner,
        "cidrBlock": shown.cidr,
        "availableIpAddressCount": ipaddress.ip_network(shown.cidr).num_addresses - 20,
        "availabilityZone": shown.zone,
        "defaultForAz": shown.default,
        "mapPublicIpOnLaunch": shown.default,
        "assignIpv6AddressOnCreation": False,
        "ipv6Native": False,
        "ipv6CidrBlockAssociationSet": [],
        "blockPublicAccessStates": {"internetGatewayBlockMode": "off"},
        "tagSet": _name(f"{kind}-{shown.zone[-1]}"),
    }


def route_table(owner: str, shown: RouteTable, cidr: str) -> dict[str, Tree]:
    """`DescribeRouteTables`."""

    def association(suffix: str, subnet_id: str | None) -> Tree:
        return {
            "routeTableAssociationId": f"{shown.id.replace('rtb-', 'rtbassoc-')}{suffix}",
            "routeTableId": shown.id,
            "subnetId": subnet_id,
            "main": subnet_id is None,
            "associationState": {"state": "associated"},
        }

    associations = [association(str(at), each) for at, each in enumerate(shown.subnets)]
    routes: list[Tree] = [
        {
            "destinationCidrBlock": cidr,
            "gatewayId": "local",
            "state": "active",
            "origin": "CreateRouteTable",
        }
    ]
    if shown.gateway:
        member = "natGatewayId" if shown.gateway.startswith("nat-") else "gatewayId"
        routes.append(
            {
                "destinationCidrBlock": "0.0.0.0/0",
                member: shown.gateway,
                "state": "active",
                "origin": "CreateRoute",
            }
        )
    return {
        "routeTableId": shown.id,
        "vpcId": shown.vpc_id,
        "ownerId": owner,
        "routeSet": routes,
        "associationSet": [association("m", None)] if shown.main else associations,
        "propagatingVgwSet": [],
        "tagSet": [],
    }


def nat_gateway(shown: Vpc) -> dict[str, Tree]:
    """`DescribeNatGateways`; it stands in the first public subnet."""
    home = shown.subnets[0]
    token = (shown.nat_gateway or "")[4:]
    return {
        "natGatewayId": shown.nat_gateway,
        "subnetId": home.id,
        "vpcId": shown.id,
        "state": "available",
        "createTime": _stamp(EPOCH),
        "connectivityType": "public",
        "availabilityMode": "zonal",
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
    private = [each.id for each in shown.vpc.subnets if not each.public]
    internal = shown.vpc.groups[-1]
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


def security_group(owner: str, shown: SecurityGroup) -> dict[str, Tree]:
    """`DescribeSecurityGroups`."""
    open_to_all: list[Tree] = [
        {
            "ipProtocol": "tcp",
            "fromPort": port,
            "toPort": port,
            "ipRanges": [{"cidrIp": "0.0.0.0/0", "description": "anyone"}],
            "groups": [],
            "ipv6Ranges": [],
            "prefixListIds": [],
        }
        for port in shown.open_ports
    ]
    itself: Tree = {
        "ipProtocol": "-1",
        "groups": [{"groupId": shown.id, "userId": owner}],
        "ipRanges": [],
        "ipv6Ranges": [],
        "prefixListIds": [],
    }
    return {
        "ownerId": owner,
        "groupId": shown.id,
        "groupName": shown.name,
        "groupDescription": f"{shown.name} group",
        "vpcId": shown.vpc_id,
        "ipPermissions": open_to_all or [itself],
        "ipPermissionsEgress": [
            {"ipProtocol": "-1", "groups": [], "ipRanges": [{"cidrIp": "0.0.0.0/0"}]}
        ],
        "tagSet": [],
    }


def network_interface(shown: Interface, group_names: dict[str, str]) -> dict[str, Tree]:
    """`DescribeNetworkInterfaces`, as it looks for a Fargate task: AWS's own account holds it."""
    task = shown.task
    association: Tree = None
    if task.public_ip:
        name = f"ec2-{task.public_ip.replace('.', '-')}.compute.amazonaws.com"
        association = {"publicIp": task.public_ip, "publicDnsName": name, "ipOwnerId": "amazon"}
    private_name = f"ip-{task.private_ip.replace('.', '-')}.ec2.internal"
    return {
        "networkInterfaceId": task.eni,
        "subnetId": shown.subnet.id,
        "vpcId": shown.subnet.vpc_id,
        "availabilityZone": shown.subnet.zone,
        "description": shown.description,
        "ownerId": shown.account,
        "requesterManaged": True,
        "status": "in-use",
        "macAddress": task.mac,
        "privateIpAddress": task.private_ip,
        "privateDnsName": private_name,
        "sourceDestCheck": True,
        "interfaceType": "interface",
        "groupSet": [
            {"groupId": group, "groupName": group_names.get(group, "")}
            for group in shown.rollout.groups
        ],
        "attachment": {
            "attachmentId": f"ela-attach-{task.eni[4:]}",
            "deviceIndex": 1,
            "status": "attached",
            "attachTime": _stamp(task.started - 30),
            "deleteOnTermination": False,
            "instanceOwnerId": "999988887777",
        },
        "association": association,
        "ipv6AddressesSet": [],
        "privateIpAddressesSet": [
            {
                "privateIpAddress": task.private_ip,
                "privateDnsName": private_name,
                "primary": True,
                "association": association,
            }
        ],
        "tagSet": [],
    }
