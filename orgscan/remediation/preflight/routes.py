"""The way out of a subnet for tasks without a public address, by its route table.

https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import msgspec

from orgscan.remediation.preflight.facts import NatGateway, Route, RouteTable, Seen, Subnet
from orgscan.remediation.preflight.interface import Verdict

_EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
_NAT64 = "64:ff9b::/96"
_BROAD = {4: 7, 6: 3}
"""Routes as broad as this lead to the internet at large; narrower ones to somebody in it."""
_LAST = {4: 2**32, 6: 2**128}
_ELSEWHERE = {
    "tgw": "a transit gateway",
    "vgw": "a virtual private gateway",
    "pcx": "a VPC peering connection",
    "arn:": "a core network",
    "lgw": "a local gateway",
    "cagw": "a carrier gateway",
    "eni": "a network interface (a NAT instance or an appliance)",
    "i": "an instance (a NAT instance or an appliance)",
    "vpce": "an appliance behind a Gateway Load Balancer",
}
_NO_ROUTE = "it has no route to the internet"


class Way(msgspec.Struct, frozen=True):
    """Whether somebody without a public address gets out, and by what.

    Attributes:
        by_internet_gateway: whether only a public address would get out this way.
    """

    verdict: Verdict
    text: str
    mend: str = ""
    by_internet_gateway: bool = False


def table_of(seen: Seen, subnet_id: str, vpc_id: str) -> RouteTable | None:
    """The table associated with a subnet, else its VPC's main one; None where neither is seen."""
    own = next((table for table in seen.tables if subnet_id in table.subnets), None)
    mains = (table for table in seen.tables if table.is_main and table.vpc_id == vpc_id)
    return own or next(mains, None)


def way_out(seen: Seen, subnet: Subnet, account_id: str, family: int = 4) -> Way:
    """The way to the internet over IPv4 or IPv6; in an IPv6-only subnet, IPv4 is NAT64."""
    table = table_of(seen, subnet.id, subnet.vpc_id)
    if table is None:
        why = seen.refused.get("ec2:DescribeRouteTables", "no route table of it is listed")
        return Way(Verdict.UNPROVEN, why, "Let the role call ec2:DescribeRouteTables.")
    if family == 4 and subnet.ipv6_only:
        return _nat64(seen, subnet, table, account_id)
    ways = [_along(seen, subnet, route, account_id, family) for route in _broad(table, family)]
    if not ways:
        return _without_route(table)
    return max(ways, key=lambda way: tuple(Verdict).index(way.verdict))


def leads_elsewhere(seen: Seen, subnet: Subnet) -> bool:
    """Whether a route leads to another network, whose endpoints may be used from here."""
    table = table_of(seen, subnet.id, subnet.vpc_id)
    far = ("tgw-", "pcx-", "vgw-", "arn:")
    return table is not None and any(
        route.is_active and route.target.startswith(far) for route in table.routes
    )


def _without_route(table: RouteTable) -> Way:
    """A prefix list may hold anything; that of a gateway endpoint holds its service alone."""
    lists = [
        route
        for route in table.routes
        if route.destination.startswith("pl-") and not route.target.startswith("vpce-")
    ]
    if any(route.is_active for route in lists):
        text = "a prefix list leads out, and what it holds was not read"
        return Way(Verdict.UNPROVEN, text, "Check what the prefix list holds.")
    return Way(Verdict.FAIL, _NO_ROUTE, "Route 0.0.0.0/0 to a public NAT gateway.")


def _broad(table: RouteTable, family: int) -> list[Route]:
    """The routes that decide for the internet at large: at each place, the most specific one.

    Places that no broad route covers get one that leads nowhere, unless none covers anything.
    """
    routes = [
        (ipaddress.ip_network(route.destination, strict=False), route)
        for route in table.routes
        if not route.destination.startswith("pl-") and route.destination
    ]
    broad = [
        (network, route)
        for network, route in routes
        if network.version == family and network.prefixlen <= _BROAD[family]
    ]
    if not broad:
        return []
    edges = {0 if family == 4 else 0x2 << 124}
    for network, _ in broad:
        edges |= {int(network.network_address), int(network.broadcast_address) + 1}
    found: list[Route] = []
    for edge in sorted(edge for edge in edges if _is_public(edge, family)):
        holding = [
            (network.prefixlen, route)
            for network, route in broad
            if int(network.network_address) <= edge <= int(network.broadcast_address)
        ]
        best = max(holding, key=lambda pair: pair[0])[1] if holding else _nowhere(family)
        if best not in found:
            found.append(best)
    return found


def _is_public(edge: int, family: int) -> bool:
    """Of IPv6, only 2000::/3 is the internet; multicast and above are nobody's in IPv4."""
    if family == 4:
        return edge < 0xE0 << 24
    return 0x2 << 124 <= edge < 0x4 << 124


def _nowhere(family: int) -> Route:
    return Route(destination=_EVERYWHERE[family], target="")


def _along(seen: Seen, subnet: Subnet, route: Route, account_id: str, family: int) -> Way:
    """Where one route leads."""
    target = route.target
    if not target:
        return Way(Verdict.FAIL, "a part of the internet has no route", "Route 0.0.0.0/0 as well.")
    if not route.is_active:
        text = f"its route to {target} is a blackhole: the target is gone"
        return Way(Verdict.FAIL, text, "Route 0.0.0.0/0 to a NAT gateway that is there.")
    if target.startswith("nat-"):
        return _through_nat(seen, subnet, target, account_id)
    if target.startswith("eigw-"):
        return Way(Verdict.PASS, f"IPv6 leaves by {target}")
    if target.startswith("igw-"):
        return _through_gateway(subnet, target, family)
    return _elsewhere(target)


def _through_gateway(subnet: Subnet, target: str, family: int) -> Way:
    if family == 6 and subnet.block_mode not in {None, "off"}:
        text = f"IPv6 leaves by {target}, and VPC Block Public Access stands in between"
        return Way(Verdict.UNPROVEN, text, "Use an egress-only internet gateway.")
    if family == 6:
        return Way(Verdict.PASS, f"IPv6 leaves by {target}, which lets the internet in as well")
    text = f"its route leads to {target}, which only carries what has a public address"
    mend = "Name private subnets with a NAT gateway in the allowlist's `subnets`."
    return Way(Verdict.FAIL, text, mend, by_internet_gateway=True)


def _elsewhere(target: str) -> Way:
    kind = next((k for k in _ELSEWHERE if target.startswith(k if ":" in k else f"{k}-")), None)
    what = _ELSEWHERE[kind] if kind else "something that is not known here"
    text = f"its route leads to {what} ({target}), and what is beyond cannot be seen from here"
    return Way(Verdict.UNPROVEN, text, "Prove it by a task there, then pass --accept-unproven.")


def _nat64(seen: Seen, subnet: Subnet, table: RouteTable, account_id: str) -> Way:
    """IPv4-only hosts are reached by DNS64 and a NAT gateway, or not at all."""
    route = next((r for r in table.routes if r.destination == _NAT64), None)
    if route is None or not subnet.dns64:
        text = "it is IPv6-only, without DNS64 and a route of 64:ff9b::/96 to a NAT gateway"
        return Way(Verdict.FAIL, text, "Enable DNS64 and route 64:ff9b::/96 to a NAT gateway.")
    return _along(seen, subnet, route, account_id, 4)


def _through_nat(seen: Seen, subnet: Subnet, nat_id: str, account_id: str) -> Way:
    nat = next((each for each in seen.nats if each.id == nat_id), None)
    if is_shared(subnet, account_id):
        text = f"{nat_id} belongs to {subnet.owner_id}, which shares the subnet"
        return Way(Verdict.UNPROVEN, text, "Ask the owner whether it reaches the internet.")
    if nat is None:
        why = seen.refused.get("ec2:DescribeNatGateways", "it is not listed")
        return Way(
            Verdict.UNPROVEN,
            f"{nat_id} was not seen: {why}",
            "Let the role call ec2:DescribeNatGateways.",
        )
    if nat.state != "available":
        text = f"{nat_id} is {nat.state or 'in no state that is told'}"
        return Way(Verdict.FAIL, text, "Route 0.0.0.0/0 to a NAT gateway that is available.")
    if subnet.block_mode == "block-bidirectional":
        text = f"{nat_id}, and VPC Block Public Access is block-bidirectional here"
        return Way(Verdict.UNPROVEN, text, "Check that an exclusion covers both subnets.")
    return _beyond_nat(seen, subnet, nat)


def _beyond_nat(seen: Seen, subnet: Subnet, nat: NatGateway) -> Way:
    """The table behind the gateway: its own if it is regional, else that of its subnet."""
    table = next((t for t in seen.tables if t.id == nat.route_table_id), None)
    if table is None and nat.subnet_id:
        table = table_of(seen, nat.subnet_id, subnet.vpc_id)
    targets = {route.target for route in _broad(table, 4) if route.is_active} if table else None
    kind = "regional " if nat.subnet_id is None else ""
    if nat.connectivity == "private":
        return _beyond_private(nat, targets)
    if targets is None:
        # AWS makes the table of a regional gateway, and need not show it.
        verdict = Verdict.PASS if kind else Verdict.UNPROVEN
        mend = "" if kind else "Check the route table of its subnet."
        return Way(verdict, f"{nat.id}, a {kind}public NAT gateway", mend)
    if not _all_start(targets, "igw-"):
        stray = ", ".join(sorted(targets)) or "nowhere"
        text = f"{nat.id} is public, and the route of its own subnet leads to {stray}"
        if any(not target.startswith("nat-") for target in targets):
            return Way(Verdict.UNPROVEN, text, "Prove it by a task there.")
        return Way(Verdict.FAIL, text, "Route 0.0.0.0/0 of its subnet to an internet gateway.")
    return Way(Verdict.PASS, f"{nat.id}, a {kind}public NAT gateway")


def _beyond_private(nat: NatGateway, targets: set[str] | None) -> Way:
    text = f"{nat.id} is a private NAT gateway, which has no public address"
    if targets and not any(target.startswith(("igw-", "nat-")) for target in targets):
        return Way(Verdict.UNPROVEN, text, "Prove it by a task there, then pass --accept-unproven.")
    return Way(Verdict.FAIL, text, "Route 0.0.0.0/0 to a public NAT gateway.")


def _all_start(targets: Iterable[str], prefix: str) -> bool:
    held = list(targets)
    return bool(held) and all(target.startswith(prefix) for target in held)


def is_shared(subnet: Subnet, account_id: str) -> bool:
    """Whether a subnet belongs to another account, whose gateways and endpoints are not listed."""
    return subnet.owner_id not in {None, account_id}
