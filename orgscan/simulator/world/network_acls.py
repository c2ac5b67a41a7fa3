"""The network ACLs of a VPC: AWS's default, and ones that keep something out."""

from __future__ import annotations

import functools

from orgscan.simulator.world.network import AclEntry
from orgscan.simulator.world.recipes import FENCED, MUTE, ORDERED, STRICT
from orgscan.simulator.world.security_groups import ANYONE, ANYONE6

_TCP = "6"
_EPHEMERAL = (1_024, 65_535)
_LAST, _LAST6 = 32_767, 32_768


def _both(number: int, *, egress: bool, allow: bool, number6: int | None = None) -> list[AclEntry]:
    """All traffic, from everywhere, over IPv4 and IPv6."""
    return [
        AclEntry(number=number, egress=egress, allow=allow, cidr=ANYONE),
        AclEntry(number=number6 or number + 1, egress=egress, allow=allow, cidr=ANYONE6),
    ]


def _closing() -> list[AclEntry]:
    """The entries `*` that every network ACL ends with."""
    return [
        entry
        for egress in (False, True)
        for entry in _both(_LAST, egress=egress, allow=False, number6=_LAST6)
    ]


def _tcp(number: int, ports: tuple[int, int], *, egress: bool, allow: bool) -> list[AclEntry]:
    """TCP, to or from everywhere, over IPv4 and IPv6."""
    return [
        AclEntry(
            number=number + at, egress=egress, allow=allow, cidr=cidr, protocol=_TCP, ports=ports
        )
        for at, cidr in enumerate((ANYONE, ANYONE6))
    ]


@functools.cache
def entries(kind: str) -> tuple[AclEntry, ...]:
    """Those of the ACL for a kind of subnet; the default one for every kind that needs none.

    FENCED lets only private addresses in; ORDERED denies the well-known ports before it allows
    everything; MUTE lets in what it lets no answer out to; STRICT is narrow and still serves.
    """
    inward = _both(100, egress=False, allow=True)
    outward = _both(100, egress=True, allow=True)
    if kind == FENCED:
        inward = [AclEntry(number=100, egress=False, allow=True, cidr="10.0.0.0/8")]
    elif kind == ORDERED:
        inward = [*_tcp(90, (0, 1_023), egress=False, allow=False), *inward]
    elif kind == MUTE:
        outward = _tcp(100, (443, 443), egress=True, allow=True)
    elif kind == STRICT:
        inward = [
            *_tcp(100, (443, 443), egress=False, allow=True),
            *_tcp(110, _EPHEMERAL, egress=False, allow=True),
        ]
        outward = _tcp(100, _EPHEMERAL, egress=True, allow=True)
    return (*inward, *outward, *_closing())
