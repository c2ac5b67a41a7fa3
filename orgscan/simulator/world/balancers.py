"""Load balancers in front of services, each with one target group."""

from __future__ import annotations

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.world.network import Vpc
from orgscan.simulator.world.recipes import PRIVATE, PUBLIC

INTERNET_FACING = "internet-facing"


class Balancer(msgspec.Struct, frozen=True, kw_only=True):
    """An application load balancer and its target group.

    Attributes:
        scheme: `internet-facing` or `internal`.
        subnets: id and zone of each.
        group: the id of its security group.
    """

    arn: str
    target_group: str
    name: str
    scheme: str
    vpc_id: str
    subnets: tuple[tuple[str, str], ...]
    group: str

    @property
    def faces_the_internet(self) -> bool:
        """Whether whoever reaches it from outside reaches the service."""
        return self.scheme == INTERNET_FACING


def make_balancer(
    chance: Chance, partition: str, place: tuple[str, str], vpc: Vpc, service: str, scheme: str
) -> Balancer:
    """The one in front of a service; `service` is `CLUSTER/SERVICE`, `place` account and region."""
    account, region = place
    name = service.replace("/", "-")[:32].strip("-")
    token = chance.hex(16, "balancer", *place, service)
    prefix = f"arn:{partition}:elasticloadbalancing:{region}:{account}:"
    outside = scheme == INTERNET_FACING
    subnets = (s for s in vpc.subnets if s.kind == (PUBLIC if outside else PRIVATE))
    group = next(g for g in vpc.groups if g.name == ("web" if outside else "internal"))
    return Balancer(
        arn=f"{prefix}loadbalancer/app/{name}/{token}",
        target_group=f"{prefix}targetgroup/{name}/{token[::-1]}",
        name=name,
        scheme=scheme,
        vpc_id=vpc.id,
        subnets=tuple((subnet.id, subnet.zone) for subnet in subnets),
        group=group.id,
    )
