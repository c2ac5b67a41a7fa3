"""Amazon EC2: the network interfaces of ECS's tasks, and those that are nobody's concern here."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.ec2_filters import Describe, Kind, Values, answer, boolean, select
from orgscan.simulator.weather import Subject
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.balancers import INTERNET_FACING
from orgscan.simulator.world.network import Subnet
from orgscan.simulator.world.organization import EPOCH
from orgscan.simulator.world.tasks import Task
from orgscan.simulator.world.workload import Workload

_FARGATE_OWNER = "999988887777"
"""The account of AWS's own that Fargate's machines belong to."""


class _NetworkInterfaces(Describe, rename="pascal"):
    network_interface_id: tuple[str, ...] = ()
    include_managed_resources: bool | None = None


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """One network interface.

    Attributes:
        description: of a task's, the ARN of its attachment, which is how the two are joined.
        owner: the account whose task it is; in a shared subnet not the subnet's owner.
        holder: the account of the machine it is attached to.
        public_owner: whose the public address is.
    """

    id: str
    description: str
    owner: str
    holder: str
    subnet: Subnet
    private_ip: str
    public_ip: str | None = None
    public_owner: str = "amazon"
    ipv6: tuple[str, ...] = ()
    denies_gateways: bool = False
    groups: tuple[tuple[str, str], ...] = ()
    mac: str
    attached: int
    type: str = "interface"


_VALUES: Values[Interface] = {
    "network-interface-id": lambda eni: (eni.id,),
    "description": lambda eni: (eni.description,),
    "association.public-ip": lambda eni: (eni.public_ip,) if eni.public_ip else (),
    "addresses.association.public-ip": lambda eni: (eni.public_ip,) if eni.public_ip else (),
    "association.ip-owner-id": lambda eni: (eni.public_owner,) if eni.public_ip else (),
    "attachment.instance-owner-id": lambda eni: (eni.holder,),
    "vpc-id": lambda eni: (eni.subnet.vpc_id,),
    "subnet-id": lambda eni: (eni.subnet.id,),
    "availability-zone": lambda eni: (eni.subnet.zone,),
    "group-id": lambda eni: [group for group, _ in eni.groups],
    "group-name": lambda eni: [name for _, name in eni.groups],
    "owner-id": lambda eni: (eni.owner,),
    "private-ip-address": lambda eni: (eni.private_ip,),
    "addresses.private-ip-address": lambda eni: (eni.private_ip,),
    "interface-type": lambda eni: (eni.type,),
    "ipv6-addresses.ipv6-address": lambda eni: eni.ipv6,
    "requester-managed": lambda _: boolean(True),
    "status": lambda _: ("in-use",),
}


def describe_network_interfaces(call: Call, request: _NetworkInterfaces) -> Tree:
    """The account's own, and other accounts' in the subnets that it shares with them.

    Raises:
        Refusal: the endpoint is too old to know a parameter.
    """
    if call.scenario.old_endpoints and request.include_managed_resources is not None:
        raise Refusal("UnknownParameter", "The parameter IncludeManagedResources is not recognized")
    kind = Kind("NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound")
    subject = Subject(call.account, call.region, "ec2:DescribeNetworkInterfaces")
    interfaces = (eni for eni in _interfaces(call) if not call.weather.detached(subject, eni.id))
    found, token = select(
        call, interfaces, request.network_interface_id, request, kind, _VALUES, lambda eni: eni.id
    )
    return answer("networkInterfaceSet", [shape(eni) for eni in found], token)


def _interfaces(call: Call) -> Iterator[Interface]:
    workload = call.world.workload(call.account, call.region)
    if workload is None:
        return
    yield from _of_account(call, call.account)
    yield from _bystanders(call.account, workload)
    shared = workload.network.shared.id if workload.network.shared else ""
    for other in call.world.organization.participants(call.account):
        yield from (eni for eni in _of_account(call, other) if eni.subnet.vpc_id == shared)


def _of_account(call: Call, account: str) -> Iterator[Interface]:
    workload = call.world.workload(account, call.region)
    if workload is None:
        return
    names = {group.id: group.name for vpc in workload.network.vpcs for group in vpc.groups}
    place = f"arn:{call.scenario.partition}:ecs:{call.region}:{account}:attachment/"
    for task in (*workload.tasks(), *workload.orphans):
        if task.subnet:
            yield _of_task(task, task.subnet, account, place, names)


def _of_task(
    task: Task, subnet: Subnet, account: str, place: str, names: dict[str, str]
) -> Interface:
    return Interface(
        id=task.eni,
        description=place + task.attachment,
        owner=account,
        holder=_FARGATE_OWNER if task.start.launch == "FARGATE" else account,
        subnet=subnet,
        private_ip=task.private_ip,
        public_ip=task.public_ip,
        ipv6=task.ipv6,
        denies_gateways=task.denies_gateways,
        groups=tuple((group, names[group]) for group in task.start.groups),
        mac=task.mac,
        attached=task.started - 30,
    )


def _bystanders(account: str, workload: Workload) -> Iterator[Interface]:
    """Public, and no task's: a NAT gateway's, load balancers', and one that claims to be one."""
    vpc = workload.network.workloads
    web = workload.network.group(vpc.id, "web")
    held = [
        (text, "interface")
        for text in (
            "arn:aws:ecs looks like a task's :attachment/ and is not </script>\x1b[31m",
            *(
                f"ELB {rollout.balancer.arn.partition('/')[2]}"
                for service in workload.services()
                for rollout in service.rollouts
                if rollout.balancer and rollout.balancer.scheme == INTERNET_FACING
            ),
        )
    ]
    if vpc.nat_gateway:
        held.append((f"Interface for NAT Gateway {vpc.nat_gateway}", "nat_gateway"))
    home = vpc.subnets[0]
    for number, (description, kind) in enumerate(held):
        yield Interface(
            id=f"eni-0{vpc.id[-12:]}{number:04x}",
            description=description,
            owner=account,
            holder=account,
            subnet=home,
            private_ip=home.cidr.rsplit(".", 1)[0] + f".{254 - number % 250}",
            public_ip=f"198.19.{255 - number // 250}.{254 - number % 250}",
            public_owner=account,
            groups=((web.id, web.name),) if kind == "interface" else (),
            mac=f"0a:00:00:00:{number // 256:02x}:{number % 256:02x}",
            attached=EPOCH,
            type=kind,
        )


def _stamp(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def _association(eni: Interface) -> Tree:
    if eni.public_ip is None:
        return None
    name = f"ec2-{eni.public_ip.replace('.', '-')}.compute.amazonaws.com"
    return {"publicIp": eni.public_ip, "publicDnsName": name, "ipOwnerId": eni.public_owner}


def shape(eni: Interface) -> dict[str, Tree]:
    """As it looks in `DescribeNetworkInterfaces`."""
    association = _association(eni)
    private_name = f"ip-{eni.private_ip.replace('.', '-')}.ec2.internal"
    return {
        "networkInterfaceId": eni.id,
        "subnetId": eni.subnet.id,
        "vpcId": eni.subnet.vpc_id,
        "availabilityZone": eni.subnet.zone,
        "description": eni.description,
        "ownerId": eni.owner,
        "requesterId": "578734482556",
        "requesterManaged": True,
        "status": "in-use",
        "macAddress": eni.mac,
        "privateIpAddress": eni.private_ip,
        "privateDnsName": private_name,
        "sourceDestCheck": eni.type == "interface",
        "interfaceType": eni.type,
        "groupSet": [{"groupId": group, "groupName": name} for group, name in eni.groups],
        "attachment": {
            "attachmentId": f"ela-attach-{eni.id[4:]}",
            "deviceIndex": 1,
            "status": "attached",
            "attachTime": _stamp(eni.attached),
            "deleteOnTermination": False,
            "instanceOwnerId": eni.holder,
        },
        "association": association,
        "ipv6Address": eni.ipv6[0] if eni.ipv6 else None,
        "ipv6AddressesSet": [
            {"ipv6Address": address, "isPrimaryIpv6": False} for address in eni.ipv6
        ],
        "denyAllIgwTraffic": True if eni.denies_gateways else None,
        "privateIpAddressesSet": [
            {
                "privateIpAddress": eni.private_ip,
                "privateDnsName": private_name,
                "primary": True,
                "association": association,
            }
        ],
        "tagSet": [],
    }


OPERATIONS = (
    Operation("DescribeNetworkInterfaces", _NetworkInterfaces, describe_network_interfaces),
)
