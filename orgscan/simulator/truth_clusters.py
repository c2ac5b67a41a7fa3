"""What a complete sweep has to say of a cluster, where it says nothing of its tasks.

The controls on running tasks have a finding for each task that is not PASSED or NOT_APPLICABLE, and
one for a cluster: NOT_EVALUATED where what runs in it could not all be seen, else PASSED where none
of its tasks has a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.model.finding import Status
from orgscan.simulator.truth_tasks import RegionTruth
from orgscan.simulator.world.workload import Workload

_SILENT = frozenset({Status.PASSED, Status.NOT_APPLICABLE})


class ClusterTruth(msgspec.Struct, frozen=True, kw_only=True):
    """One cluster that is listed.

    Attributes:
        expected: the verdict of `ecs-task-no-public-ip` on the cluster; None where it has none.
        expected_ipv6: likewise, of `ecs-task-ipv6-exposure`.
    """

    account: str
    region: str
    arn: str
    expected: Status | None
    expected_ipv6: Status | None


def clusters(
    account: str, region: str, workload: Workload, seen: RegionTruth
) -> Iterator[ClusterTruth]:
    """The clusters of a region in which they can be listed."""
    for cluster in workload.clusters:
        tasks = [task for task in seen.tasks if task.cluster_arn == cluster.arn and not task.hidden]
        is_dark = not seen.interfaces_seen or cluster.arn in seen.uncertain
        yield ClusterTruth(
            account=account,
            region=region,
            arn=cluster.arn,
            expected=_verdict({task.expected for task in tasks}, is_dark=is_dark),
            expected_ipv6=_verdict({task.expected_ipv6 for task in tasks}, is_dark=is_dark),
        )


def _verdict(of_tasks: set[Status], *, is_dark: bool) -> Status | None:
    if is_dark:
        return Status.NOT_EVALUATED
    return Status.PASSED if of_tasks <= _SILENT else None
