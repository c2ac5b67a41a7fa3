"""Network interfaces of one account-region, as far as ECS tasks have to do with them.

Each awsvpc task has one, described by its attachment; a public IPv4 address is told here and
nowhere in ECS. Members have AWS's own names; what AWS may leave out has a default that says so.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

import msgspec

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.pace import Bucket
from orgscan.aws.session import RegionSession
from orgscan.model.observation import NetworkInterface
from orgscan.model.outcome import NotCollected

# With a filter and a page size; without, AWS has a smaller bucket.
# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
EC2_DESCRIBE = Bucket("ec2 describe", burst=100, rate=20)


class AssociationShape(msgspec.Struct, rename="camel"):
    """`NetworkInterfaceAssociation`."""

    public_ip: str | None = None
    carrier_ip: str | None = None  # Wavelength


class PrivateIpAddressShape(msgspec.Struct, rename="camel"):
    """`NetworkInterfacePrivateIpAddress`."""

    association: AssociationShape | None = None


class Ipv6AddressShape(msgspec.Struct, rename="camel"):
    """`NetworkInterfaceIpv6Address`."""

    ipv6_address: str = ""


class GroupShape(msgspec.Struct, rename="camel"):
    """`GroupIdentifier`."""

    group_id: str = ""


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
    subnet_id: str | None = None
    vpc_id: str | None = None
    association: AssociationShape | None = None
    private_ip_addresses: list[PrivateIpAddressShape] = msgspec.field(
        name="privateIpAddressesSet", default_factory=list
    )
    ipv6_addresses: list[Ipv6AddressShape] = msgspec.field(
        name="ipv6AddressesSet", default_factory=list
    )
    groups: list[GroupShape] = msgspec.field(name="groupSet", default_factory=list)
    deny_all_igw_traffic: bool | None = None


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
    bucket=EC2_DESCRIBE,
    lean=True,
)

# One query for all ECS work of a region, whoever started it; EC2's filters take wildcards.
_OF_ECS_TASKS: Parameters = {
    "Filters": [{"Name": "description", "Values": ["arn:*:ecs:*:attachment/*"]}],
    "MaxResults": 1000,
}
# Anyone may describe an interface of their own: only the whole form is an attachment's ARN.
_ATTACHMENT = re.compile(r"arn:[\w-]+:ecs:[\w-]+:\d{12}:attachment/([\w-]+)")
# An endpoint that is older than the parameter refuses it.
_UNKNOWN_PARAMETER = frozenset({"UnknownParameter", "InvalidParameter", "UnsupportedOperation"})
# All that is routed on the internet lies in it; unique local addresses do not.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


class Interfaces(msgspec.Struct, frozen=True, kw_only=True):
    """The interfaces of an account's ECS tasks in one region.

    Attributes:
        addressed: those with a public IPv4 or a global IPv6 address, by id.
        counted: all of them.
        unseen: what cut the list short.
        evidence: digests of the pages.
    """

    addressed: tuple[NetworkInterface, ...]
    counted: int
    unseen: NotCollected | None
    evidence: tuple[str, ...]


async def collect_interfaces(session: RegionSession, account_id: str) -> Interfaces:
    """Every network interface of ECS tasks, those that other accounts run in shared subnets apart.

    Managed interfaces may be hidden unless they are asked for, so they are.

    Args:
        session: the account-region.
        account_id: whose tasks; the owner of a shared subnet is shown its participants' too.
    """
    found = await _collect(session, account_id, {**_OF_ECS_TASKS, "IncludeManagedResources": True})
    unseen = found.unseen
    if unseen is not None and not found.evidence and unseen.error_code in _UNKNOWN_PARAMETER:
        return await _collect(session, account_id, _OF_ECS_TASKS)
    return found


async def _collect(session: RegionSession, account_id: str, parameters: Parameters) -> Interfaces:
    addressed: dict[str, NetworkInterface] = {}
    seen: set[str] = set()
    evidence: list[str] = []
    unseen: NotCollected | None = None
    pages = session.pages(
        DESCRIBE_NETWORK_INTERFACES,
        parameters,
        cursor_member="NextToken",
        next_token=lambda page: page.next_token,
    )
    try:
        async for page in pages:
            evidence.append(page.digest)
            for shape in page.data.network_interfaces:
                attachment = _ATTACHMENT.fullmatch(shape.description or "")
                if attachment is None or shape.owner_id not in {None, account_id}:
                    continue
                seen.add(shape.network_interface_id)
                interface = _interface(shape, attachment[1], page.digest)
                if interface.public_ips or interface.ipv6:
                    addressed[interface.id] = interface
    except CallFailed as failed:
        unseen = failed.why
    return Interfaces(
        addressed=tuple(addressed[name] for name in sorted(addressed)),
        counted=len(seen),
        unseen=unseen,
        evidence=tuple(evidence),
    )


def _interface(shape: NetworkInterfaceShape, attachment_id: str, digest: str) -> NetworkInterface:
    addresses = (address.ipv6_address for address in shape.ipv6_addresses)
    return NetworkInterface(
        id=shape.network_interface_id,
        attachment_id=attachment_id,
        subnet_id=shape.subnet_id or "",
        vpc_id=shape.vpc_id or "",
        public_ips=tuple(dict.fromkeys(_public_ips(shape))),
        ipv6=tuple(address for address in addresses if _is_global(address)),
        security_groups=tuple(group.group_id for group in shape.groups),
        deny_all_igw_traffic=bool(shape.deny_all_igw_traffic),
        evidence=(digest,),
    )


def _public_ips(shape: NetworkInterfaceShape) -> Iterator[str]:
    """Of every private address; Outposts' customer-owned addresses are not public."""
    held = (shape.association, *(address.association for address in shape.private_ip_addresses))
    for association in held:
        if association is not None:
            yield from filter(None, (association.public_ip, association.carrier_ip))


def _is_global(address: str) -> bool:
    try:
        return ipaddress.IPv6Address(address) in _GLOBAL_UNICAST
    except ValueError:
        return False
