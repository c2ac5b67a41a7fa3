"""The reads of the pre-flight, with the members that are used.

Environment variables of a task definition may hold secrets, whatever one tells people: they are
not read into anything.
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.collect.network_interfaces import EC2_DESCRIBE

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
_TASK_DEFINITION = Bucket("ecs task definition read", burst=50, rate=20)


class BlockShape(msgspec.Struct, rename="pascal"):
    """`BlockPublicAccessStates`."""

    internet_gateway_block_mode: str | None = None


class Ipv6Shape(msgspec.Struct, rename="pascal"):
    """`SubnetIpv6CidrBlockAssociation`."""

    ipv6_cidr_block: str = ""


class SubnetShape(msgspec.Struct, rename="pascal"):
    """`Subnet`."""

    subnet_id: str = ""
    vpc_id: str = ""
    owner_id: str | None = None
    cidr_block: str | None = None
    available_ip_address_count: int | None = None
    ipv6_native: bool = False
    ipv6_cidr_block_association_set: list[Ipv6Shape] = []
    enable_dns64: bool = False
    state: str | None = None
    block_public_access_states: BlockShape | None = None


class SubnetsReply(msgspec.Struct, rename="pascal"):
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
    vpc_peering_connection_id: str | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None
    local_gateway_id: str | None = None
    carrier_gateway_id: str | None = None
    core_network_arn: str | None = None
    state: str | None = None


class AssociationShape(msgspec.Struct, rename="pascal"):
    """`RouteTableAssociation`; an implicit association names no subnet."""

    main: bool = False
    subnet_id: str | None = None


class RouteTableShape(msgspec.Struct, rename="pascal"):
    """`RouteTable`."""

    route_table_id: str = ""
    vpc_id: str = ""
    associations: list[AssociationShape] = []
    routes: list[RouteShape] = []


class RouteTablesReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeRouteTables."""

    route_tables: list[RouteTableShape] = []
    next_token: str | None = None


class NatGatewayShape(msgspec.Struct, rename="pascal"):
    """`NatGateway`."""

    nat_gateway_id: str = ""
    state: str | None = None
    connectivity_type: str | None = None
    subnet_id: str | None = None
    route_table_id: str | None = None


class NatGatewaysReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeNatGateways."""

    nat_gateways: list[NatGatewayShape] = []
    next_token: str | None = None


class EndpointGroupShape(msgspec.Struct, rename="pascal"):
    """`SecurityGroupIdentifier`."""

    group_id: str = ""


class EndpointShape(msgspec.Struct, rename="pascal"):
    """`VpcEndpoint`."""

    vpc_endpoint_id: str = ""
    vpc_endpoint_type: str = ""
    vpc_id: str = ""
    service_name: str = ""
    state: str | None = None
    policy_document: str | None = None
    private_dns_enabled: bool = False
    groups: list[EndpointGroupShape] = []
    route_table_ids: list[str] = []


class EndpointsReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeVpcEndpoints."""

    vpc_endpoints: list[EndpointShape] = []
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


class PairShape(msgspec.Struct, rename="pascal"):
    """`UserIdGroupPair`."""

    group_id: str | None = None


class PermissionShape(msgspec.Struct, rename="pascal"):
    """`IpPermission`."""

    ip_protocol: str = ""
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: list[IpRangeShape] = []
    ipv6_ranges: list[Ipv6RangeShape] = []
    prefix_list_ids: list[PrefixListShape] = []
    user_id_group_pairs: list[PairShape] = []


class GroupShape(msgspec.Struct, rename="pascal"):
    """`SecurityGroup`."""

    group_id: str = ""
    vpc_id: str = ""
    ip_permissions: list[PermissionShape] = []
    ip_permissions_egress: list[PermissionShape] = []


class GroupsReply(msgspec.Struct, rename="pascal"):
    """ec2:DescribeSecurityGroups."""

    security_groups: list[GroupShape] = []
    next_token: str | None = None


class SecretShape(msgspec.Struct, rename="camel"):
    """`Secret`."""

    value_from: str = ""


class LogShape(msgspec.Struct, rename="camel"):
    """`LogConfiguration`."""

    log_driver: str | None = None
    options: dict[str, str] = {}
    secret_options: list[SecretShape] = []


class RegistryShape(msgspec.Struct, rename="camel"):
    """`RepositoryCredentials`."""

    credentials_parameter: str = ""


class ContainerShape(msgspec.Struct, rename="camel"):
    """`ContainerDefinition`."""

    image: str = ""
    log_configuration: LogShape | None = None
    secrets: list[SecretShape] = []
    repository_credentials: RegistryShape | None = None
    environment_files: list[dict[str, str]] = []


class PlatformShape(msgspec.Struct, rename="camel"):
    """`RuntimePlatform`."""

    operating_system_family: str | None = None


class DefinitionShape(msgspec.Struct, rename="camel"):
    """`TaskDefinition`."""

    container_definitions: list[ContainerShape] = []
    runtime_platform: PlatformShape | None = None


class DefinitionReply(msgspec.Struct, rename="camel"):
    """ecs:DescribeTaskDefinition."""

    task_definition: DefinitionShape


DESCRIBE_SUBNETS = Operation(
    service="ec2", name="DescribeSubnets", reply=SubnetsReply, bucket=EC2_DESCRIBE
)
DESCRIBE_ROUTE_TABLES = Operation(
    service="ec2", name="DescribeRouteTables", reply=RouteTablesReply, bucket=EC2_DESCRIBE
)
DESCRIBE_NAT_GATEWAYS = Operation(
    service="ec2", name="DescribeNatGateways", reply=NatGatewaysReply, bucket=EC2_DESCRIBE
)
DESCRIBE_VPC_ENDPOINTS = Operation(
    service="ec2", name="DescribeVpcEndpoints", reply=EndpointsReply, bucket=EC2_DESCRIBE
)
DESCRIBE_SECURITY_GROUPS = Operation(
    service="ec2", name="DescribeSecurityGroups", reply=GroupsReply, bucket=EC2_DESCRIBE
)
DESCRIBE_TASK_DEFINITION = Operation(
    service="ecs",
    name="DescribeTaskDefinition",
    reply=DefinitionReply,
    bucket=_TASK_DEFINITION,
)
OPERATIONS = (
    DESCRIBE_SUBNETS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_NAT_GATEWAYS,
    DESCRIBE_VPC_ENDPOINTS,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_TASK_DEFINITION,
)
"""All of them; their names are the permissions that a pre-flight needs."""
