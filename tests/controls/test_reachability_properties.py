"""Whatever EC2 answers, there is a grade: nothing in a network ends a scan."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orgscan.controls.reachability import Reachability
from orgscan.model.exposure import Grade
from orgscan.model.observation import (
    AclEntry,
    InboundRule,
    Network,
    NetworkAcl,
    NetworkInterface,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
)

WORDS = st.sampled_from(
    ["0.0.0.0/0", "::/0", "10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32", "203.0.113.0/99",
     "pl-1", "", "</script>\u202e", "1.2.3", "::ffff:0:0/96"]
)  # fmt: skip
PROTOCOLS = st.sampled_from(["all", "tcp", "udp", "icmp", "icmpv6", "50", "", "quic\x1b"])
PORTS = st.none() | st.integers(-2, 70_000)
ROUTES = st.builds(
    Route,
    destination=WORDS,
    target=st.sampled_from(["igw-1", "eigw-1", "nat-1", "local", ""]),
    is_active=st.booleans(),
)
RULES = st.builds(
    InboundRule,
    protocol=PROTOCOLS,
    from_port=PORTS,
    to_port=PORTS,
    ipv4=st.lists(WORDS, max_size=3).map(tuple),
    ipv6=st.lists(WORDS, max_size=3).map(tuple),
    prefix_lists=st.lists(WORDS, max_size=1).map(tuple),
)
ENTRIES = st.builds(
    AclEntry,
    number=st.integers(-1, 3),
    egress=st.booleans(),
    allow=st.sampled_from([True, True, False, None]),
    protocol=PROTOCOLS,
    cidr=WORDS,
    from_port=PORTS,
    to_port=PORTS,
)
MODES = st.sampled_from([None, "off", "block-ingress", "", "block-sideways"])


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """One subnet, of which any part may be missing or make no sense."""
    routes = draw(st.lists(ROUTES, max_size=4))
    entries = draw(st.lists(ENTRIES, max_size=4))
    rules = draw(st.lists(RULES, max_size=4))
    table = RouteTable(
        id="rtb-1", vpc_id="vpc-1", is_main=draw(st.booleans()), subnets=(), routes=tuple(routes)
    )
    acl = NetworkAcl(id="acl-1", subnets=("subnet-1",), entries=tuple(entries))
    guard = SecurityGroup(id="sg-1", inbound=tuple(rules))
    return Network(
        subnets=draw(st.sampled_from([(), (Subnet(id="subnet-1", block_mode=draw(MODES)),)])),
        route_tables=draw(st.sampled_from([(), (table,)])),
        security_groups=draw(st.sampled_from([(), (guard,)])),
        network_acls=draw(st.sampled_from([(), (acl,)])),
    )


@given(network=networks(), family=st.sampled_from([4, 6]), denies=st.booleans())
def test_every_network_has_a_grade_that_says_why(
    network: Network, family: int, denies: bool
) -> None:
    """Reachable from somewhere on some port, addressable or unknown, in plain text."""
    interface = NetworkInterface(
        id="eni-1",
        attachment_id="a-1",
        subnet_id="subnet-1",
        vpc_id="vpc-1",
        security_groups=("sg-1",),
        deny_all_igw_traffic=denies,
    )
    exposure = Reachability(network).exposure(interface, family)

    assert exposure.grade in {Grade.REACHABLE, Grade.ADDRESSABLE, Grade.UNKNOWN}
    assert exposure.reason.isprintable()
    is_reachable = exposure.grade is Grade.REACHABLE
    assert (bool(exposure.sources), bool(exposure.ports)) == (is_reachable, is_reachable)
