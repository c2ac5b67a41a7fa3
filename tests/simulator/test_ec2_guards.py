"""EC2 shows what stands between a task and the internet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import Endpoint, Scenario, Simulator

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]

REGION = "eu-west-1"


@pytest.fixture
def ec2(serve: Serve, connect: Make, gallery: Scenario) -> Any:  # noqa: ANN401 - botocore has no types
    """A client in the gallery."""
    _, endpoint = serve(gallery)
    return connect(endpoint, "ec2", REGION)


def subnets_by_kind(client: Any) -> dict[str, list[dict[str, Any]]]:  # noqa: ANN401 - botocore has no types
    """By the beginning of their name, which says what they are like."""
    found: dict[str, list[dict[str, Any]]] = {}
    for subnet in client.describe_subnets()["Subnets"]:
        found.setdefault(subnet["Tags"][0]["Value"].rpartition("-")[0], []).append(subnet)
    return found


def ways_out(client: Any, subnet: dict[str, Any]) -> dict[str, tuple[str, str]]:  # noqa: ANN401 - botocore has no types
    """Where the routes of a subnet lead: the kind of target and the state, by destination."""
    explicit = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
    main = [
        {"Name": "vpc-id", "Values": [subnet["VpcId"]]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    tables = client.describe_route_tables(Filters=explicit)["RouteTables"]
    (table,) = tables or client.describe_route_tables(Filters=main)["RouteTables"]
    ways = {}
    for route in table["Routes"]:
        destination = route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"]
        members = ("GatewayId", "EgressOnlyInternetGatewayId", "NatGatewayId", "TransitGatewayId")
        (target,) = (route[member] for member in members if member in route)
        ways[destination] = (target.partition("-")[0], route["State"])
    return {to: way for to, way in ways.items() if way[0] != "local"}


def test_each_kind_of_subnet_has_its_ways_out(ec2: Any) -> None:  # noqa: ANN401 - botocore has no types
    """Gateways, egress-only ones, ones that are gone, halves of everything, other networks."""
    ways = {kind: ways_out(ec2, subnets[0]) for kind, subnets in subnets_by_kind(ec2).items()}
    private = ways.pop("private")
    assert private in ({}, {"0.0.0.0/0": ("nat", "active")})
    public = {"0.0.0.0/0": ("igw", "active")}
    assert ways == {
        "default": public,
        "public": public,
        "shared": public,
        "dual": {**public, "::/0": ("igw", "active")},
        "egress-only": {**private, "::/0": ("eigw", "active")},
        "fenced": public,
        "ordered": public,
        "mute": public,
        "strict": public,
        "blackhole": {"0.0.0.0/0": ("igw", "blackhole")},
        "split": {"0.0.0.0/1": ("igw", "active"), "128.0.0.0/1": ("igw", "active")},
        "transit": {"0.0.0.0/0": ("tgw", "active")},
    }


def test_the_main_table_names_no_subnet(ec2: Any) -> None:  # noqa: ANN401 - botocore has no types
    """A subnet that follows it is in no association."""
    tables = ec2.describe_route_tables()["RouteTables"]
    mains = [t for t in tables if any(a["Main"] for a in t["Associations"])]
    assert len({t["VpcId"] for t in mains}) == len(mains) == 3
    assert not any("SubnetId" in a for t in mains for a in t["Associations"])
    named = {a["SubnetId"] for t in tables for a in t["Associations"] if not a["Main"]}
    kinds = subnets_by_kind(ec2)
    followers = {s["SubnetId"] for s in (*kinds["private"], *kinds["default"], *kinds["shared"])}
    assert not followers & named


def test_groups_let_in_ranges_lists_and_other_groups(ec2: Any) -> None:  # noqa: ANN401 - botocore has no types
    """Each of what a rule can name is in one of them."""
    (vpc,) = {s["VpcId"] for s in subnets_by_kind(ec2)["public"]}
    wish = [{"Name": "vpc-id", "Values": [vpc]}]
    groups = {
        group["GroupName"]: group["IpPermissions"]
        for group in ec2.describe_security_groups(Filters=wish)["SecurityGroups"]
    }

    def ports(name: str) -> list[tuple[str, int | None, int | None]]:
        return [(r["IpProtocol"], r.get("FromPort"), r.get("ToPort")) for r in groups[name]]

    assert ports("web") == [("tcp", 80, 80), ("tcp", 443, 443)]
    assert ports("anything") == [("-1", None, None)]
    assert ports("ping") == [("icmp", 8, -1), ("icmpv6", 128, -1)]
    assert groups["closed"] == []
    assert [r["CidrIpv6"] for r in groups["web-dual"][0]["Ipv6Ranges"]] == ["::/0"]
    assert groups["cdn"][0]["PrefixListIds"][0]["PrefixListId"].startswith("pl-")
    others = {pair["UserId"] for pair in groups["peers"][0]["UserIdGroupPairs"]}
    assert len(others) == 2
    assert len(groups["crowded"]) == 1_000
    assert groups["crowded"][-1]["IpRanges"][0]["CidrIp"] == "198.51.100.7/32"


def test_every_subnet_has_one_network_acl(ec2: Any) -> None:  # noqa: ANN401 - botocore has no types
    """The default one, or its own where it is guarded."""
    acls = ec2.describe_network_acls()["NetworkAcls"]
    held = [a["SubnetId"] for acl in acls for a in acl["Associations"]]
    subnets = ec2.describe_subnets()["Subnets"]
    assert sorted(held) == sorted(s["SubnetId"] for s in subnets)
    kinds = subnets_by_kind(ec2)
    guarded = {kinds[kind][0]["SubnetId"] for kind in ("fenced", "ordered", "mute", "strict")}
    own = [acl for acl in acls if not acl["IsDefault"]]
    assert {a["SubnetId"] for acl in own for a in acl["Associations"]} == guarded


@pytest.mark.parametrize(
    ("kind", "inward", "outward"),
    [
        ("public", [(100, "allow", "-1", None)], [(100, "allow", "-1", None)]),
        (
            "ordered",
            [(90, "deny", "6", (0, 1_023)), (100, "allow", "-1", None)],
            [(100, "allow", "-1", None)],
        ),
        ("mute", [(100, "allow", "-1", None)], [(100, "allow", "6", (443, 443))]),
        (
            "strict",
            [(100, "allow", "6", (443, 443)), (110, "allow", "6", (1_024, 65_535))],
            [(100, "allow", "6", (1_024, 65_535))],
        ),
    ],
)
def test_the_entries_of_an_acl_are_numbered_and_end_with_a_denial(
    ec2: Any,  # noqa: ANN401 - botocore has no types
    kind: str,
    inward: list[tuple[Any, ...]],
    outward: list[tuple[Any, ...]],
) -> None:
    """For IPv4 and IPv6 each."""
    subnet = subnets_by_kind(ec2)[kind][0]["SubnetId"]
    wish = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (acl,) = ec2.describe_network_acls(Filters=wish)["NetworkAcls"]

    def entries(*, egress: bool) -> list[tuple[Any, ...]]:
        return [
            (
                entry["RuleNumber"],
                entry["RuleAction"],
                entry["Protocol"],
                tuple(entry["PortRange"].values()) if "PortRange" in entry else None,
            )
            for entry in acl["Entries"]
            if entry["Egress"] == egress and entry.get("CidrBlock") == "0.0.0.0/0"
        ]

    end = (32_767, "deny", "-1", None)
    assert entries(egress=False) == [*inward, end]
    assert entries(egress=True) == [*outward, end]
    last6 = max(e["RuleNumber"] for e in acl["Entries"] if "Ipv6CidrBlock" in e)
    assert last6 == 32_768


def test_blocked_public_access_is_told_by_account_vpc_and_subnet(
    serve: Serve, connect: Make
) -> None:
    """Off in most places; where it is on, one public subnet and a shared one are exempt."""
    simulator, endpoint = serve(Scenario(seed=3, density=1.0, clusters=1, services=0))
    modes = set()
    for region in simulator.scenario.regions:
        client = connect(endpoint, "ec2", region)
        options = client.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
        mode = options["InternetGatewayBlockMode"]
        modes.add(mode)
        kinds = subnets_by_kind(client)
        states = {
            (kind, subnet["AvailabilityZone"][-1]): subnet["BlockPublicAccessStates"]
            for kind, subnets in kinds.items()
            for subnet in subnets
        }
        exempt = {("public", "a"), ("shared", "a")}
        assert {
            place for place, state in states.items() if state["InternetGatewayBlockMode"] != mode
        } == (set() if mode == "off" else exempt)
        (vpc,) = client.describe_vpcs(VpcIds=[kinds["public"][0]["VpcId"]])["Vpcs"]
        assert vpc["BlockPublicAccessStates"] == {"InternetGatewayBlockMode": mode}
    assert modes == {"off", "block-bidirectional", "block-ingress"}


def test_dual_stack_subnets_give_ipv6_addresses_of_the_vpcs_range(ec2: Any) -> None:  # noqa: ANN401 - botocore has no types
    """Others have no IPv6."""
    for kind, subnets in subnets_by_kind(ec2).items():
        has_ipv6 = kind in {"dual", "egress-only"}
        for subnet in subnets:
            assert subnet["AssignIpv6AddressOnCreation"] == has_ipv6
            assert bool(subnet["Ipv6CidrBlockAssociationSet"]) == has_ipv6
    (vpc,) = {s["VpcId"] for s in subnets_by_kind(ec2)["dual"]}
    (shown,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert shown["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].endswith("::/56")


def test_an_acl_that_is_not_there_is_refused(ec2: Any, refusal: Refusal) -> None:  # noqa: ANN401 - botocore has no types
    """By its own error, and a filter by EC2's."""
    call = ec2.describe_network_acls
    assert refusal(call, NetworkAclIds=["acl-1"])[0] == "InvalidNetworkAclID.NotFound"
    wish = [{"Name": "colour", "Values": ["red"]}]
    assert refusal(call, Filters=wish)[0] == "InvalidParameterValue"
