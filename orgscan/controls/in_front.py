"""Load balancers in front: a second way in, which a workload's own addresses do not show.

It is told beside the grade and changes neither grade nor verdict: whoever put an internet-facing
load balancer in front of a service meant it to be reached that way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from orgscan.model.exposure import Exposure
from orgscan.model.load_balancer import LoadBalancer, LoadBalancers

_INTERNET_FACING = "internet-facing"


def with_in_front(
    exposure: Exposure | None, targets: Sequence[str], known: LoadBalancers | None
) -> Exposure | None:
    """The exposure, with the internet-facing load balancers that forward to the targets.

    Args:
        exposure: None where nothing was looked for, or the control does not apply.
        targets: target groups' ARNs; a Classic Load Balancer's name says nothing of its scheme.
        known: None where nobody asked.
    """
    if exposure is None or known is None or not targets:
        return exposure
    behind = {one.arn: one for target in targets for one in known.by_target_group.get(target, ())}
    outside = sorted(arn for arn, one in behind.items() if one.scheme == _INTERNET_FACING)
    clauses = tuple(_clauses(outside, behind.values(), known))
    if not clauses:
        return exposure
    return replace(exposure, reason=" ".join((exposure.reason, *clauses)), in_front=tuple(outside))


def _clauses(
    outside: list[str], behind: Iterable[LoadBalancer], known: LoadBalancers
) -> Iterable[str]:
    if outside:
        many = "An internet-facing load balancer forwards"
        if len(outside) > 1:
            many = f"{len(outside)} internet-facing load balancers forward"
        yield f"{many} to it."
    if known.unseen:
        yield f"Not all load balancers in front of it could be seen: {known.unseen.reason}."
    elif any(one.scheme is None for one in behind):
        yield "AWS did not say whether a load balancer in front of it faces the internet."
