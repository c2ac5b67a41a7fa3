"""Network interfaces of one account-region, as far as ECS tasks have to do with them.

Each awsvpc task has one, described by its attachment; a public IPv4 address is told here and
nowhere in ECS. Members have AWS's own names; what AWS may leave out has a default that says so.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket

# With a filter and a page size; without, AWS has a smaller bucket.
# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
_DESCRIBE = Bucket("ec2 describe", burst=100, rate=20)


class AssociationShape(msgspec.Struct, rename="camel"):
    """`NetworkInterfaceAssociation`; the owner of an address that is no Elastic IP is `amazon`."""

    public_ip: str | None = None
    ip_owner_id: str | None = None
    carrier_ip: str | None = None  # Wavelength
    customer_owned_ip: str | None = None  # Outposts


class PrivateIpAddressShape(msgspec.Struct, rename="camel"):
    """`NetworkInterfacePrivateIpAddress`."""

    association: AssociationShape | None = None


class Ipv6AddressShape(msgspec.Struct, rename="camel"):
    """`NetworkInterfaceIpv6Address`."""

    ipv6_address: str = ""


class GroupShape(msgspec.Struct, rename="camel"):
    """`GroupIdentifier`."""

    group_id: str = ""


class AttachmentShape(msgspec.Struct, rename="camel"):
    """`NetworkInterfaceAttachment`; Fargate's instances belong to an account of AWS."""

    instance_owner_id: str | None = None
    status: str | None = None


class TagShape(msgspec.Struct):
    """`Tag`."""

    key: str = ""
    value: str = ""


class OperatorShape(msgspec.Struct):
    """`OperatorResponse`: whether an AWS service manages the interface, and which one."""

    managed: bool | None = None
    principal: str | None = None


class NetworkInterfaceShape(msgspec.Struct, rename="camel"):
    """`NetworkInterface`.

    Attributes:
        description: `arn:aws:ecs:…:attachment/…` where it belongs to a task; the last part is the
            id of the task's attachment.
        owner_id: the account that runs the task, also in a shared subnet.
        deny_all_igw_traffic: true where no internet gateway passes its IPv6 traffic.
    """

    network_interface_id: str = ""
    description: str | None = None
    owner_id: str | None = None
    status: str | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None
    availability_zone: str | None = None
    interface_type: str | None = None
    private_ip_address: str | None = None
    association: AssociationShape | None = None
    private_ip_addresses: list[PrivateIpAddressShape] = msgspec.field(
        name="privateIpAddressesSet", default_factory=list
    )
    ipv6_addresses: list[Ipv6AddressShape] = msgspec.field(
        name="ipv6AddressesSet", default_factory=list
    )
    groups: list[GroupShape] = msgspec.field(name="groupSet", default_factory=list)
    attachment: AttachmentShape | None = None
    deny_all_igw_traffic: bool | None = None
    tag_set: list[TagShape] = []
    operator: OperatorShape | None = None


class DescribeNetworkInterfacesReply(msgspec.Struct, rename="camel"):
    """ec2:DescribeNetworkInterfaces."""

    network_interfaces: list[NetworkInterfaceShape] = msgspec.field(
        name="networkInterfaceSet", default_factory=list
    )
    next_token: str | None = None


DESCRIBE_NETWORK_INTERFACES = Operation(
    service="ec2",
    name="DescribeNetworkInterfaces",
    reply=DescribeNetworkInterfacesReply,
    bucket=_DESCRIBE,
    lean=True,
)
