"""The reads of the network around public addresses, with the members that are used.

Names are botocore's; the most that each gives a page is the model's own. None of them is hot.
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.collect.network_interfaces import EC2_DESCRIBE


class BlockPublicAccessShape(msgspec.Struct, rename="pascal"):
    """`BlockPublicAccessStates`."""

    internet_gateway_block_mode: str | None = None


class SubnetShape(msgspec.Struct, rename="pascal"):
    """`Subnet`."""

    subnet_id: str = ""
    owner_id: str | None = None
    block_public_access_states: BlockPublicAccessShape | None = None


class DescribeSubnetsReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeSubnets."""

    subnets: list[SubnetShape] = []
    next_token: str | None = None


class RouteShape(msgspec.Struct, rename="pascal"):
    """`Route`; has one destination and at most one target."""

    destination_cidr_block: str | None = None
    destination_ipv6_cidr_block: str | None = None
    destination_prefix_list_id: str | None = None
    gateway_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    nat_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    carrier_gateway_id: str | None = None
    state: str | None = None


class RouteTableAssociationShape(msgspec.Struct, rename="pascal"):
    """`RouteTableAssociation`; an implicit association names no subnet."""

    main: bool = False
    subnet_id: str | None = None


class RouteTableShape(msgspec.Struct, rename="pascal"):
    """`RouteTable`."""

    route_table_id: str = ""
    vpc_id: str | None = None
    associations: list[RouteTableAssociationShape] = []
    routes: list[RouteShape] = []


class DescribeRouteTablesReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeRouteTables."""

    route_tables: list[RouteTableShape] = []
    next_token: str | None = None


class IpRangeShape(msgspec.Struct, rename="pascal"):
    """`IpRange`."""

    cidr_ip: str = ""


class Ipv6RangeShape(msgspec.Struct, rename="pascal"):
    """`Ipv6Range`."""

    cidr_ipv6: str = ""


class PrefixListShape(msgspec.Struct, rename="pascal"):
    """`PrefixListId`."""

    prefix_list_id: str = ""


class GroupPairShape(msgspec.Struct, rename="pascal"):
    """`UserIdGroupPair`; the group may be another account's."""

    group_id: str | None = None


class IpPermissionShape(msgspec.Struct, rename="pascal"):
    """`IpPermission`."""

    ip_protocol: str = ""
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: list[IpRangeShape] = []
    ipv6_ranges: list[Ipv6RangeShape] = []
    prefix_list_ids: list[PrefixListShape] = []
    user_id_group_pairs: list[GroupPairShape] = []


class SecurityGroupShape(msgspec.Struct, rename="pascal"):
    """`SecurityGroup`."""

    group_id: str = ""
    ip_permissions: list[IpPermissionShape] = []


class DescribeSecurityGroupsReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeSecurityGroups."""

    security_groups: list[SecurityGroupShape] = []
    next_token: str | None = None


class PortRangeShape(msgspec.Struct, rename="pascal"):
    """`PortRange`."""

    from_: int | None = msgspec.field(name="From", default=None)
    to: int | None = None


class AclEntryShape(msgspec.Struct, rename="pascal"):
    """`NetworkAclEntry`."""

    rule_number: int = 0
    egress: bool = False
    rule_action: str = ""
    protocol: str = ""
    cidr_block: str | None = None
    ipv6_cidr_block: str | None = None
    port_range: PortRangeShape | None = None


class AclAssociationShape(msgspec.Struct, rename="pascal"):
    """`NetworkAclAssociation`."""

    subnet_id: str | None = None


class NetworkAclShape(msgspec.Struct, rename="pascal"):
    """`NetworkAcl`."""

    network_acl_id: str = ""
    associations: list[AclAssociationShape] = []
    entries: list[AclEntryShape] = []


class DescribeNetworkAclsReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeNetworkAcls."""

    network_acls: list[NetworkAclShape] = []
    next_token: str | None = None


DESCRIBE_SUBNETS = Operation(
    service="ec2", name="DescribeSubnets", reply=DescribeSubnetsReply, bucket=EC2_DESCRIBE
)
DESCRIBE_ROUTE_TABLES = Operation(
    service="ec2", name="DescribeRouteTables", reply=DescribeRouteTablesReply, bucket=EC2_DESCRIBE
)
DESCRIBE_SECURITY_GROUPS = Operation(
    service="ec2",
    name="DescribeSecurityGroups",
    reply=DescribeSecurityGroupsReply,
    bucket=EC2_DESCRIBE,
)
DESCRIBE_NETWORK_ACLS = Operation(
    service="ec2", name="DescribeNetworkAcls", reply=DescribeNetworkAclsReply, bucket=EC2_DESCRIBE
)
