"""What is asked of an account-region to see what runs: little, and nothing that is not needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.collect.observation import missing_of, observe
from orgscan.model.observation import (
    AclEntry,
    InboundRule,
    NetworkInterface,
    NetworkPart,
    Observation,
    Route,
    RunningTask,
    Subnet,
)

Answers = dict[str, list[Any]]
Canned = Callable[[Answers], Any]

ACCOUNT = "111122223333"
CLUSTERS = tuple(f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/{name}" for name in ("data", "prod"))
ENIS, LIST, DESCRIBE = "ec2:DescribeNetworkInterfaces", "ecs:ListTasks", "ecs:DescribeTasks"
NETWORK = (
    "ec2:DescribeSubnets",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeNetworkAcls",
)
NOTHING: Answers = {api: [{}] for api in NETWORK}


def interface(number: int = 1, **more: Any) -> dict[str, object]:  # noqa: ANN401 - any member
    """A public interface of a task on Fargate, as EC2's XML names its parts."""
    return {
        "networkInterfaceId": f"eni-{number}",
        "description": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:attachment/a-{number}",
        "ownerId": ACCOUNT,
        "subnetId": "subnet-1",
        "vpcId": "vpc-1",
        "association": {"publicIp": f"198.18.0.{number}", "ipOwnerId": "amazon"},
        "groupSet": [{"groupId": "sg-1"}],
        **more,
    }


def page(*interfaces: dict[str, object], token: str | None = None) -> dict[str, object]:
    """A page of interfaces."""
    return {"networkInterfaceSet": list(interfaces), "nextToken": token}


def task(number: int, cluster: str = CLUSTERS[0], **more: object) -> dict[str, object]:
    """A running task that holds the interface of this number."""
    return {
        "taskArn": f"{cluster}/task-{number}".replace(":cluster/", ":task/"),
        "clusterArn": cluster,
        "attachments": [
            {"id": "sc-1", "type": "ServiceConnect"},
            {"id": f"a-{number}", "type": "ElasticNetworkInterface"},
        ],
        "lastStatus": "RUNNING",
        "containers": [{"image": "registry/api:7"}, {}, {"image": "registry/api:7"}],
        **more,
    }


def listed(*numbers: int, token: str | None = None) -> dict[str, object]:
    """A page of task ARNs."""
    return {"taskArns": [f"arn:task/{number}" for number in numbers], "nextToken": token}


def apis(session: Any) -> list[str]:  # noqa: ANN401 - as canned
    """What was called, in order."""
    return [api for api, _ in session.asked]


async def seen(session: Any) -> Observation:  # noqa: ANN401 - as canned
    """The observation of two clusters."""
    return await observe(session, CLUSTERS)


async def test_a_region_without_public_addresses_costs_one_call(canned: Canned) -> None:
    """Private interfaces are counted; neither tasks nor networks are asked for."""
    session = canned({ENIS: [page(interface(association=None))]})
    observed = await seen(session)

    assert session.asked == [
        (
            ENIS,
            {
                "Filters": [{"Name": "description", "Values": ["arn:*:ecs:*:attachment/*"]}],
                "MaxResults": 1000,
                "IncludeManagedResources": True,
            },
        )
    ]
    assert (observed.interfaces, observed.counted) == ((), 1)
    assert missing_of(observed) == ()


_JOINED_INTERFACES = (
    NetworkInterface(
        id="eni-1",
        attachment_id="a-1",
        subnet_id="subnet-1",
        vpc_id="vpc-1",
        public_ips=("198.18.0.1",),
        security_groups=("sg-1",),
        evidence=(f"sha256:{ENIS} 1",),
    ),
    NetworkInterface(
        id="eni-2",
        attachment_id="a-2",
        subnet_id="subnet-1",
        vpc_id="vpc-1",
        ipv6=("2001:db8::2",),
        security_groups=("sg-1",),
        evidence=(f"sha256:{ENIS} 2",),
    ),
)
_JOINED_TASKS = (
    RunningTask(
        arn=f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/data/task-1",
        cluster_arn=CLUSTERS[0],
        attachment_ids=("a-1",),
        started_by="ecs-svc/1",
        status="RUNNING",
        images=("registry/api:7",),
        evidence=(f"sha256:{DESCRIBE} 1",),
    ),
    RunningTask(
        arn=f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/data/task-2",
        cluster_arn=CLUSTERS[0],
        attachment_ids=("a-2",),
        status="RUNNING",
        images=("registry/api:7",),
        evidence=(f"sha256:{DESCRIBE} 1",),
    ),
)


async def test_public_interfaces_are_joined_with_their_tasks_and_their_network(
    canned: Canned,
) -> None:
    """Each answer is asked for once, and what it says is kept."""
    session = canned(
        {
            ENIS: [
                page(interface(), token="more"),
                page(
                    interface(
                        2, association=None, ipv6AddressesSet=[{"ipv6Address": "2001:db8::2"}]
                    )
                ),
            ],
            LIST: [listed(1, 2, 3)],
            DESCRIBE: [{"tasks": [task(1, startedBy="ecs-svc/1"), task(2), task(3)]}],
            **NOTHING,
            "ec2:DescribeSubnets": [{"subnetSet": [{"subnetId": "subnet-1", "ownerId": "9"}]}],
        }
    )
    observed = await seen(session)

    assert apis(session)[:2] == [ENIS, ENIS]
    assert session.asked[1][1]["NextToken"] == "more"
    assert sorted(apis(session)[-4:]) == sorted(NETWORK)
    assert observed.interfaces == _JOINED_INTERFACES
    assert observed.tasks == _JOINED_TASKS
    assert observed.network.subnets == (Subnet(id="subnet-1", owner_id="9"),)
    assert observed.evidence == (f"sha256:{ENIS} 1", f"sha256:{ENIS} 2")


async def test_tasks_are_looked_for_until_every_address_has_its_own(canned: Canned) -> None:
    """Pages that are left are not asked for, nor clusters that nothing is wanted of."""
    session = canned(
        {
            ENIS: [page(interface())],
            LIST: [listed(1, token="more")],
            DESCRIBE: [{"tasks": [task(1)]}],
            **NOTHING,
        }
    )
    await observe(session, CLUSTERS[:1])

    assert apis(session).count(LIST) == 1


@pytest.mark.parametrize("code", ["UnknownParameter", "InvalidParameter", "UnsupportedOperation"])
async def test_an_old_endpoint_is_asked_without_the_parameter_it_does_not_know(
    canned: Canned, code: str
) -> None:
    """It refuses IncludeManagedResources, and has no resources that it would hide."""
    refused = CallFailed(FailureKind.REFUSED, api=ENIS, code=code)
    session = canned({ENIS: [refused, page(interface(association=None))]})
    observed = await seen(session)

    assert "IncludeManagedResources" not in session.asked[1][1]
    assert (observed.counted, observed.interfaces_unseen) == (1, None)


@pytest.mark.parametrize(
    "other",
    [
        interface(ownerId="999988887777"),
        interface(description="arn:aws:ecs looks like one :attachment/ and is not"),
        interface(description=f"arn:aws:ecs:eu-west-1:{ACCOUNT}:attachment/a-1 </script>"),
        interface(description=None),
    ],
    ids=["of a participant in a shared subnet", "no ARN", "more than an ARN", "no description"],
)
async def test_an_interface_of_nobodys_task_here_is_left_out(
    canned: Canned, other: dict[str, object]
) -> None:
    """Only this account's tasks count, and only where the description is an attachment's ARN."""
    observed = await seen(canned({ENIS: [page(other)]}))

    assert (observed.interfaces, observed.counted) == ((), 0)


@pytest.mark.parametrize(
    ("members", "public", "ipv6"),
    [
        ({"association": {"carrierIp": "198.18.9.9"}}, ("198.18.9.9",), ()),
        ({"association": {"customerOwnedIp": "198.18.9.9"}}, (), ()),
        (
            {
                "privateIpAddressesSet": [
                    {"association": {"publicIp": "198.18.0.1"}},
                    {"association": {"publicIp": "198.18.0.7"}},
                    {},
                ]
            },
            ("198.18.0.1", "198.18.0.7"),
            (),
        ),
        (
            {
                "association": None,
                "ipv6AddressesSet": [
                    {"ipv6Address": address}
                    for address in ("fd00::1", "2001:db8::1", "not an address", "")
                ],
            },
            (),
            ("2001:db8::1",),
        ),
    ],
    ids=["Wavelength", "Outposts", "secondary addresses", "IPv6"],
)
async def test_every_address_that_the_internet_routes_is_kept(
    canned: Canned, members: dict[str, Any], public: tuple[str, ...], ipv6: tuple[str, ...]
) -> None:
    """Carrier addresses are public, customer-owned and unique local ones are not."""
    session = canned({ENIS: [page(interface(**members))], LIST: [listed()], **NOTHING})
    observed = await seen(session)

    assert [(one.public_ips, one.ipv6) for one in observed.interfaces] == (
        [(public, ipv6)] if public or ipv6 else []
    )


async def test_tasks_that_stop_between_list_and_describe_are_not_running(canned: Canned) -> None:
    """One is STOPPED, one is MISSING; neither is an error, and the interface is left alone."""
    session = canned(
        {
            ENIS: [page(interface())],
            LIST: [listed(1, 2)],
            DESCRIBE: [
                {
                    "tasks": [task(1, lastStatus="STOPPED")],
                    "failures": [{"arn": "arn:task/2", "reason": "MISSING"}],
                }
            ],
            **NOTHING,
        }
    )
    observed = await seen(session)

    assert (observed.tasks, observed.tasks_unseen) == ((), {})
    assert len(observed.interfaces) == 1


async def test_refused_interfaces_are_missing_and_nothing_else_is_asked(
    canned: Canned, denied: Callable[[str], CallFailed]
) -> None:
    """Nothing is known to look for."""
    session = canned({ENIS: [denied(ENIS)]})
    observed = await seen(session)

    assert apis(session) == [ENIS]
    assert [why.api for why in missing_of(observed)] == [ENIS]


async def test_interfaces_that_break_off_keep_what_was_seen(
    canned: Canned, denied: Callable[[str], CallFailed]
) -> None:
    """The first page holds, and the rest is missing."""
    session = canned(
        {
            ENIS: [page(interface(), token="more"), denied(ENIS)],
            LIST: [listed(1)],
            DESCRIBE: [{"tasks": [task(1)]}],
            **NOTHING,
        }
    )
    observed = await seen(session)

    assert [one.id for one in observed.interfaces] == ["eni-1"]
    assert len(observed.tasks) == 1
    assert [why.api for why in missing_of(observed)] == [ENIS]


async def test_a_cluster_whose_tasks_are_refused_matters_while_an_address_has_no_task(
    canned: Canned, denied: Callable[[str], CallFailed]
) -> None:
    """Once every address has its task, nobody misses the others."""
    answers: Answers = {ENIS: [page(interface())], LIST: [denied(LIST), listed(1)], **NOTHING}
    found = await seen(canned({**answers, DESCRIBE: [{"tasks": [task(1, CLUSTERS[1])]}]}))
    lost = await seen(canned({**answers, DESCRIBE: [{"tasks": []}]}))

    assert (len(found.tasks), found.tasks_unseen) == (1, {})
    assert {cluster: why.api for cluster, why in lost.tasks_unseen.items()} == {CLUSTERS[0]: LIST}
    assert [why.api for why in missing_of(lost)] == [LIST]


@pytest.mark.parametrize(("api", "part"), list(zip(NETWORK, NetworkPart, strict=True)))
async def test_a_refused_part_of_the_network_costs_no_other_part(
    canned: Canned, denied: Callable[[str], CallFailed], api: str, part: NetworkPart
) -> None:
    """It is noted by its name, and the rest is read."""
    session = canned({ENIS: [page(interface())], LIST: [listed()], **NOTHING, api: [denied(api)]})
    observed = await seen(session)

    assert set(observed.network.refused) == {part}
    assert [why.api for why in missing_of(observed)] == [api]
    assert len(observed.network.evidence) == 3


async def test_half_a_list_of_route_tables_is_none(
    canned: Canned, denied: Callable[[str], CallFailed]
) -> None:
    """The half that is missing may hold the table that decides."""
    tables = "ec2:DescribeRouteTables"
    first = {"routeTableSet": [{"routeTableId": "rtb-1", "vpcId": "vpc-1"}], "nextToken": "more"}
    answers: Answers = {ENIS: [page(interface())], LIST: [listed()], **NOTHING}
    observed = await seen(canned({**answers, tables: [first, denied(tables)]}))

    assert observed.network.route_tables == ()
    assert set(observed.network.refused) == {NetworkPart.ROUTE_TABLES}


async def test_the_network_is_asked_for_by_filters_of_at_most_200_values(canned: Canned) -> None:
    """An id that is gone would fail a call by ids, and EC2 takes no longer filter."""
    many = [interface(number, subnetId=f"subnet-{number:03}") for number in range(201)]
    session = canned({ENIS: [page(*many)], LIST: [listed()], **NOTHING})
    await seen(session)

    asked = [
        (api, filters["Name"], len(filters["Values"]))
        for api, parameters in session.asked
        if api in NETWORK
        for filters in parameters["Filters"]
    ]
    assert asked == [
        ("ec2:DescribeSubnets", "subnet-id", 200),
        ("ec2:DescribeSubnets", "subnet-id", 1),
        ("ec2:DescribeRouteTables", "vpc-id", 1),
        ("ec2:DescribeSecurityGroups", "group-id", 1),
        ("ec2:DescribeNetworkAcls", "association.subnet-id", 200),
        ("ec2:DescribeNetworkAcls", "association.subnet-id", 1),
    ]


def _network_answers() -> Answers:
    """One subnet, and what governs its traffic."""
    return {
        "ec2:DescribeSubnets": [
            {
                "subnetSet": [
                    {
                        "subnetId": "subnet-1",
                        "blockPublicAccessStates": {"internetGatewayBlockMode": "block-ingress"},
                    }
                ]
            }
        ],
        "ec2:DescribeRouteTables": [
            {
                "routeTableSet": [
                    {
                        "routeTableId": "rtb-1",
                        "vpcId": "vpc-1",
                        "associationSet": [{"main": True}, {"main": False, "subnetId": "subnet-1"}],
                        "routeSet": ROUTES,
                    }
                ]
            }
        ],
        "ec2:DescribeSecurityGroups": [
            {"securityGroupInfo": [{"groupId": "sg-1", "ipPermissions": PERMISSIONS}]}
        ],
        "ec2:DescribeNetworkAcls": [
            {
                "networkAclSet": [
                    {
                        "networkAclId": "acl-1",
                        "associationSet": [{"subnetId": "subnet-1"}],
                        "entrySet": ENTRIES,
                    }
                ]
            }
        ],
    }


async def test_the_network_is_read_as_ec2_shows_it(canned: Canned) -> None:
    """Routes with their targets and states, rules with their sources, entries with their ports."""
    answers = _network_answers()
    network = (await seen(canned({ENIS: [page(interface())], LIST: [listed()], **answers}))).network

    assert network.subnets == (Subnet(id="subnet-1", block_mode="block-ingress"),)
    (table,) = network.route_tables
    assert (table.is_main, table.subnets) == (True, ("subnet-1",))
    assert table.routes == (
        Route(destination="10.0.0.0/16", target="local"),
        Route(destination="0.0.0.0/0", target="igw-1", is_active=False),
        Route(destination="::/0", target="eigw-1"),
        Route(destination="pl-1", target="vpce-1"),
        Route(destination="192.0.2.0/24", target=""),
        Route(destination="", target="", is_active=False),
    )
    assert network.security_groups[0].inbound == (
        InboundRule(
            protocol="tcp",
            from_port=443,
            to_port=443,
            ipv4=("0.0.0.0/0",),
            ipv6=("::/0",),
            prefix_lists=("pl-1",),
            groups=("sg-2",),
        ),
        InboundRule(protocol="icmp", ipv4=("0.0.0.0/0",)),
        InboundRule(protocol="all"),
        InboundRule(protocol="50"),
    )
    assert network.network_acls[0].entries == (
        AclEntry(
            number=100,
            egress=True,
            allow=True,
            protocol="tcp",
            cidr="0.0.0.0/0",
            from_port=1,
            to_port=2,
        ),
        AclEntry(number=32767, egress=False, allow=False, protocol="all", cidr="::/0"),
        AclEntry(number=0, egress=False, allow=None, protocol="", cidr=""),
    )


ROUTES = [
    {"destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active"},
    {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1", "state": "blackhole"},
    {
        "destinationIpv6CidrBlock": "::/0",
        "egressOnlyInternetGatewayId": "eigw-1",
        "state": "active",
    },
    {"destinationPrefixListId": "pl-1", "gatewayId": "vpce-1"},
    {"destinationCidrBlock": "192.0.2.0/24", "NetworkInterfaceId": "eni-9", "state": "active"},
    {"state": "a-new-state"},
]
PERMISSIONS = [
    {
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "ipRanges": [{"cidrIp": "0.0.0.0/0", "description": "anyone"}],
        "ipv6Ranges": [{"cidrIpv6": "::/0"}],
        "prefixListIds": [{"prefixListId": "pl-1"}],
        "groups": [{"groupId": "sg-2", "userId": "9"}, {"userId": "9"}],
    },
    {"ipProtocol": "1", "fromPort": 8, "toPort": -1, "ipRanges": [{"cidrIp": "0.0.0.0/0"}]},
    {"ipProtocol": "-1"},
    {"ipProtocol": "50"},
]
ENTRIES = [
    {
        "ruleNumber": 100,
        "egress": True,
        "ruleAction": "allow",
        "protocol": "6",
        "cidrBlock": "0.0.0.0/0",
        "portRange": {"from": 1, "to": 2},
    },
    {
        "ruleNumber": 32767,
        "egress": False,
        "ruleAction": "deny",
        "protocol": "-1",
        "ipv6CidrBlock": "::/0",
    },
    {},
]
