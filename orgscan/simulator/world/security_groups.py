"""The security groups of a VPC: one for each way a group can let somebody in, or nobody."""

from __future__ import annotations

from orgscan.simulator.world.network import Rule

ANYONE, ANYONE6 = "0.0.0.0/0", "::/0"

# Addresses of documentation: a report never names somebody's real network.
_OFFICE, _PARTNER = "203.0.113.0/24", "198.51.100.7/32"
_PREFIX_LIST = "pl-0example00000cdn1"
_ELSEWHERE = ("sg-0fedcba9876543210", "999911112222")


def _crowd() -> tuple[Rule, ...]:
    """A thousand rules, of which the last is the only one for somebody outside."""
    inside = (f"10.{at // 250}.{at % 250}.0/24" for at in range(999))
    return (
        *(Rule(ports=(9_000, 9_000), sources=(source,)) for source in inside),
        Rule(ports=(8_443, 8_443), sources=(_PARTNER,)),
    )


_EVERYWHERE_ALIKE: dict[str, tuple[Rule, ...]] = {
    "web": tuple(Rule(ports=(port, port), sources=(ANYONE,)) for port in (80, 443)),
    "web-dual": (Rule(ports=(443, 443), sources=(ANYONE, ANYONE6)),),
    "anything": (Rule(protocol="-1", sources=(ANYONE, ANYONE6)),),
    "ping": (
        Rule(protocol="icmp", ports=(8, -1), sources=(ANYONE,)),
        Rule(protocol="icmpv6", ports=(128, -1), sources=(ANYONE6,)),
    ),
    "cdn": (Rule(ports=(443, 443), prefix_lists=(_PREFIX_LIST,)),),
    "closed": (),
    "crowded": _crowd(),
}


def workload_rules(itself: tuple[str, str], own: tuple[str, ...]) -> dict[str, tuple[Rule, ...]]:
    """Inbound rules by the group's name.

    Args:
        itself: id and owner of the group `internal`.
        own: the VPC's ranges.
    """
    members = Rule(protocol="-1", groups=(itself,))
    return _EVERYWHERE_ALIKE | {
        "internal": (members,),
        "office": (Rule(ports=(22, 22), sources=(_OFFICE,)), members),
        # Another account's group, over a peering connection: no way in from the internet.
        "peers": (Rule(ports=(8_000, 8_999), groups=(_ELSEWHERE, itself)),),
        "intranet": (
            Rule(ports=(443, 443), sources=("10.0.0.0/8", "100.64.0.0/10", "fd00::/8")),
            Rule(protocol="udp", ports=(53, 53), sources=own),
        ),
    }
