"""Builds the VPCs of one account-region: a default one, one for workloads, a shared one."""

from __future__ import annotations

from orgscan.simulator.chance import Chance
from orgscan.simulator.world import network_acls
from orgscan.simulator.world.network import (
    OFF,
    Network,
    NetworkAcl,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    Vpc,
)
from orgscan.simulator.world.recipes import (
    BLACKHOLE,
    DEFAULT,
    DUAL,
    EGRESS_ONLY,
    FENCED,
    MUTE,
    ORDERED,
    PRIVATE,
    PUBLIC,
    SHARED,
    SPLIT,
    STRICT,
    TRANSIT,
)
from orgscan.simulator.world.security_groups import ANYONE, ANYONE6, workload_rules

_ZONES = {PUBLIC: "ab", PRIVATE: "ab", DUAL: "ab"}
"""All other kinds have one subnet, in the first zone."""
_KINDS = {
    PUBLIC: 0, PRIVATE: 100, DUAL: 10, EGRESS_ONLY: 110, FENCED: 20, ORDERED: 21, MUTE: 22,
    STRICT: 23, BLACKHOLE: 30, SPLIT: 31, TRANSIT: 32,
}  # fmt: skip
"""The kinds of subnet in the VPC for workloads, and the third number of their addresses."""
_WITH_IPV6 = frozenset({DUAL, EGRESS_ONLY})
_GUARDED = (FENCED, ORDERED, MUTE, STRICT)
"""Kinds with a network ACL of their own; their routes are those of public subnets."""


class _Ids:
    """Ids of one account-region's network resources."""

    def __init__(self, chance: Chance, account: str, region: str) -> None:
        self._chance = chance
        self.account = account
        self.region = region

    def __call__(self, prefix: str, *parts: str | int) -> str:
        return f"{prefix}-0{self._chance.hex(16, prefix, self.account, self.region, *parts)}"

    def below(self, limit: int, *parts: str) -> int:
        return self._chance.below(limit, *parts, self.account, self.region)

    def share(self, *parts: str) -> float:
        return self._chance.share(*parts, self.account, self.region)


def build_network(chance: Chance, account: str, region: str, sharing: str | None) -> Network:
    """The default VPC (public subnets only), and the one for workloads (four in five with NAT).

    `sharing` is the account that shares a VPC with this one, or this one itself if it shares.
    """
    ids = _Ids(chance, account, region)
    mode = OFF
    if ids.share("block public access") < 0.15:
        mode = chance.pick(("block-bidirectional", "block-ingress"), "mode", account, region)
    return Network(
        default=_default_vpc(ids, mode),
        workloads=_workload_vpc(ids, mode),
        shared=_shared_vpc(_Ids(chance, sharing, region), ids) if sharing else None,
        block_mode=mode,
    )


def _table(
    ids: _Ids, vpc: str, name: str, routes: tuple[Route, ...], subnets: tuple[Subnet, ...] = ()
) -> RouteTable:
    """A route table; it is the main one unless subnets are associated with it."""
    return RouteTable(
        id=ids("rtb", name),
        vpc_id=vpc,
        owner=ids.account,
        main=not subnets,
        subnets=tuple(subnet.id for subnet in subnets),
        routes=routes,
    )


def _acl(ids: _Ids, vpc: str, kind: str, subnets: tuple[Subnet, ...]) -> NetworkAcl:
    return NetworkAcl(
        id=ids("acl", vpc, kind),
        vpc_id=vpc,
        owner=ids.account,
        default=kind == DEFAULT,
        subnets=tuple(subnet.id for subnet in subnets),
        entries=network_acls.entries(kind),
    )


def _default_group(ids: _Ids, vpc: str) -> SecurityGroup:
    """Lets in its own members only."""
    group = ids("sg", "default of", vpc)
    rules = (Rule(protocol="-1", groups=((group, ids.account),)),)
    return SecurityGroup(id=group, vpc_id=vpc, owner=ids.account, name="default", rules=rules)


def _groups(ids: _Ids, vpc: str, own: tuple[str, ...], *names: str) -> tuple[SecurityGroup, ...]:
    """The named groups of a VPC, or all of them."""
    by_name = workload_rules((ids("sg", vpc, "internal"), ids.account), own)
    return tuple(
        SecurityGroup(
            id=ids("sg", vpc, name),
            vpc_id=vpc,
            owner=ids.account,
            name=name,
            rules=by_name[name],
        )
        for name in names or by_name
    )


def _default_vpc(ids: _Ids, mode: str) -> Vpc:
    """Its subnets have no association: they follow the main table, to the internet gateway."""
    vpc, cidr = ids("vpc", "default"), "172.31.0.0/16"
    subnets = tuple(
        Subnet(
            id=ids("subnet", "default", zone),
            vpc_id=vpc,
            zone=ids.region + zone,
            cidr=f"172.31.{at * 16}.0/20",
            kind=DEFAULT,
            owner=ids.account,
            block_mode=mode,
            default=True,
        )
        for at, zone in enumerate("abc")
    )
    routes = (Route(cidr, "local"), Route(ANYONE, ids("igw", "default")))
    return Vpc(
        id=vpc,
        owner=ids.account,
        name="default",
        cidr=cidr,
        default=True,
        subnets=subnets,
        route_tables=(_table(ids, vpc, "default", routes),),
        groups=(_default_group(ids, vpc), *_groups(ids, vpc, (cidr,), "web", "internal")),
        acls=(_acl(ids, vpc, DEFAULT, subnets),),
    )


def _workload_subnets(ids: _Ids, vpc: str, second: int, prefix6: str, mode: str) -> list[Subnet]:
    """Where public access is blocked, the first public subnet is excluded from that."""
    found = []
    for kind, third in _KINDS.items():
        for at, zone in enumerate(_ZONES.get(kind, "a")):
            exempt = kind == PUBLIC and zone == "a"
            number = third + at
            found.append(
                Subnet(
                    id=ids("subnet", kind, zone),
                    vpc_id=vpc,
                    zone=ids.region + zone,
                    cidr=f"10.{second}.{number}.0/24",
                    kind=kind,
                    owner=ids.account,
                    ipv6_cidr=f"{prefix6}{number:02x}::/64" if kind in _WITH_IPV6 else None,
                    block_mode=OFF if exempt else mode,
                )
            )
    return found


def _workload_vpc(ids: _Ids, mode: str) -> Vpc:
    second = ids.below(200, "vpc") + 1
    vpc, cidr = ids("vpc", "workloads"), f"10.{second}.0.0/16"
    prefix6 = f"2001:db8:{ids.below(0xFFFF, 'ipv6') + 1:x}:1"
    subnets = tuple(_workload_subnets(ids, vpc, second, prefix6, mode))
    has_nat = second % 5 != 0
    nat = ids("nat", "workloads") if has_nat else None
    services = ("s3",) if has_nat else ("s3", "ecr.api", "ecr.dkr", "logs")
    unguarded = tuple(subnet for subnet in subnets if subnet.kind not in _GUARDED)
    guarded = (s for s in subnets if s.kind in _GUARDED)
    return Vpc(
        id=vpc,
        owner=ids.account,
        name="workloads",
        cidr=cidr,
        ipv6_cidr=f"{prefix6}00::/56",
        subnets=subnets,
        route_tables=_workload_tables(ids, vpc, (cidr, f"{prefix6}00::/56"), subnets, nat),
        groups=(_default_group(ids, vpc), *_groups(ids, vpc, (cidr, f"{prefix6}00::/56"))),
        acls=(
            _acl(ids, vpc, DEFAULT, unguarded),
            *(_acl(ids, vpc, subnet.kind, (subnet,)) for subnet in guarded),
        ),
        nat_gateway=nat,
        endpoints={ids("vpce", name): name for name in services},
    )


def _workload_tables(
    ids: _Ids, vpc: str, cidrs: tuple[str, str], subnets: tuple[Subnet, ...], nat: str | None
) -> tuple[RouteTable, ...]:
    """Private subnets follow the main table, to the NAT if there is one."""
    gateway = ids("igw", "workloads")
    local = tuple(Route(cidr, "local") for cidr in cidrs)
    out = (Route(ANYONE, nat),) if nat else ()
    routes = {
        PUBLIC: (Route(ANYONE, gateway),),
        DUAL: (Route(ANYONE, gateway), Route(ANYONE6, gateway)),
        EGRESS_ONLY: (*out, Route(ANYONE6, ids("eigw", "workloads"))),
        # The gateway was detached, and the route stayed behind.
        BLACKHOLE: (Route(ANYONE, ids("igw", "detached"), blackhole=True),),
        SPLIT: (Route("0.0.0.0/1", gateway), Route("128.0.0.0/1", gateway)),
        TRANSIT: (Route(ANYONE, ids("tgw", "hub")),),
    }

    def of(kind: str) -> tuple[Subnet, ...]:
        kinds = {PUBLIC, *_GUARDED} if kind == PUBLIC else {kind}
        return tuple(subnet for subnet in subnets if subnet.kind in kinds)

    return (
        _table(ids, vpc, "main", (*local, *out)),
        *(_table(ids, vpc, kind, (*local, *way), of(kind)) for kind, way in routes.items()),
    )


def _shared_vpc(owner: _Ids, user: _Ids) -> Vpc:
    """Everything in it is the owner's but the security groups, which are the user's."""
    vpc, cidr = owner("vpc", "shared"), "10.250.0.0/16"
    subnet = Subnet(
        id=owner("subnet", "shared", "a"),
        vpc_id=vpc,
        zone=owner.region + "a",
        cidr="10.250.0.0/24",
        kind=SHARED,
        owner=owner.account,
    )
    routes = (Route(cidr, "local"), Route(ANYONE, owner("igw", "shared")))
    return Vpc(
        id=vpc,
        owner=owner.account,
        name="shared",
        cidr=cidr,
        subnets=(subnet,),
        route_tables=(_table(owner, vpc, "shared", routes),),
        groups=_groups(user, vpc, (cidr,), "web", "internal"),
        acls=(_acl(owner, vpc, DEFAULT, (subnet,)),),
    )
