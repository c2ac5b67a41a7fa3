"""What of the internet's traffic comes through to the security groups of a subnet's interfaces.

Routes first: the longest prefix decides, and answers have to find their way out through the
internet gateway. Then the network ACL, by the order of its entries, both ways since it keeps no
state.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from orgscan.controls.openings import INSIDE_BOXES
from orgscan.controls.traffic import Box, Passing, box_of, everything, let_through, overlap
from orgscan.model.observation import AclEntry, Network, NetworkAcl, NetworkInterface, RouteTable

ALL = "all"
COMMON = {4: ("tcp", "udp", "icmp"), 6: ("tcp", "udp", "icmpv6")}
"""The protocols that "all" stands for where nothing names another one."""

# Where answers to a client go; clients use one part of it or another.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_EPHEMERAL = (1_024, 65_535)
_WITH_PORTS = frozenset({"tcp", "udp"})


class WaysIn:
    """The ways into the subnets of one account-region, each worked out once."""

    def __init__(self, network: Network) -> None:
        self._tables = {name: table for table in network.route_tables for name in table.subnets}
        self._main = {table.vpc_id: table for table in network.route_tables if table.is_main}
        self._acls: dict[str, NetworkAcl] = {}
        self._unreadable: dict[str, NetworkAcl] = {}
        for acl in network.network_acls:
            known = self._acls if all(map(_is_readable, acl.entries)) else self._unreadable
            known.update(dict.fromkeys(acl.subnets, acl))
        self._routed: dict[tuple[str, int], list[Box] | None] = {}
        self._passing: dict[tuple[str, str, int, str], Passing] = {}

    def key(self, of: NetworkInterface) -> tuple[str, str]:
        """What two interfaces share that traffic reaches by the same table and the same ACL."""
        table, acl = self._table(of), self.acl(of) or self.unreadable_acl(of)
        return table.id if table else "", acl.id if acl else ""

    def acl(self, of: NetworkInterface) -> NetworkAcl | None:
        """The network ACL of the interface's subnet, where it was shown and could be read."""
        return self._acls.get(of.subnet_id)

    def unreadable_acl(self, of: NetworkInterface) -> NetworkAcl | None:
        """The network ACL of the interface's subnet, where an entry of it says nothing clear.

        What it lets through depends on that entry, so the others are of no use.
        """
        return self._unreadable.get(of.subnet_id)

    def routed(self, of: NetworkInterface, family: int) -> list[Box] | None:
        """From where active routes lead to an internet gateway; None where no table was shown.

        Args:
            of: an interface.
            family: of addresses: 4 or 6.
        """
        table = self._table(of)
        key = (table.id if table else "", family)
        if key not in self._routed:
            self._routed[key] = None if table is None else _routed(table, family)
        return self._routed[key]

    def _table(self, of: NetworkInterface) -> RouteTable | None:
        return self._tables.get(of.subnet_id) or self._main.get(of.vpc_id)

    def protocols(self, of: NetworkInterface, family: int) -> list[str]:
        """The protocols that make up "all": the common ones, and those that the ACL names."""
        acl = self.acl(of)
        named = {entry.protocol for entry in acl.entries} if acl else set()
        return sorted({*COMMON[family], *named} - {ALL})

    def passing(self, of: NetworkInterface, family: int, protocol: str) -> Passing:
        """What comes through of one protocol; what was not shown is taken to stop nothing."""
        key = (*self.key(of), family, protocol)
        found = self._passing.get(key)
        if found is None:
            routed = self.routed(of, family)
            traffic: Iterable[Box] = _outside(family) if routed is None else routed
            acl = self.acl(of)
            found = Passing(
                traffic if acl is None else _through_acl(traffic, acl, family, protocol)
            )
            self._passing[key] = found
        return found


@functools.cache
def _outside(family: int) -> tuple[Box, ...]:
    """Every address that a packet from the internet may come from."""
    inside = [(box, False) for box in INSIDE_BOXES[family]]
    return tuple(let_through([everything(family)], [*inside, (everything(family), True)]))


def _routed(table: RouteTable, family: int) -> list[Box]:
    rules: list[tuple[Box, bool]] = []
    fallback: list[tuple[Box, bool]] = []
    for route in table.routes:
        to_internet = route.is_active and route.target.startswith("igw-")
        try:
            box = box_of(route.destination)
        except ValueError:
            # A prefix list, which may hold any address.
            if to_internet:
                fallback.append((everything(family), True))
            continue
        if (":" in route.destination) == (family == 6):
            rules.append((box, to_internet))
    rules.sort(key=lambda rule: rule[0].last - rule[0].first)
    return let_through(_outside(family), [*rules, *fallback])


def _through_acl(traffic: Iterable[Box], acl: NetworkAcl, family: int, protocol: str) -> list[Box]:
    """What the ACL lets in, as far as it lets answers out."""
    entered = let_through(traffic, _rules(acl, family, protocol, egress=False))
    ports = _EPHEMERAL if protocol in _WITH_PORTS else (None, None)
    answers = let_through([everything(family, *ports)], _rules(acl, family, protocol, egress=True))
    answered = {Box(answer.first, answer.last) for answer in answers}
    return [both for box in entered for one in answered if (both := overlap(box, one)) is not None]


def _rules(acl: NetworkAcl, family: int, protocol: str, *, egress: bool) -> list[tuple[Box, bool]]:
    entries = sorted(
        (entry for entry in acl.entries if entry.egress == egress), key=lambda one: one.number
    )
    return [
        (_box(entry, protocol), bool(entry.allow))
        for entry in entries
        if (":" in entry.cidr) == (family == 6) and entry.protocol in {ALL, protocol}
    ]


def _is_readable(entry: AclEntry) -> bool:
    try:
        box_of(entry.cidr)
    except ValueError:
        return False
    return bool(entry.protocol) and entry.allow is not None


def _box(entry: AclEntry, protocol: str) -> Box:
    if protocol in _WITH_PORTS and entry.protocol != ALL:
        return box_of(entry.cidr, entry.from_port, entry.to_port)
    return box_of(entry.cidr)
