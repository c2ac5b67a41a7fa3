"""What security groups open to the outside: by protocol and ports, for which sources."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from orgscan.controls.traffic import Box, box_of, everything
from orgscan.model.observation import InboundRule, SecurityGroup

# Addresses that no packet from the internet carries as its source: RFC 1918, 6598, 3927, 4193 and
# the like. A VPC's own ranges, where they are others, are told by its local routes.
_INSIDE = {
    4: ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
        "127.0.0.0/8"),
    6: ("fc00::/7", "fe80::/10", "::1/128"),
}  # fmt: skip
INSIDE_BOXES = {
    family: tuple(
        Box(int(network.network_address), int(network.broadcast_address))
        for network in map(ipaddress.ip_network, cidrs)
    )
    for family, cidrs in _INSIDE.items()
}
"""These ranges, by family."""


class Opening(NamedTuple):
    """Traffic that a rule lets in; `source` is a CIDR or a prefix list's id."""

    box: Box
    source: str


class Openings(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of security groups lets in from outside, over one family of addresses.

    Attributes:
        by_protocol: protocols as rules name them.
        lets_groups_in: whether a rule names other security groups.
        unreadable: a source that is no address range, if there is one; else empty.
        unseen: ids of groups that were not shown.
    """

    by_protocol: dict[str, list[Opening]]
    lets_groups_in: bool
    unreadable: str
    unseen: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every rule of every group could be read."""
        return not self.unseen and not self.unreadable


def openings_of(ids: Iterable[str], groups: Mapping[str, SecurityGroup], family: int) -> Openings:
    """What the groups let in, in one pass over their rules.

    Args:
        ids: the security groups of an interface.
        groups: those that were shown, by id.
        family: 4 or 6.
    """
    found: dict[str, list[Opening]] = {}
    unreadable = ""
    unseen: list[str] = []
    lets_groups_in = False
    for group_id in ids:
        group = groups.get(group_id)
        if group is None:
            unseen.append(group_id)
            continue
        for rule in group.inbound:
            lets_groups_in = lets_groups_in or bool(rule.groups)
            unreadable = _open(rule, family, found.setdefault(rule.protocol, [])) or unreadable
    return Openings(
        by_protocol=found,
        lets_groups_in=lets_groups_in,
        unreadable=unreadable,
        unseen=tuple(unseen),
    )


def _open(rule: InboundRule, family: int, found: list[Opening]) -> str:
    """Add what a rule lets in to `found`; a source that is no address range, or empty."""
    unreadable = ""
    for cidr in rule.ipv4 if family == 4 else rule.ipv6:
        try:
            opening = _opening(cidr, rule.from_port, rule.to_port, family)
        except ValueError:
            unreadable = cidr
            continue
        if opening is not None:
            found.append(opening)
    # What is in a prefix list is not asked: it may hold any address.
    if rule.prefix_lists:
        every = everything(family, rule.from_port, rule.to_port)
        found += [Opening(every, prefix_list) for prefix_list in rule.prefix_lists]
    return unreadable


# Rules say the same few things again and again.
@functools.lru_cache(maxsize=16_384)
def _opening(cidr: str, from_port: int | None, to_port: int | None, family: int) -> Opening | None:
    """What a rule opens to a range; None where no packet from outside comes from it.

    Raises:
        ValueError: it is no address range.
    """
    box = box_of(cidr, from_port, to_port)
    inside = INSIDE_BOXES[family]
    if any(known.first <= box.first and box.last <= known.last for known in inside):
        return None
    return Opening(box, cidr)
