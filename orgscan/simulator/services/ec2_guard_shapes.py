"""EC2's response structures for routes, groups, ACLs and blocks, by the elements of its XML."""

from __future__ import annotations

from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.network import (
    OFF,
    AclEntry,
    NetworkAcl,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
)

_TARGETS = {
    "nat": "natGatewayId",
    "eigw": "egressOnlyInternetGatewayId",
    "tgw": "transitGatewayId",
    "pcx": "vpcPeeringConnectionId",
    "eni": "networkInterfaceId",
}
"""The member for a target, by the beginning of its id; all others are a `gatewayId`."""


def route_table(shown: RouteTable) -> dict[str, Tree]:
    """`DescribeRouteTables`; an association without a subnet is the main one."""
    subnets: tuple[str | None, ...] = (None,) if shown.main else shown.subnets
    associations: list[Tree] = [
        {
            "routeTableAssociationId": f"{shown.id.replace('rtb-', 'rtbassoc-')}{at}",
            "routeTableId": shown.id,
            "subnetId": subnet,
            "main": shown.main,
            "associationState": {"state": "associated"},
        }
        for at, subnet in enumerate(subnets)
    ]
    return {
        "routeTableId": shown.id,
        "vpcId": shown.vpc_id,
        "ownerId": shown.owner,
        "routeSet": [_route(route) for route in shown.routes],
        "associationSet": associations,
        "propagatingVgwSet": [],
        "tagSet": [],
    }


def _route(shown: Route) -> dict[str, Tree]:
    destination = "destinationCidrBlock"
    if shown.destination.startswith("pl-"):
        destination = "destinationPrefixListId"
    elif ":" in shown.destination:
        destination = "destinationIpv6CidrBlock"
    return {
        destination: shown.destination,
        _TARGETS.get(shown.target.partition("-")[0], "gatewayId"): shown.target,
        "state": "blackhole" if shown.blackhole else "active",
        "origin": "CreateRouteTable" if shown.target == "local" else "CreateRoute",
    }


def security_group(shown: SecurityGroup) -> dict[str, Tree]:
    """`DescribeSecurityGroups`."""
    outbound: Tree = {
        "ipProtocol": "-1",
        "groups": [],
        "ipRanges": [{"cidrIp": "0.0.0.0/0"}],
        "ipv6Ranges": [],
        "prefixListIds": [],
    }
    return {
        "ownerId": shown.owner,
        "groupId": shown.id,
        "groupName": shown.name,
        "groupDescription": f"{shown.name} group",
        "vpcId": shown.vpc_id,
        "ipPermissions": [_permission(rule) for rule in shown.rules],
        "ipPermissionsEgress": [outbound],
        "tagSet": [],
    }


def _permission(rule: Rule) -> dict[str, Tree]:
    first, last = rule.ports or (None, None)
    return {
        "ipProtocol": rule.protocol,
        "fromPort": first,
        "toPort": last,
        "groups": [{"groupId": group, "userId": owner} for group, owner in rule.groups],
        "ipRanges": [
            {"cidrIp": source, "description": "</script> anyone"}
            for source in rule.sources
            if ":" not in source
        ],
        "ipv6Ranges": [{"cidrIpv6": source} for source in rule.sources if ":" in source],
        "prefixListIds": [{"prefixListId": each} for each in rule.prefix_lists],
    }


def network_acl(shown: NetworkAcl) -> dict[str, Tree]:
    """`DescribeNetworkAcls`."""
    return {
        "networkAclId": shown.id,
        "vpcId": shown.vpc_id,
        "ownerId": shown.owner,
        "default": shown.default,
        "associationSet": [
            {
                "networkAclAssociationId": f"{shown.id.replace('acl-', 'aclassoc-')}{at}",
                "networkAclId": shown.id,
                "subnetId": subnet,
            }
            for at, subnet in enumerate(shown.subnets)
        ],
        "entrySet": [_acl_entry(entry) for entry in shown.entries],
        "tagSet": [],
    }


def _acl_entry(entry: AclEntry) -> dict[str, Tree]:
    ports: Tree = None
    if entry.ports:
        ports = {"from": entry.ports[0], "to": entry.ports[1]}
    return {
        "ruleNumber": entry.number,
        "protocol": entry.protocol,
        "ruleAction": "allow" if entry.allow else "deny",
        "egress": entry.egress,
        "ipv6CidrBlock" if ":" in entry.cidr else "cidrBlock": entry.cidr,
        "portRange": ports,
    }


def block_options(account: str, region: str, mode: str) -> dict[str, Tree]:
    """`DescribeVpcBlockPublicAccessOptions`."""
    touched = mode != OFF
    return {
        "awsAccountId": account,
        "awsRegion": region,
        "state": "update-complete" if touched else "default-state",
        "internetGatewayBlockMode": mode,
        "lastUpdateTimestamp": "2025-06-01T08:00:00.000Z" if touched else None,
        "managedBy": "account",
        "exclusionsAllowed": "allowed",
    }
