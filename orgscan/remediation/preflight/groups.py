"""What security groups let out of tasks, and into VPC endpoints."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from orgscan.remediation.preflight.facts import Endpoint, Rule, SecurityGroup, Seen, Subnet
from orgscan.remediation.preflight.interface import Verdict

_HTTPS = 443
_EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


def groups_of(seen: Seen, ids: Iterable[str]) -> list[SecurityGroup]:
    """Those that were seen."""
    wanted = set(ids)
    return [group for group in seen.groups if group.id in wanted]


def _https(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules that HTTPS goes by."""
    for rule in rules:
        if rule.protocol == "-1" or (
            rule.protocol in {"tcp", "6"}
            and (rule.from_port is None or rule.from_port <= _HTTPS)
            and (rule.to_port is None or rule.to_port >= _HTTPS)
        ):
            yield rule


def _outbound(groups: Iterable[SecurityGroup]) -> list[Rule]:
    return [rule for group in groups for rule in _https(group.outbound)]


def lets_out(groups: Iterable[SecurityGroup], family: int) -> Verdict:
    """HTTPS to anybody; to some only, it depends on whom the task calls."""
    rules = _outbound(groups)
    if any(_EVERYWHERE[family] in rule.cidrs for rule in rules):
        return Verdict.PASS
    narrow = any(rule.cidrs or rule.prefix_lists for rule in rules)
    return Verdict.UNPROVEN if narrow else Verdict.FAIL


def lets_out_to(groups: Iterable[SecurityGroup], endpoint: Endpoint) -> Verdict:
    """HTTPS to an interface endpoint: to its groups, or to addresses that may be its own."""
    rules = _outbound(groups)
    if any(set(rule.groups) & set(endpoint.groups) for rule in rules):
        return Verdict.PASS
    if any(set(_EVERYWHERE.values()) & set(rule.cidrs) for rule in rules):
        return Verdict.PASS
    return Verdict.UNPROVEN if any(rule.cidrs for rule in rules) else Verdict.FAIL


def lets_out_to_list(groups: Iterable[SecurityGroup], prefix_lists: set[str]) -> Verdict:
    """HTTPS to a gateway endpoint, whose addresses are a prefix list's."""
    rules = _outbound(groups)
    if any(set(rule.prefix_lists) & prefix_lists for rule in rules):
        return Verdict.PASS
    return lets_out(groups, 4)


def lets_in(groups: Iterable[SecurityGroup], tasks: Iterable[str], subnet: Subnet) -> Verdict:
    """HTTPS from tasks with some groups, in a subnet, to an endpoint with others."""
    own, verdict = set(tasks), Verdict.FAIL
    for group in groups:
        for rule in _https(group.inbound):
            if set(rule.groups) & own or _holds(rule.cidrs, subnet):
                return Verdict.PASS
            if rule.prefix_lists or _touches(rule.cidrs, subnet):
                verdict = Verdict.UNPROVEN
    return verdict


def _holds(cidrs: Iterable[str], subnet: Subnet) -> bool:
    """Whether one range has the whole subnet in it."""
    return any(
        outer[0] == inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2]
        for outer in map(_range, cidrs)
        for inner in map(_range, _own(subnet))
    )


def _touches(cidrs: Iterable[str], subnet: Subnet) -> bool:
    return any(
        outer[0] == inner[0] and outer[1] <= inner[2] and inner[1] <= outer[2]
        for outer in map(_range, cidrs)
        for inner in map(_range, _own(subnet))
    )


def _own(subnet: Subnet) -> tuple[str, ...]:
    """The addresses that tasks call endpoints from: IPv4 ones, where they have any."""
    return subnet.ipv6_cidrs if subnet.ipv6_only or not subnet.cidr else (subnet.cidr,)


def _range(cidr: str) -> tuple[int, int, int]:
    """Family, first and last address."""
    network = ipaddress.ip_network(cidr, strict=False)
    return network.version, int(network.network_address), int(network.broadcast_address)
