"""What a run would have named in an account-region, so that what it does not name is gone there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Finding, Status

ALWAYS_ASKED = frozenset({"ecs", "ec2"})
"""The services whose resources every run looks for, wherever it looks."""

_HOLDERS = frozenset({"AWS::ECS::Cluster", "AWS::ECS::Service"})


class Sight(msgspec.Struct, frozen=True):
    """What would have been named.

    Attributes:
        services: as ARNs name them; none where nothing can be concluded.
        but: ARNs of clusters and services that were not evaluated, so that they may hold more.
    """

    services: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


def services_asked(api_calls: Iterable[str]) -> frozenset[str]:
    """The AWS services that a run asked anything, by the names of its calls."""
    return frozenset(api.partition(":")[0] for api in api_calls)


def sight_of(entry: CoverageEntry, asked: frozenset[str], findings: Sequence[Finding]) -> Sight:
    """What a run would have named in one account-region.

    Args:
        entry: the ledger's line.
        asked: the services that the run asked.
        findings: those there. There are some wherever a cluster is, and what starts tasks is asked
            for only there.
    """
    named = asked if findings else asked & ALWAYS_ASKED
    but = sorted(
        {
            finding.resource.arn
            for finding in findings
            if finding.status is Status.NOT_EVALUATED and finding.resource.type in _HOLDERS
        }
    )
    if entry.status is CoverageStatus.COVERED or (
        # Something was missed: either it is told what, or a cluster or service was not evaluated.
        entry.status is CoverageStatus.PARTLY_COVERED and (entry.missed or but)
    ):
        return Sight(tuple(sorted(named - services_asked(entry.missed))), tuple(but))
    return Sight()


def is_seen(arn: str, sight: Sight) -> bool:
    """Whether a resource would have been named; tasks are found by the interfaces that they hold.

    Args:
        arn: of the resource.
        sight: of its account-region.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return False
    service, (kind, _, path) = parts[2], parts[5].partition("/")
    by_interface = service == "ec2" or kind == "task"
    needed = ALWAYS_ASKED if by_interface else {service}
    return needed.issubset(sight.services) and not any(
        f"{path}/".startswith(f"{_path(holder)}/") for holder in sight.but
    )


def _path(holder: str) -> str:
    """`prod` of a cluster, `prod/api` of a service: what the ARNs of its content go on with."""
    return holder.split(":", 5)[-1].partition("/")[2]
