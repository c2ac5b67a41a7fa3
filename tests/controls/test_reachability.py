"""From routes, network ACLs, security groups and blocks to a grade: the specification.

Each row is an ordinary way in from the internet with one thing changed.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import msgspec
import pytest

from orgscan.controls.reachability import MOST_SOURCES, Reachability
from orgscan.model.coverage import CoverageStatus
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.observation import (
    AclEntry,
    InboundRule,
    Network,
    NetworkAcl,
    NetworkInterface,
    NetworkPart,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
)
from orgscan.model.outcome import NotCollected

ANYONE, ANYONE6 = "0.0.0.0/0", "::/0"
IGW = "igw-1"
OUTSIDE = "Nothing lets traffic in: "
UNKNOWN = "Whether traffic is let in is unknown: "
NO_ROUTE = f"{OUTSIDE}the subnet has no active route to an internet gateway."
NOBODY = f"{OUTSIDE}no rule of the security groups lets in anyone from outside."
GROUPS_ONLY = (
    f"{OUTSIDE}the security groups let in other security groups and private addresses only, such "
    "as those of a load balancer."
)
ELSEWHERE = (
    f"{OUTSIDE}no route to an internet gateway is for the sources that the security groups let in."
)
STOPPED = f"{OUTSIDE}network ACL acl-1 stops all that the security groups would let in."
REFUSED = NotCollected(status=CoverageStatus.DENIED, reason="denied", api="ec2:Describe")

INTERFACE = NetworkInterface(
    id="eni-1",
    attachment_id="a-1",
    subnet_id="subnet-1",
    vpc_id="vpc-1",
    public_ips=("198.18.0.1",),
    ipv6=("2001:db8::1",),
    security_groups=("sg-1",),
)


def entry(
    number: int, *, egress: bool = False, allow: bool | None = True, **more: object
) -> AclEntry:
    """An entry about everything, unless `more` says otherwise."""
    given = {"protocol": "all", "cidr": ANYONE, **more}
    return msgspec.convert(
        {"number": number, "egress": egress, "allow": allow, **given}, type=AclEntry
    )


IN, OUT = entry(100), entry(100, egress=True)
IN6, OUT6 = entry(101, cidr=ANYONE6), entry(101, egress=True, cidr=ANYONE6)
OPEN_ACL = (IN, OUT, IN6, OUT6)


def network(
    *rules: InboundRule,
    routes: tuple[Route, ...] = (Route(destination=ANYONE, target=IGW),),
    entries: tuple[AclEntry, ...] = OPEN_ACL,
    block: str | None = "off",
    main: tuple[Route, ...] = (),
) -> Network:
    """One subnet with a route table of its own, its VPC's main table, one group and one ACL."""
    local = (
        Route(destination="10.0.0.0/16", target="local"),
        Route(destination="198.51.0.0/16", target="local"),
    )
    return Network(
        subnets=(Subnet(id="subnet-1", block_mode=block),),
        route_tables=(
            RouteTable(
                id="rtb-1",
                vpc_id="vpc-1",
                is_main=False,
                subnets=("subnet-1",),
                routes=(*local, *routes),
            ),
            RouteTable(id="rtb-main", vpc_id="vpc-1", is_main=True, subnets=(), routes=main),
        ),
        security_groups=(SecurityGroup(id="sg-1", inbound=rules),),
        network_acls=(NetworkAcl(id="acl-1", subnets=("subnet-1",), entries=entries),),
    )


def tcp(*sources: str, port: int = 443, to: int | None = None) -> InboundRule:
    """TCP from IPv4 sources."""
    return InboundRule(protocol="tcp", from_port=port, to_port=to or port, ipv4=sources)


WEB = tcp(ANYONE)
IPV6 = InboundRule(protocol="tcp", from_port=443, to_port=443, ipv6=(ANYONE6,))
IPV6_ROUTES = (Route(destination=ANYONE6, target=IGW),)


class Row(NamedTuple):
    """One situation: the grade, then from where on which ports, or else why."""

    situation: str
    network: Network
    grade: Grade
    reason: str = "Routes, network ACL and security groups let traffic in from outside."
    sources: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()


def reachable(situation: str, where: Network, sources: tuple[str, ...], *ports: str) -> Row:
    """A row of the table."""
    return Row(situation, where, Grade.REACHABLE, sources=sources, ports=ports)


def addressable(situation: str, where: Network, reason: str) -> Row:
    """A row of the table."""
    return Row(situation, where, Grade.ADDRESSABLE, reason)


def unknown(situation: str, where: Network, reason: str) -> Row:
    """A row of the table."""
    return Row(situation, where, Grade.UNKNOWN, f"{UNKNOWN}{reason}.")


def without(part: NetworkPart, where: Network, *, refused: bool = True) -> Network:
    """The network with one part not shown, or refused."""
    member = {
        NetworkPart.SUBNETS: "subnets",
        NetworkPart.ROUTE_TABLES: "route_tables",
        NetworkPart.SECURITY_GROUPS: "security_groups",
        NetworkPart.NETWORK_ACLS: "network_acls",
    }[part]
    noted = {part: REFUSED} if refused else {}
    return msgspec.structs.replace(where, refused=noted, **{member: ()})


IPV4_ROWS = [
    reachable("open to anyone on one port", network(WEB), (ANYONE,), "tcp/443"),
    reachable(
        "ports that touch are one range, and the widest source comes first",
        network(tcp("203.0.113.0/24", port=80), tcp(ANYONE, port=81, to=90)),
        (ANYONE, "203.0.113.0/24"),
        "tcp/80-90",
    ),
    reachable(
        "everything open",
        network(InboundRule(protocol="all", ipv4=(ANYONE,))),
        (ANYONE,),
        "all",
    ),
    reachable("ping", network(InboundRule(protocol="icmp", ipv4=(ANYONE,))), (ANYONE,), "icmp"),
    reachable(
        "a protocol by its number, all others denied by the network ACL",
        network(
            InboundRule(protocol="50", ipv4=(ANYONE,)),
            entries=(entry(1, protocol="50"), entry(1, egress=True, protocol="50")),
        ),
        (ANYONE,),
        "50",
    ),
    reachable(
        "one address of an office",
        network(tcp("203.0.113.7/32", port=22)),
        ("203.0.113.7/32",),
        "tcp/22",
    ),
    reachable(
        "a prefix list, whatever is in it",
        network(InboundRule(protocol="tcp", from_port=443, to_port=443, prefix_lists=("pl-1",))),
        ("pl-1",),
        "tcp/443",
    ),
    reachable(
        "another group and an outside source in one rule",
        network(
            InboundRule(protocol="tcp", from_port=1, to_port=2, ipv4=(ANYONE,), groups=("sg-alb",))
        ),
        (ANYONE,),
        "tcp/1-2",
    ),
    reachable(
        "a route for a part of the internet that holds the source",
        network(tcp("203.0.113.0/24"), routes=(Route(destination="203.0.0.0/8", target=IGW),)),
        ("203.0.113.0/24",),
        "tcp/443",
    ),
    reachable(
        "two routes of a half each",
        network(
            WEB,
            routes=(
                Route(destination="0.0.0.0/1", target=IGW),
                Route(destination="128.0.0.0/1", target=IGW),
            ),
        ),
        (ANYONE,),
        "tcp/443",
    ),
    reachable(
        "a route to a prefix list",
        network(WEB, routes=(Route(destination="pl-2", target=IGW),)),
        (ANYONE,),
        "tcp/443",
    ),
    reachable(
        "the main table's route, for a subnet without a table of its own",
        msgspec.structs.replace(
            network(WEB),
            route_tables=(
                RouteTable(
                    id="rtb-main",
                    vpc_id="vpc-1",
                    is_main=True,
                    subnets=(),
                    routes=(Route(destination=ANYONE, target=IGW),),
                ),
            ),
        ),
        (ANYONE,),
        "tcp/443",
    ),
    reachable(
        "a network ACL that denies one port of several",
        network(
            tcp(ANYONE, port=80, to=90),
            entries=(
                entry(1, allow=False, protocol="tcp", from_port=82, to_port=85),
                *OPEN_ACL,
            ),
        ),
        (ANYONE,),
        "tcp/80-81",
        "tcp/86-90",
    ),
    reachable(
        "a network ACL whose deny comes after its allow",
        network(WEB, entries=(*OPEN_ACL, entry(200, allow=False))),
        (ANYONE,),
        "tcp/443",
    ),
    reachable(
        "a network ACL that lets answers out to a part of the ephemeral ports",
        network(
            WEB,
            entries=(IN, entry(1, egress=True, protocol="tcp", from_port=49_152, to_port=65_535)),
        ),
        (ANYONE,),
        "tcp/443",
    ),
    reachable("no word on VPC Block Public Access", network(WEB, block=None), (ANYONE,), "tcp/443"),
    addressable("no rule at all", network(), NOBODY),
    addressable(
        "private addresses only",
        network(tcp("10.0.0.0/8", "100.64.0.0/10", "192.168.1.0/24", "172.16.0.0/12")),
        NOBODY,
    ),
    addressable("another family only", network(IPV6), NOBODY),
    addressable(
        "another group only",
        network(InboundRule(protocol="all", groups=("sg-alb",))),
        GROUPS_ONLY,
    ),
    addressable(
        "the VPC's own range, which is not a private one",
        network(tcp("198.51.100.0/24")),
        ELSEWHERE,
    ),
    addressable("no route to an internet gateway", network(WEB, routes=()), NO_ROUTE),
    addressable(
        "a NAT gateway's route",
        network(WEB, routes=(Route(destination=ANYONE, target="nat-1"),)),
        NO_ROUTE,
    ),
    addressable(
        "a blackhole: the gateway is detached",
        network(WEB, routes=(Route(destination=ANYONE, target=IGW, is_active=False),)),
        NO_ROUTE,
    ),
    addressable(
        "the main table leads to the internet, and the subnet's own does not",
        network(WEB, routes=(), main=(Route(destination=ANYONE, target=IGW),)),
        NO_ROUTE,
    ),
    addressable(
        "a more specific route leads the only source elsewhere",
        network(
            tcp("203.0.113.0/24"),
            routes=(
                Route(destination=ANYONE, target=IGW),
                Route(destination="203.0.113.0/24", target="tgw-1"),
            ),
        ),
        ELSEWHERE,
    ),
    addressable(
        "a network ACL that denies first",
        network(WEB, entries=(entry(1, allow=False), *OPEN_ACL)),
        STOPPED,
    ),
    addressable("a network ACL without entries", network(WEB, entries=()), STOPPED),
    addressable(
        "a network ACL that lets in private addresses only",
        network(WEB, entries=(entry(1, cidr="10.0.0.0/8"), OUT)),
        STOPPED,
    ),
    addressable(
        "two denies that cover everything together",
        network(
            WEB,
            entries=(
                entry(1, allow=False, cidr="0.0.0.0/1"),
                entry(2, allow=False, cidr="128.0.0.0/1"),
                *OPEN_ACL,
            ),
        ),
        STOPPED,
    ),
    addressable(
        "a network ACL that lets no answer out",
        network(
            WEB, entries=(IN, entry(1, egress=True, protocol="tcp", from_port=443, to_port=443))
        ),
        STOPPED,
    ),
    *(
        addressable(
            f"VPC Block Public Access: {mode}",
            network(WEB, block=mode),
            f"{OUTSIDE}VPC Block Public Access is on for the subnet ('{mode}').",
        )
        for mode in ("block-ingress", "block-bidirectional")
    ),
    addressable(
        "no route to the internet, whatever else was refused",
        without(NetworkPart.SECURITY_GROUPS, network(WEB, routes=())),
        NO_ROUTE,
    ),
    addressable(
        "closed groups, whatever else was refused",
        without(NetworkPart.NETWORK_ACLS, network()),
        NOBODY,
    ),
    unknown(
        "subnets refused",
        without(NetworkPart.SUBNETS, network(WEB)),
        "the subnets could not be read (denied)",
    ),
    unknown(
        "route tables refused",
        without(NetworkPart.ROUTE_TABLES, network(WEB)),
        "the route tables could not be read (denied)",
    ),
    unknown(
        "security groups refused",
        without(NetworkPart.SECURITY_GROUPS, network(WEB)),
        "the security groups could not be read (denied)",
    ),
    unknown(
        "network ACLs refused",
        without(NetworkPart.NETWORK_ACLS, network(WEB)),
        "the network ACLs could not be read (denied)",
    ),
    unknown(
        "VPC Block Public Access in a mode that AWS does not document",
        network(WEB, block="block-sideways\x1b"),
        "VPC Block Public Access has the mode 'block-sideways\\x1b' for the subnet",
    ),
    *(
        unknown(
            f"a network ACL whose entry {fault}",
            network(WEB, entries=(IN, OUT, entry(99, **held))),
            "network ACL acl-1 has an entry that cannot be read",
        )
        for fault, held in (
            ("has no address range", {"cidr": ""}),
            ("has a range that is none", {"cidr": "everyone</script>"}),
            ("has no protocol", {"protocol": ""}),
            ("neither allows nor denies", {"allow": None}),
        )
    ),
    addressable(
        "closed groups, whatever entry of the network ACL cannot be read",
        network(entries=(IN, OUT, entry(99, cidr=""))),
        NOBODY,
    ),
    unknown(
        "another account's security group, which is not shown",
        without(NetworkPart.SECURITY_GROUPS, network(WEB), refused=False),
        "AWS did not show the security groups concerned",
    ),
    unknown(
        "a source that is no address range",
        network(tcp("everyone</script>")),
        "a security group names 'everyone</script>', which is no address range",
    ),
]

IPV6_ROWS = [
    reachable("open to anyone", network(IPV6, routes=IPV6_ROUTES), (ANYONE6,), "tcp/443"),
    addressable("a route for IPv4 only", network(IPV6), NO_ROUTE),
    addressable(
        "an egress-only internet gateway",
        network(IPV6, routes=(Route(destination=ANYONE6, target="eigw-1"),)),
        NO_ROUTE,
    ),
    addressable("a rule for IPv4 only", network(WEB, routes=IPV6_ROUTES), NOBODY),
    addressable(
        "unique local addresses only",
        network(InboundRule(protocol="all", ipv6=("fd00::/8",)), routes=IPV6_ROUTES),
        NOBODY,
    ),
    addressable(
        "a network ACL for IPv4 only",
        network(IPV6, routes=IPV6_ROUTES, entries=(IN, OUT)),
        STOPPED,
    ),
]


@pytest.mark.parametrize("row", IPV4_ROWS, ids=lambda row: row.situation)
def test_each_situation_of_a_public_ipv4_address_has_its_grade(row: Row) -> None:
    """Grade, reason, sources and ports are those of the table."""
    assert Reachability(row.network).exposure(INTERFACE, 4) == Exposure(
        grade=row.grade, reason=row.reason, sources=row.sources, ports=row.ports
    )


@pytest.mark.parametrize("row", IPV6_ROWS, ids=lambda row: row.situation)
def test_each_situation_of_a_global_ipv6_address_has_its_grade(row: Row) -> None:
    """Each family by its own routes, rules and entries."""
    assert Reachability(row.network).exposure(INTERFACE, 6) == Exposure(
        grade=row.grade, reason=row.reason, sources=row.sources, ports=row.ports
    )


def test_an_interface_may_deny_all_that_comes_through_an_internet_gateway() -> None:
    """`DenyAllIgwTraffic` is about IPv6, and leaves IPv4 as it is."""
    denying = msgspec.structs.replace(INTERFACE, deny_all_igw_traffic=True)
    judge = Reachability(
        network(WEB, IPV6, routes=(Route(destination=ANYONE, target=IGW), *IPV6_ROUTES))
    )

    assert judge.exposure(denying, 4).grade is Grade.REACHABLE
    assert judge.exposure(denying, 6).reason == (
        f"{OUTSIDE}the interface denies all traffic from internet gateways."
    )
    assert judge.exposure(INTERFACE, 6).grade is Grade.REACHABLE


def test_one_open_group_among_several_is_enough() -> None:
    """The rules of all groups of an interface add up, and one that is not shown takes none away."""
    several = msgspec.structs.replace(INTERFACE, security_groups=("sg-elsewhere", "sg-1"))

    assert Reachability(network(WEB)).exposure(several, 4).grade is Grade.REACHABLE


@pytest.mark.parametrize(
    ("main", "says"), [((), False), ((Route(destination=ANYONE, target=IGW),), True)]
)
def test_a_subnet_of_which_no_table_is_known_follows_the_main_one(
    main: tuple[Route, ...], says: bool
) -> None:
    """And where there is no main table either, nobody knows."""
    elsewhere = msgspec.structs.replace(INTERFACE, subnet_id="subnet-2")
    nowhere = msgspec.structs.replace(elsewhere, vpc_id="vpc-2")
    judge = Reachability(network(WEB, main=main))

    assert judge.has_way_in(elsewhere, 4) is says
    assert judge.has_way_in(nowhere, 4) is None


def test_more_sources_than_fit_are_counted() -> None:
    """The widest are named, then how many more there are."""
    sources = [f"203.0.{number}.0/24" for number in range(MOST_SOURCES + 5)]
    exposure = Reachability(network(tcp(*sources))).exposure(INTERFACE, 4)

    assert exposure.sources == (*sorted(sources)[:MOST_SOURCES], "and 5 more")


@pytest.mark.parametrize("number_of_routes", [1, 900])
def test_100_000_rules_are_judged_in_one_pass(number_of_routes: int) -> None:
    """Neither many rules nor many routes multiply each other: seconds of CPU, not minutes."""
    outside = [
        f"{20 + number // 65_536}.{number // 256 % 256}.{number % 256}.0/24"
        for number in range(100_000)
    ]
    rules = (tcp(address, port=1 + at % 60_000) for at, address in enumerate(outside))
    routes = tuple(
        Route(destination=f"203.{number // 256}.{number % 256}.0/24", target="tgw-1")
        for number in range(number_of_routes)
    )
    where = network(*rules, routes=(Route(destination=ANYONE, target=IGW), *routes))
    started = time.process_time()
    exposure = Reachability(where).exposure(INTERFACE, 4)

    assert exposure.grade is Grade.REACHABLE
    assert exposure.sources[-1] == f"and {100_000 - MOST_SOURCES} more"
    # Ten times what it takes; the product of rules and routes would be minutes.
    assert time.process_time() - started < 20
