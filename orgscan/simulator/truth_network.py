"""Whether the internet reaches an address: the definition that a report is held against.

It is worked out here from what the simulated network is, by trying single packets, and shares no
code with what judges real ones.

An address is **addressable** if it is a public IPv4 address of an interface, or a global IPv6
address (2000::/3). It is **reachable** if a packet to it from some address outside comes in, and
its answer goes out. That is so if all of these hold, for that one packet:

- *Block*: the subnet's own state of VPC Block Public Access is `off`, and (IPv6 only) the
  interface does not deny all traffic of internet gateways.
- *Route*: in the route table of the subnet (the one associated with it, else its VPC's main one)
  the most specific route to the sender leads to an internet gateway (`igw-`) and is active. A
  prefix list that leads there counts as everywhere, where no range is more specific. Egress-only,
  NAT and transit gateways let nobody in; and so the VPC's own addresses are no internet.
- *Group*: an inbound rule of one of the interface's security groups has the sender in a source and
  the packet's protocol and port. A prefix list counts for both families as everywhere. A reference
  to another group lets in nobody outside, whoever owns it.
- *Network ACL*: the entry with the lowest number that matches the packet allows it in, and the one
  that matches the answer allows it out: the same protocol to the sender, for TCP and UDP on at
  least one port from 1,024 to 65,535. What no entry matches is denied.

Outside are all addresses but 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16,
172.16.0.0/12, 192.168.0.0/16, fc00::/7, fe80::/10 and ::1.

Where the call that shows one of the four was refused, the others still count: the address is
addressable if no packet passes those that were seen, else **unknown**. What an ACL lets in is only
looked at where the groups were seen. Subnets show the block.
"""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import msgspec

from orgscan.model.exposure import Grade
from orgscan.simulator.world.network import (
    OFF,
    AclEntry,
    Route,
    RouteTable,
    Rule,
    Subnet,
    Vpc,
)

Address = IPv4Address | IPv6Address
Range = IPv4Network | IPv6Network

_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "fc00::/7",
            "fe80::/10",
            "::1/128",
        ),
    )
)
_EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
_WITH_PORTS = frozenset({"6", "17"})
_ALL = "-1"
_PORTS = (0, 65_535)
_EPHEMERAL = (1_024, 65_535)


class Part(enum.StrEnum):
    """What an address's reach follows from, by the call that shows it."""

    SUBNETS = "ec2:DescribeSubnets"
    ROUTES = "ec2:DescribeRouteTables"
    GROUPS = "ec2:DescribeSecurityGroups"
    ACLS = "ec2:DescribeNetworkAcls"


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Where an interface stands in its network."""

    vpc: Vpc
    subnet: Subnet
    groups: tuple[str, ...]
    denies_gateways: bool


def grade(spot: Spot, family: int, unseen: Collection[Part] = ()) -> Grade:
    """The grade of an address of family 4 or 6 that is public; `unseen` parts were refused."""
    blocked = Part.SUBNETS not in unseen and spot.subnet.block_mode != OFF
    if blocked or (family == 6 and spot.denies_gateways):
        return Grade.ADDRESSABLE
    table = None if Part.ROUTES in unseen else route_table(spot)
    entries = None if Part.ACLS in unseen else _entries(spot, family)
    if table and not routed(table, family):
        return Grade.ADDRESSABLE
    if Part.GROUPS not in unseen and not _lets_in(spot, family, table, entries):
        return Grade.ADDRESSABLE
    return Grade.UNKNOWN if unseen else Grade.REACHABLE


def route_table(spot: Spot) -> RouteTable:
    """The one associated with the subnet, else the main one."""
    tables = spot.vpc.route_tables
    own = next((table for table in tables if spot.subnet.id in table.subnets), None)
    return own or next(table for table in tables if table.main)


def routed(table: RouteTable, family: int) -> bool:
    """Whether an internet gateway leads to somebody outside."""
    everywhere = ipaddress.ip_network(_EVERYWHERE[family])
    return any(_leads_to(table, peer) for peer in _peers(everywhere, _destinations(table, family)))


def _destinations(table: RouteTable, family: int) -> list[Range]:
    ranges = (route.destination for route in table.routes if not _is_list(route))
    return [each for each in map(ipaddress.ip_network, ranges) if each.version == family]


def _is_list(route: Route) -> bool:
    return route.destination.startswith("pl-")


def _leads_to(table: RouteTable, peer: Address) -> bool:
    """Whether the most specific route to an address is an active one to an internet gateway."""
    routes = [
        (0 if _is_list(route) else 1 + ipaddress.ip_network(route.destination).prefixlen, route)
        for route in table.routes
        if _is_list(route) or peer in ipaddress.ip_network(route.destination)
    ]
    longest = max((length for length, _ in routes), default=0)
    return any(
        route.target.startswith("igw-") and not route.blackhole
        for length, route in routes
        if length == longest
    )


def _entries(spot: Spot, family: int) -> list[AclEntry]:
    """The entries of the subnet's ACL for a family, in their order."""
    acl = next(acl for acl in spot.vpc.acls if spot.subnet.id in acl.subnets)
    held = (e for e in acl.entries if ipaddress.ip_network(e.cidr).version == family)
    return sorted(held, key=lambda entry: entry.number)


def _lets_in(
    spot: Spot, family: int, table: RouteTable | None, entries: list[AclEntry] | None
) -> bool:
    """Whether some packet passes the groups, and what else is given."""
    return any(
        _passes(rule, source, table, entries)
        for group in spot.vpc.groups
        if group.id in spot.groups
        for rule in group.rules
        for source in _sources(rule, family)
    )


def _sources(rule: Rule, family: int) -> list[Range]:
    everywhere = [_EVERYWHERE[family] for _ in rule.prefix_lists]
    ranges = map(ipaddress.ip_network, (*rule.sources, *everywhere))
    return [each for each in ranges if each.version == family]


def _passes(
    rule: Rule, source: Range, table: RouteTable | None, entries: list[AclEntry] | None
) -> bool:
    """Whether some packet from a rule's source passes.

    Routes and entries hold for whole ranges, so that it is enough to try where one begins or has
    just ended.
    """
    ranges = [ipaddress.ip_network(entry.cidr) for entry in entries or ()]
    if table:
        ranges += _destinations(table, source.version)
    peers = [p for p in _peers(source, ranges) if table is None or _leads_to(table, p)]
    if entries is None:
        return bool(peers)
    return any(
        _decision(entries, peer, protocol, port, egress=False)
        and _answered(entries, peer, protocol)
        for protocol in _protocols(rule, entries, source.version)
        for port in _ports(entries, protocol, rule.ports or _PORTS)
        for peer in peers
    )


def _peers(source: Range, ranges: Iterable[Range]) -> set[Address]:
    """The addresses outside, in a source, at which a range begins or has just ended."""
    found: set[Address] = {source.network_address}
    if any(_holds(private, source) for private in _PRIVATE):
        return set()
    for each in (*ranges, *_PRIVATE):
        if each.version == source.version:
            end = int(each.broadcast_address) + 1
            starts = [each.network_address]
            if end < 1 << each.max_prefixlen:
                starts.append(type(each.network_address)(end))
            found.update(start for start in starts if start in source)
    return {peer for peer in found if not any(peer in private for private in _PRIVATE)}


def _holds(outer: Range, inner: Range) -> bool:
    first, last = inner.network_address, inner.broadcast_address
    return outer.version == inner.version and first in outer and last in outer


def _protocols(rule: Rule, entries: list[AclEntry], family: int) -> set[str]:
    if rule.protocol != _ALL:
        return {_NUMBERS.get(rule.protocol, rule.protocol)}
    named = {entry.protocol for entry in entries} - {_ALL}
    return {"6", "17", "1" if family == 4 else "58", *named}


def _ports(entries: list[AclEntry], protocol: str, ports: tuple[int, int]) -> set[int]:
    """The ports at which an entry begins or has just ended; any one where there are none."""
    first, last = ports
    if protocol not in _WITH_PORTS:
        return {0}
    edges = {edge for e in entries if e.ports for edge in (e.ports[0], e.ports[1] + 1)}
    return {first, *(edge for edge in edges if first <= edge <= last)}


def _answered(entries: list[AclEntry], peer: Address, protocol: str) -> bool:
    return any(
        _decision(entries, peer, protocol, port, egress=True)
        for port in _ports(entries, protocol, _EPHEMERAL)
    )


def _decision(
    entries: list[AclEntry], peer: Address, protocol: str, port: int, *, egress: bool
) -> bool:
    """What the first entry that matches a packet says."""
    for entry in entries:
        first, last = entry.ports or _PORTS
        if (
            entry.egress == egress
            and entry.protocol in {_ALL, protocol}
            and peer in ipaddress.ip_network(entry.cidr)
            and (protocol not in _WITH_PORTS or first <= port <= last)
        ):
            return entry.allow
    return False
