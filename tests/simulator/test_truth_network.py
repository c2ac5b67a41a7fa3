"""What the truth calls reachable, row by row: one thing is changed in an open network."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orgscan.model.exposure import Grade
from orgscan.simulator.truth_network import Part, Spot, grade
from orgscan.simulator.world.network import (
    AclEntry,
    NetworkAcl,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    Vpc,
)

OWNER = "111122223333"
LOCAL = (Route("10.1.0.0/16", "local"), Route("2001:db8:1:100::/56", "local"))
OPEN_ROUTES = (Route("0.0.0.0/0", "igw-1"), Route("::/0", "igw-1"))
OPEN_RULE = Rule(ports=(443, 443), sources=("0.0.0.0/0", "::/0"))


def entry(number: int, action: str, cidr: str, protocol: str = "-1", ports: str = "") -> AclEntry:
    """An entry; an action is `allow in`, `deny in`, `allow out` or `deny out`."""
    verb, _, way = action.partition(" ")
    first, _, last = ports.partition("-")
    return AclEntry(
        number=number,
        egress=way == "out",
        allow=verb == "allow",
        cidr=cidr,
        protocol=protocol,
        ports=(int(first), int(last)) if ports else None,
    )


ALL_OUT = (entry(100, "allow out", "0.0.0.0/0"), entry(101, "allow out", "::/0"))
OPEN_ACL = (entry(100, "allow in", "0.0.0.0/0"), entry(101, "allow in", "::/0"), *ALL_OUT)


def spot(
    *,
    routes: tuple[Route, ...] = OPEN_ROUTES,
    main_routes: tuple[Route, ...] | None = None,
    rules: tuple[Rule, ...] = (OPEN_RULE,),
    entries: tuple[AclEntry, ...] = OPEN_ACL,
    block_mode: str = "off",
    denies_gateways: bool = False,
) -> Spot:
    """An interface in a subnet of its own; `main_routes` take away the subnet's association."""
    place = {"vpc_id": "vpc-1", "owner": OWNER}
    subnet = Subnet(
        id="subnet-1",
        vpc_id="vpc-1",
        owner=OWNER,
        zone="eu-west-1a",
        cidr="10.1.0.0/24",
        kind="",
        block_mode=block_mode,
    )
    own, main = ("subnet-1",), (*LOCAL, *(main_routes or ()))
    if main_routes is not None:
        own = ("subnet-2",)
    vpc = Vpc(
        id="vpc-1",
        owner=OWNER,
        name="",
        cidr="10.1.0.0/16",
        subnets=(subnet,),
        route_tables=(
            RouteTable(id="rtb-1", main=False, subnets=own, routes=(*LOCAL, *routes), **place),
            RouteTable(id="rtb-2", main=True, subnets=(), routes=main, **place),
        ),
        groups=(SecurityGroup(id="sg-1", name="", rules=rules, **place),),
        acls=(
            NetworkAcl(id="acl-1", default=True, subnets=("subnet-1",), entries=entries, **place),
        ),
    )
    return Spot(vpc=vpc, subnet=subnet, groups=("sg-1",), denies_gateways=denies_gateways)


def rule(*sources: str, ports: tuple[int, int] = (443, 443)) -> tuple[Rule, ...]:
    """One TCP rule."""
    return (Rule(ports=ports, sources=sources),)


REACHED, ADDRESSED = Grade.REACHABLE, Grade.ADDRESSABLE


@pytest.mark.parametrize(
    ("routes", "ipv4", "ipv6"),
    [
        pytest.param(OPEN_ROUTES, REACHED, REACHED, id="default routes to an internet gateway"),
        pytest.param((), ADDRESSED, ADDRESSED, id="local routes only"),
        pytest.param((Route("0.0.0.0/0", "igw-1"),), REACHED, ADDRESSED, id="IPv4 only"),
        pytest.param((Route("::/0", "igw-1"),), ADDRESSED, REACHED, id="IPv6 only"),
        pytest.param(
            (Route("0.0.0.0/0", "nat-1"), Route("::/0", "eigw-1")),
            ADDRESSED,
            ADDRESSED,
            id="NAT and egress-only gateway",
        ),
        pytest.param((Route("0.0.0.0/0", "tgw-1"),), ADDRESSED, ADDRESSED, id="transit gateway"),
        pytest.param(
            (Route("0.0.0.0/0", "igw-1", blackhole=True),), ADDRESSED, ADDRESSED, id="blackhole"
        ),
        pytest.param(
            (Route("0.0.0.0/1", "igw-1"), Route("128.0.0.0/1", "igw-1")),
            REACHED,
            ADDRESSED,
            id="two halves",
        ),
        pytest.param(
            (Route("203.0.113.0/24", "igw-1"), Route("2001:db8:ff::/48", "igw-1")),
            REACHED,
            REACHED,
            id="one public range of each family",
        ),
        pytest.param(
            (Route("10.9.0.0/16", "igw-1"), Route("fd00::/8", "igw-1")),
            ADDRESSED,
            ADDRESSED,
            id="private ranges only",
        ),
        pytest.param((Route("pl-1", "igw-1"),), REACHED, REACHED, id="a prefix list"),
        pytest.param(
            (*OPEN_ROUTES, Route("0.0.0.0/1", "tgw-1"), Route("128.0.0.0/1", "nat-1")),
            ADDRESSED,
            REACHED,
            id="more specific routes lead elsewhere",
        ),
        pytest.param(
            (*OPEN_ROUTES, Route("::/1", "eigw-1"), Route("8000::/1", "igw-1", blackhole=True)),
            REACHED,
            ADDRESSED,
            id="more specific routes lead nowhere",
        ),
    ],
)
def test_the_route_decides(routes: tuple[Route, ...], ipv4: Grade, ipv6: Grade) -> None:
    """Only an active route from an internet gateway for public addresses brings anybody in."""
    place = spot(routes=routes)
    assert (grade(place, 4), grade(place, 6)) == (ipv4, ipv6)


def test_a_subnet_without_an_association_follows_the_main_table() -> None:
    """Whatever the other tables of its VPC say."""
    assert grade(spot(routes=(), main_routes=OPEN_ROUTES), 4) is REACHED
    assert grade(spot(routes=OPEN_ROUTES, main_routes=()), 4) is ADDRESSED


@pytest.mark.parametrize(
    ("rules", "ipv4", "ipv6"),
    [
        pytest.param((OPEN_RULE,), REACHED, REACHED, id="everywhere"),
        pytest.param((), ADDRESSED, ADDRESSED, id="no rule"),
        pytest.param(rule("0.0.0.0/0"), REACHED, ADDRESSED, id="IPv4 only"),
        pytest.param(rule("::/0"), ADDRESSED, REACHED, id="IPv6 only"),
        pytest.param(rule("203.0.113.7/32"), REACHED, ADDRESSED, id="one public address"),
        pytest.param(rule("10.0.0.0/8", "fd00::/8"), ADDRESSED, ADDRESSED, id="private"),
        pytest.param(rule("100.64.0.0/10"), ADDRESSED, ADDRESSED, id="carrier-grade NAT"),
        pytest.param(rule("8.0.0.0/6"), REACHED, ADDRESSED, id="partly private"),
        pytest.param(rule("172.0.0.0/11"), REACHED, ADDRESSED, id="wider than a private range"),
        pytest.param(
            rule("10.1.0.0/16", "2001:db8:1:100::/56"), ADDRESSED, ADDRESSED, id="the VPC's own"
        ),
        pytest.param(
            rule("0.0.0.0/0", "2001:db8:1:100::/57"), REACHED, ADDRESSED, id="a part of its own"
        ),
        pytest.param(rule("2001:db8:1:200::/56"), ADDRESSED, REACHED, id="another VPC's IPv6"),
        pytest.param((Rule(prefix_lists=("pl-1",)),), REACHED, REACHED, id="prefix list"),
        pytest.param(
            (Rule(protocol="-1", groups=(("sg-9", "999999999999"), ("sg-1", OWNER))),),
            ADDRESSED,
            ADDRESSED,
            id="other groups",
        ),
        pytest.param(
            (Rule(protocol="icmp", ports=(8, -1), sources=("0.0.0.0/0",)),),
            REACHED,
            ADDRESSED,
            id="ping",
        ),
        pytest.param(
            (Rule(protocol="-1", sources=("0.0.0.0/0",)),), REACHED, ADDRESSED, id="all protocols"
        ),
    ],
)
def test_the_groups_decide(rules: tuple[Rule, ...], ipv4: Grade, ipv6: Grade) -> None:
    """A source outside is a range that is not wholly private or own, or a prefix list."""
    place = spot(rules=rules)
    assert (grade(place, 4), grade(place, 6)) == (ipv4, ipv6)


def test_route_and_group_have_to_agree_on_somebody() -> None:
    """A route for one range brings nobody whom the group lets in from another."""
    routes = (Route("203.0.113.0/24", "igw-1"),)
    assert grade(spot(routes=routes, rules=rule("198.51.100.0/24")), 4) is ADDRESSED
    assert grade(spot(routes=routes, rules=rule("203.0.112.0/20")), 4) is REACHED


@pytest.mark.parametrize(
    ("entries", "rules", "expected"),
    [
        pytest.param((), (OPEN_RULE,), ADDRESSED, id="nothing matches"),
        pytest.param(
            (entry(100, "allow in", "0.0.0.0/0"),), (OPEN_RULE,), ADDRESSED, id="no answer out"
        ),
        pytest.param(
            (entry(90, "deny in", "0.0.0.0/0"), *OPEN_ACL),
            (OPEN_RULE,),
            ADDRESSED,
            id="denied first",
        ),
        pytest.param(
            (entry(110, "deny in", "0.0.0.0/0"), *OPEN_ACL),
            (OPEN_RULE,),
            REACHED,
            id="denied later",
        ),
        pytest.param(
            (entry(90, "deny in", "0.0.0.0/0", "6", "0-1023"), *OPEN_ACL),
            (OPEN_RULE,),
            ADDRESSED,
            id="the rule's port is denied",
        ),
        pytest.param(
            (entry(90, "deny in", "0.0.0.0/0", "6", "0-1023"), *OPEN_ACL),
            rule("0.0.0.0/0", ports=(1000, 2000)),
            REACHED,
            id="one of the rule's ports is not denied",
        ),
        pytest.param(
            (entry(90, "deny in", "0.0.0.0/0", "17"), *OPEN_ACL),
            (OPEN_RULE,),
            REACHED,
            id="another protocol is denied",
        ),
        pytest.param(
            (entry(90, "deny in", "203.0.113.0/24"), *OPEN_ACL),
            rule("203.0.113.0/25"),
            ADDRESSED,
            id="the rule's source is denied",
        ),
        pytest.param(
            (entry(90, "deny in", "203.0.113.0/25"), *OPEN_ACL),
            rule("203.0.113.0/24"),
            REACHED,
            id="half of the rule's source is denied",
        ),
        pytest.param(
            (entry(100, "allow in", "10.0.0.0/8"), *ALL_OUT),
            (OPEN_RULE,),
            ADDRESSED,
            id="private addresses come in",
        ),
        pytest.param(
            (
                entry(100, "allow in", "0.0.0.0/0"),
                entry(100, "allow out", "0.0.0.0/0", "6", "443-443"),
            ),
            (OPEN_RULE,),
            ADDRESSED,
            id="no ephemeral port out",
        ),
        pytest.param(
            (
                entry(100, "allow in", "0.0.0.0/0"),
                entry(100, "allow out", "0.0.0.0/0", "6", "32768-60999"),
            ),
            (OPEN_RULE,),
            REACHED,
            id="some ephemeral ports out",
        ),
        pytest.param(
            (
                entry(100, "allow in", "203.0.113.0/24"),
                entry(100, "allow out", "198.51.100.0/24"),
            ),
            (OPEN_RULE,),
            ADDRESSED,
            id="the answer would go elsewhere",
        ),
        pytest.param(
            (entry(100, "allow in", "0.0.0.0/0", "1"), *ALL_OUT),
            (Rule(protocol="-1", sources=("0.0.0.0/0",)),),
            REACHED,
            id="one of all protocols",
        ),
        pytest.param(
            (entry(100, "allow in", "::/0"), entry(101, "allow out", "::/0")),
            (OPEN_RULE,),
            ADDRESSED,
            id="the other family",
        ),
    ],
)
def test_the_network_acl_decides(
    entries: tuple[AclEntry, ...], rules: tuple[Rule, ...], expected: Grade
) -> None:
    """What a group lets in, the ACL has to let in too, and the answer out."""
    assert grade(spot(entries=entries, rules=rules), 4) is expected


@pytest.mark.parametrize("mode", ["block-bidirectional", "block-ingress"])
def test_blocked_public_access_decides(mode: str) -> None:
    """Both modes keep the internet out, over both families."""
    place = spot(block_mode=mode)
    assert (grade(place, 4), grade(place, 6)) == (ADDRESSED, ADDRESSED)


def test_an_interface_that_denies_gateways_is_reached_over_ipv4_only() -> None:
    """AWS documents the attribute for IPv6."""
    place = spot(denies_gateways=True)
    assert (grade(place, 4), grade(place, 6)) == (REACHED, ADDRESSED)


@pytest.mark.parametrize("part", Part)
def test_a_part_that_was_refused_leaves_it_unknown(part: Part) -> None:
    """If all that was seen is open."""
    assert grade(spot(), 4, {part}) is Grade.UNKNOWN


@pytest.mark.parametrize(
    ("closed", "needed"),
    [
        ({"routes": ()}, {Part.ROUTES}),
        ({"rules": ()}, {Part.GROUPS}),
        ({"entries": ()}, {Part.ACLS, Part.GROUPS}),
        ({"rules": rule("10.0.0.0/8")}, {Part.GROUPS}),
        (
            {"routes": (Route("203.0.113.0/24", "igw-1"),), "rules": rule("198.51.100.0/24")},
            {Part.ROUTES, Part.GROUPS},
        ),
        ({"block_mode": "block-ingress"}, {Part.SUBNETS}),
    ],
)
def test_what_was_seen_to_keep_traffic_out_is_enough(
    closed: dict[str, Any], needed: set[Part]
) -> None:
    """Whatever else was refused; an ACL is judged with the groups."""
    place = spot(**closed)
    assert grade(place, 4, set(Part) - needed) is ADDRESSED
    assert grade(place, 4, set(Part)) is Grade.UNKNOWN


def test_a_thousand_rules_are_looked_through_to_the_last() -> None:
    """The only rule for somebody outside may be the last one."""
    inside = tuple(Rule(ports=(80, 80), sources=(f"10.2.{at % 250}.0/24",)) for at in range(999))
    assert grade(spot(rules=inside), 4) is ADDRESSED
    assert grade(spot(rules=(*inside, OPEN_RULE)), 4) is REACHED


def test_rules_of_every_group_of_the_interface_count() -> None:
    """And those of the VPC's other groups do not."""
    place = spot(rules=())
    closed, (table, main) = place.vpc.groups[0], place.vpc.route_tables
    opened = msgspec.structs.replace(closed, id="sg-2", rules=(OPEN_RULE,))
    vpc = msgspec.structs.replace(place.vpc, groups=(closed, opened), route_tables=(table, main))
    one = msgspec.structs.replace(place, vpc=vpc)
    both = msgspec.structs.replace(one, groups=("sg-1", "sg-2"))
    assert (grade(one, 4), grade(both, 4)) == (ADDRESSED, REACHED)
