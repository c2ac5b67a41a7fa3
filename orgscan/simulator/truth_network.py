"""Whether the internet reaches an address: the definition that a report is held against.

It is worked out here from what the simulated network is, by trying single packets, and shares no
code with what judges real ones.

An address is **addressable** if it is a public IPv4 address of an interface, or a global IPv6
address (2000::/3). It is **reachable** if all of these hold as well, each for its own family:

- *Route*: the route table of the subnet (the one associated with it, else its VPC's main one) has
  an active route to an internet gateway (`igw-`) whose destination is everything, a range that is
  not private, or a prefix list. A blackhole is none; nor are an egress-only gateway, a NAT or a
  transit gateway. Whether another route is more specific is not looked at.
- *Group*: an inbound rule of one of the interface's security groups has a source outside: a range
  that does not lie wholly in the private ranges or in the VPC's own (the destinations of the
  `local` routes of that table), or a prefix list, which counts for both families as everywhere. A
  reference to another group is no source outside, whoever owns it.
- *Network ACL*: for at least one address outside in that source, one protocol and one port of that
  rule, the entry with the lowest number that matches allows it in, and for the answer the one that
  matches allows the same protocol out to that address, for TCP and UDP on at least one port from
  1,024 to 65,535. What no entry matches is denied.
- *Block*: the subnet's own state of VPC Block Public Access is `off`, and (IPv6 only) the
  interface does not deny all traffic of internet gateways.

Private are 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16
and every IPv6 address outside 2000::/3.

Where the call that shows one of the four was refused, what the others show still counts: the
address is addressable if one of them keeps traffic out, else **unknown**. Subnets show the block,
and an ACL can only be judged with the groups.
"""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import msgspec

from orgscan.model.exposure import Grade
from orgscan.simulator.world.network import (
    OFF,
    AclEntry,
    NetworkAcl,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    Vpc,
)

Address = IPv4Address | IPv6Address
Range = IPv4Network | IPv6Network

_GLOBAL = IPv6Network("2000::/3")
_PRIVATE = tuple(
    map(
        IPv4Network,
        (
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
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
    table = route_table(spot)
    lets_in: dict[Part, bool] = {
        Part.SUBNETS: spot.subnet.block_mode == OFF,
        Part.ROUTES: routed(table, family),
        Part.GROUPS: _lets_in(spot, table, family, acl=None),
        Part.ACLS: _lets_in(spot, table, family, acl=_acl(spot)),
    }
    seen = {part: says for part, says in lets_in.items() if part not in unseen}
    if Part.GROUPS in unseen:
        seen.pop(Part.ACLS, None)
    denied = family == 6 and spot.denies_gateways
    if denied or not all(seen.values()):
        return Grade.ADDRESSABLE
    return Grade.REACHABLE if len(seen) == len(lets_in) else Grade.UNKNOWN


def route_table(spot: Spot) -> RouteTable:
    """The one associated with the subnet, else the main one."""
    tables = spot.vpc.route_tables
    own = next((table for table in tables if spot.subnet.id in table.subnets), None)
    return own or next(table for table in tables if table.main)


def routed(table: RouteTable, family: int) -> bool:
    """Whether an internet gateway brings traffic of that family."""
    for route in table.routes:
        if route.blackhole or not route.target.startswith("igw-"):
            continue
        if route.destination.startswith("pl-"):
            return True
        destination = ipaddress.ip_network(route.destination)
        if destination.version == family and not _inside(destination, ()):
            return True
    return False


def _acl(spot: Spot) -> NetworkAcl:
    return next(acl for acl in spot.vpc.acls if spot.subnet.id in acl.subnets)


def _groups(spot: Spot) -> Iterator[SecurityGroup]:
    return (group for group in spot.vpc.groups if group.id in spot.groups)


def _lets_in(spot: Spot, table: RouteTable, family: int, acl: NetworkAcl | None) -> bool:
    """Whether a group lets somebody outside in, and the ACL too where one is given."""
    local = (route.destination for route in table.routes if route.target == "local")
    own = tuple(each for each in map(ipaddress.ip_network, local) if each.version == family)
    return any(
        acl is None or _passes(acl, rule, source, own)
        for group in _groups(spot)
        for rule in group.rules
        for source in _outside(rule, family, own)
    )


def _outside(rule: Rule, family: int, own: tuple[Range, ...]) -> Iterator[Range]:
    """The sources of a rule that are not wholly private or the VPC's own."""
    sources = [*rule.sources, *(_EVERYWHERE[family] for _ in rule.prefix_lists)]
    for source in map(ipaddress.ip_network, sources):
        if source.version == family and not _inside(source, own):
            yield source


def _inside(what: Range, own: tuple[Range, ...]) -> bool:
    """Whether a range lies wholly in a private one, or in one of the VPC's own."""
    first, last = what.network_address, what.broadcast_address
    if isinstance(what, IPv6Network) and not what.overlaps(_GLOBAL):
        return True
    return any(
        first in each and last in each for each in (*_PRIVATE, *own) if each.version == what.version
    )


def _passes(acl: NetworkAcl, rule: Rule, source: Range, own: tuple[Range, ...]) -> bool:
    """Whether some packet of a rule's source comes in, and its answer goes out.

    Entries hold for whole ranges, so that it is enough to try where one begins or has just ended.
    """
    entries = [e for e in acl.entries if ipaddress.ip_network(e.cidr).version == source.version]
    peers = [
        each
        for each in _edges(source, (ipaddress.ip_network(entry.cidr) for entry in entries))
        if not _inside(ipaddress.ip_network(each), own)
    ]
    return any(
        _decision(entries, peer, protocol, port, egress=False)
        and _answered(entries, peer, protocol)
        for protocol in _protocols(rule, source.version)
        for port in _tries(entries, protocol, rule.ports or _PORTS)
        for peer in peers
    )


def _protocols(rule: Rule, family: int) -> tuple[str, ...]:
    if rule.protocol != _ALL:
        return (_NUMBERS[rule.protocol],)
    return ("6", "17", "1" if family == 4 else "58")


def _edges(source: Range, ranges: Iterator[Range]) -> set[Address]:
    """The addresses of a source at which a range begins or has just ended."""
    found: set[Address] = {source.network_address}
    for each in (*ranges, *_PRIVATE, _GLOBAL):
        if each.version == source.version:
            end = int(each.broadcast_address) + 1
            starts = [each.network_address]
            if end < 1 << each.max_prefixlen:
                starts.append(type(each.network_address)(end))
            found.update(start for start in starts if start in source)
    return found


def _tries(entries: list[AclEntry], protocol: str, ports: tuple[int, int]) -> set[int]:
    """The ports at which an entry begins or has just ended; any one where there are none."""
    first, last = ports
    if protocol not in _WITH_PORTS:
        return {0}
    edges = {edge for e in entries if e.ports for edge in (e.ports[0], e.ports[1] + 1)}
    return {first, *(edge for edge in edges if first <= edge <= last)}


def _answered(entries: list[AclEntry], peer: Address, protocol: str) -> bool:
    return any(
        _decision(entries, peer, protocol, port, egress=True)
        for port in _tries(entries, protocol, _EPHEMERAL)
    )


def _decision(
    entries: list[AclEntry], peer: Address, protocol: str, port: int, *, egress: bool
) -> bool:
    """What the entry with the lowest number that matches a packet says."""
    for entry in sorted(entries, key=lambda each: each.number):
        first, last = entry.ports or _PORTS
        if (
            entry.egress == egress
            and entry.protocol in {_ALL, protocol}
            and peer in ipaddress.ip_network(entry.cidr)
            and (protocol not in _WITH_PORTS or first <= port <= last)
        ):
            return entry.allow
    return False
