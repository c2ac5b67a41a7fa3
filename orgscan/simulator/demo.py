"""The organization of the demo: a little of everything that a sweep meets."""

from __future__ import annotations

from collections.abc import Iterable

from orgscan.simulator.scenario import (
    DEFAULT_REGIONS,
    Fault,
    FaultKind,
    Scenario,
    account_id,
)
from orgscan.simulator.world.recipes import PRIVATE
from orgscan.simulator.world.world import World

_HOSTILE, _SUSPENDED, _REFUSED, _DENIED, _SCP, _VANISHING, _EXHIBIT, _LOCKED = range(2, 10)
_MOST = 10_000


def demo_scenario(accounts: int, seed: int, day: int = 0) -> Scenario:
    """A story for a demo of 3 to 10,000 accounts.

    Account 2 has a hostile name; 3 is suspended; the role of 4 cannot be assumed; in 5 the role
    lacks `ecs:ListServices` and all of Pipes; in 6 one region is denied by a service control
    policy; in 7 services vanish while they are read; 8 has one service, and one of what starts
    tasks besides, of every kind. What a smaller organization has no account for happens in one
    region of account 2, or not at all.

    On later days services have changed, an account has joined, the role of 4 can be assumed, and
    that of 9 cannot any more.
    """

    def member(wanted: int) -> str:
        return account_id(seed, wanted if wanted < accounts else _HOSTILE)

    lacking = "*" if accounts > _DENIED else "us-west-2"
    faults = (
        Fault(FaultKind.DENY_IAM, member(_DENIED), lacking, "ecs:ListServices"),
        Fault(FaultKind.DENY_IAM, member(_DENIED), lacking, "pipes:*"),
        Fault(FaultKind.DENY_SCP, member(_SCP), "sa-east-1"),
        Fault(FaultKind.VANISH, member(_VANISHING), "eu-north-1", probability=0.4),
    )
    refused = _LOCKED if day else _REFUSED
    return Scenario(
        accounts=min(accounts + 1, _MOST) if day else accounts,
        seed=seed,
        day=day,
        disabled_regions=("af-south-1",),
        density=max(0.1, min(0.3, 40 / (accounts * len(DEFAULT_REGIONS)))),
        gallery=(
            (member(_EXHIBIT), "eu-west-1"),
            (member(_DENIED), "us-west-2"),
            (member(_SCP), "sa-east-1"),
            (member(_VANISHING), "eu-north-1"),
            # What nobody could see on the first day.
            *(((member(_REFUSED), "eu-central-1"),) if day and accounts > _REFUSED else ()),
        ),
        hostile=True,
        suspended=(account_id(seed, _SUSPENDED),) if accounts > _SUSPENDED else (),
        refused=(account_id(seed, refused),) if accounts > refused else (),
        faults=faults,
    )


def private_beside(world: World, account: str, region: str, subnets: Iterable[str]) -> list[str]:
    """Subnets with a private way out in the VPC of given ones; empty where there are none."""
    workload, given = world.workload(account, region), set(subnets)
    for vpc in workload.network.vpcs if workload else ():
        if given & {subnet.id for subnet in vpc.subnets}:
            return [subnet.id for subnet in vpc.subnets if subnet.kind == PRIVATE]
    return []
