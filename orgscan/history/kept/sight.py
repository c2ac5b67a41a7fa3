"""What a run would have named in an account-region, so that what it does not name is gone there."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Status

_ALWAYS_ASKED = frozenset({"ecs", "ec2"})


def services_asked(api_calls: Iterable[str]) -> frozenset[str]:
    """The AWS services that a run asked anything, by the names of its calls."""
    return frozenset(api.partition(":")[0] for api in api_calls)


def sees(entry: CoverageEntry, asked: frozenset[str], statuses: Collection[Status]) -> str:
    """The services whose resources are all named, sorted; empty where nothing can be concluded.

    Args:
        entry: the ledger's line.
        asked: the services that the run asked.
        statuses: of the findings there. There are some wherever a cluster is, and what starts tasks
            is asked for only there; a cluster or service that was not evaluated may hide more.
    """
    named = asked if statuses else asked & _ALWAYS_ASKED
    if entry.status is CoverageStatus.COVERED:
        return " ".join(sorted(named))
    if entry.status is CoverageStatus.PARTLY_COVERED and entry.missed:
        hidden = {"ecs"} if Status.NOT_EVALUATED in statuses else set()
        return " ".join(sorted(named - services_asked(entry.missed) - hidden))
    return ""


def is_seen(arn: str, seen: str) -> bool:
    """Whether a resource would have been named; tasks are found by the interfaces that they hold.

    Args:
        arn: of the resource.
        seen: as `sees` gives it.
    """
    parts = arn.split(":", 5)
    service, kind = (parts[2], parts[5]) if len(parts) > 5 else ("", "")
    by_interface = service == "ec2" or kind.startswith("task/")
    needed = _ALWAYS_ASKED if by_interface else {service}
    return needed <= set(seen.split())
