"""How far the internet can reach an address: our judgement, from configuration alone.

Traffic comes in where VPC Block Public Access leaves it alone, the subnet's routes lead to an
internet gateway, the network ACL lets it in and its answers out, and a security group admits it.
One of these that surely stops it decides; without one, whatever could not be seen leaves it
unknown. Nothing is sent to the address.
"""

from __future__ import annotations

from orgscan.controls.openings import Openings, openings_of
from orgscan.controls.traffic import EVERY_PORT, Passing, merged
from orgscan.controls.verdict import quoted
from orgscan.controls.ways_in import ALL, COMMON, WaysIn
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.observation import Network, NetworkInterface, NetworkPart

MOST_SOURCES = 10
MOST_PORTS = 20

# EC2 `InternetGatewayBlockMode`. A mode that is none of them may leave the way in open.
_OPEN = "off"
_BLOCKED = frozenset({"block-ingress", "block-bidirectional"})


class Reachability:
    """Judges the interfaces of one account-region, those that are alike only once."""

    def __init__(self, network: Network) -> None:
        self._refused = network.refused
        self._subnets = {subnet.id: subnet for subnet in network.subnets}
        self._groups = {group.id: group for group in network.security_groups}
        self._ways = WaysIn(network)
        self._openings: dict[tuple[tuple[str, ...], int], Openings] = {}
        self._judged: dict[tuple[object, ...], Exposure] = {}
        self._known: dict[tuple[object, ...], Exposure] = {}

    def exposure(self, of: NetworkInterface, family: int) -> Exposure:
        """The exposure of the interface's public IPv4 (4) or global IPv6 (6) addresses."""
        known = (of.subnet_id, of.vpc_id, of.security_groups, of.deny_all_igw_traffic, family)
        found = self._known.get(known)
        if found is None:
            found = self._known[known] = self._alike(of, family)
        return found

    def _alike(self, of: NetworkInterface, family: int) -> Exposure:
        """The same, judged once for all subnets that share their tables and their guards."""
        subnet = self._subnets.get(of.subnet_id)
        mode = subnet and (subnet.block_mode or _OPEN)
        denied = of.deny_all_igw_traffic
        key = (self._ways.key(of), mode, of.security_groups, denied, family)
        found = self._judged.get(key)
        if found is None:
            found = self._judged[key] = self._judge(of, family)
        return found

    def has_way_in(self, of: NetworkInterface, family: int) -> bool | None:
        """Whether the subnet has an active route to an internet gateway; None where unknown."""
        routed = self._ways.routed(of, family)
        return None if routed is None else bool(routed)

    def _judge(self, of: NetworkInterface, family: int) -> Exposure:
        stopped = self._stopped(of, family)
        if stopped:
            return _addressable(stopped)
        openings = self._opened(of, family)
        sources, ports = self._admitted(of, family, openings)
        if openings.is_complete and not sources:
            return _addressable(self._refusal(of, openings, family))
        unknown = self._unknown(of, family)
        if not unknown and not sources:
            unknown = self._unread(openings)
        if unknown:
            return Exposure(
                grade=Grade.UNKNOWN, reason=f"Whether traffic is let in is unknown: {unknown}."
            )
        return Exposure(
            grade=Grade.REACHABLE,
            reason="Routes, network ACL and security groups let traffic in from outside.",
            sources=_shortened(sources, MOST_SOURCES),
            ports=_shortened(ports, MOST_PORTS),
        )

    def _stopped(self, of: NetworkInterface, family: int) -> str:
        """What surely stops all traffic before it meets a security group; empty if nothing."""
        if family == 6 and of.deny_all_igw_traffic:
            return "the interface denies all traffic from internet gateways"
        mode = self._mode(of)
        if mode in _BLOCKED:
            return f"VPC Block Public Access is on for the subnet ({quoted(mode)})"
        if self.has_way_in(of, family) is False:
            return "the subnet has no active route to an internet gateway"
        return ""

    def _mode(self, of: NetworkInterface) -> str:
        """Of VPC Block Public Access; AWS gives none where it is off."""
        subnet = self._subnets.get(of.subnet_id)
        return (subnet and subnet.block_mode) or _OPEN

    def _refusal(self, of: NetworkInterface, openings: Openings, family: int) -> str:
        """Why nothing is admitted, where the security groups are known."""
        opened = [one.box for each in openings.by_protocol.values() for one in each]
        if opened:
            routed = Passing(self._ways.routed(of, family) or ())
            acl = self._ways.acl(of)
            if acl and any(routed.ports(box) for box in opened):
                return f"network ACL {acl.id} stops all that the security groups would let in"
            return (
                "no route to an internet gateway is for the sources that the security groups let in"
            )
        if openings.lets_groups_in:
            return (
                "the security groups let in other security groups and private addresses only, "
                "such as those of a load balancer"
            )
        return "no rule of the security groups lets in anyone from outside"

    def _unknown(self, of: NetworkInterface, family: int) -> str:
        """What of the way to the security groups was not seen; empty if all was."""
        if of.subnet_id not in self._subnets:
            return self._not_shown(NetworkPart.SUBNETS)
        if self.has_way_in(of, family) is None:
            return self._not_shown(NetworkPart.ROUTE_TABLES)
        mode = self._mode(of)
        if mode != _OPEN:
            return f"VPC Block Public Access has the mode {quoted(mode)} for the subnet"
        unreadable = self._ways.unreadable_acl(of)
        if unreadable is not None:
            return f"network ACL {unreadable.id} has an entry that cannot be read"
        if self._ways.acl(of) is None:
            return self._not_shown(NetworkPart.NETWORK_ACLS)
        return ""

    def _unread(self, openings: Openings) -> str:
        if openings.unseen:
            return self._not_shown(NetworkPart.SECURITY_GROUPS)
        return f"a security group names {quoted(openings.unreadable)}, which is no address range"

    def _not_shown(self, part: NetworkPart) -> str:
        refused = self._refused.get(part)
        if refused is None:
            return f"AWS did not show the {part} concerned"
        return f"the {part} could not be read ({refused.reason})"

    def _opened(self, of: NetworkInterface, family: int) -> Openings:
        key = (of.security_groups, family)
        found = self._openings.get(key)
        if found is None:
            found = openings_of(of.security_groups, self._groups, family)
            self._openings[key] = found
        return found

    def _admitted(
        self, of: NetworkInterface, family: int, openings: Openings
    ) -> tuple[list[str], list[str]]:
        """The sources and ports of what gets in, the widest sources first."""
        sources: dict[str, int] = {}
        ports: dict[str, set[tuple[int, int]]] = {}
        for named, opened in openings.by_protocol.items():
            protocols = self._ways.protocols(of, family) if named == ALL else [named]
            for protocol in protocols:
                passing = self._ways.passing(of, family, protocol)
                let_in = ports.setdefault(protocol, set())
                for box, source in opened:
                    found = passing.ports(box)
                    if found:
                        sources[source] = box.first - box.last
                        let_in.update(found)
        return sorted(sources, key=lambda one: (sources[one], one)), _port_names(ports, family)


def _addressable(why: str) -> Exposure:
    return Exposure(grade=Grade.ADDRESSABLE, reason=f"Nothing lets traffic in: {why}.")


def _port_names(ports: dict[str, set[tuple[int, int]]], family: int) -> list[str]:
    """`tcp/443`, `tcp/8000-8999`, `icmp`; `all` where every port of every common protocol is."""
    ranges = {protocol: merged(each) for protocol, each in ports.items()}
    if all(ranges.get(protocol) == [EVERY_PORT] for protocol in COMMON[family]):
        return [ALL]
    return [
        protocol if (low, high) == EVERY_PORT else f"{protocol}/{_port_range(low, high)}"
        for protocol, each in sorted(ranges.items())
        for low, high in each
    ]


def _port_range(low: int, high: int) -> str:
    return f"{low}-{high}" if high > low else f"{low}"


def _shortened(names: list[str], most: int) -> tuple[str, ...]:
    """At most so many, then how many more there are."""
    if len(names) <= most:
        return tuple(names)
    return (*names[:most], f"and {len(names) - most} more")
