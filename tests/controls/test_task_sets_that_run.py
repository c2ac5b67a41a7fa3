"""What a task set states, weighed against what runs of it: the specification."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import pytest

from orgscan.controls.ecs_taskset_no_public_ip import EcsTaskSetNoPublicIp
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import AwsvpcConfiguration, EcsFacts, Service, TaskSet
from orgscan.model.exposure import Grade
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Severity, Status
from orgscan.model.observation import (
    Network,
    NetworkInterface,
    Observation,
    RouteTable,
    RunningTask,
    Subnet,
)
from orgscan.model.organization import Account
from orgscan.model.outcome import NotCollected

CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
DENIED = NotCollected(status=CoverageStatus.DENIED, reason="denied by a policy", api="ec2:X")

ENABLED = AwsvpcConfiguration(assign_public_ip="ENABLED")
SILENT = AwsvpcConfiguration()
ODD = AwsvpcConfiguration(assign_public_ip="AUTO")

STATES = "This PRIMARY task set (serving) states assignPublicIp"
OFF = f"{STATES} DISABLED."
ON = f"{STATES} ENABLED. With ENABLED its tasks get a public IPv4 address."
UNDOCUMENTED = f"{STATES} 'AUTO'. AWS documents only ENABLED and DISABLED."
ONE = "Observed: 1 task runs with a public IPv4 address"
TWO = "Observed: 2 tasks run with a public IPv4 address"
ALL_PRIVATE = "Observed: all of its running tasks have private IPv4 addresses only."
NOTHING_RUNS = "No task of it runs that could tell."
BLIND = "Whether its tasks run with public IPv4 addresses could not be seen."


def running(*starters: str | None, cluster: str = CLUSTER) -> Observation:
    """Public tasks by who started them; None for an interface whose task was not found.

    Their subnet has no route to an internet gateway.
    """
    return Observation(
        interfaces=tuple(
            NetworkInterface(
                id=f"eni-{number}",
                attachment_id=f"attachment-{number}",
                subnet_id="subnet-1",
                vpc_id="vpc-1",
                public_ips=(f"198.18.0.{number}",),
                evidence=("sha256:interfaces",),
            )
            for number in range(len(starters))
        ),
        tasks=tuple(
            RunningTask(
                arn=f"arn:aws:ecs:eu-west-1:111122223333:task/prod/{number}",
                cluster_arn=cluster,
                attachment_ids=(f"attachment-{number}",),
                started_by=starter,
                evidence=("sha256:tasks",),
            )
            for number, starter in enumerate(starters)
            if starter is not None
        ),
        network=Network(
            subnets=(Subnet(id="subnet-1"),),
            route_tables=(
                RouteTable(id="rtb-1", vpc_id="vpc-1", is_main=True, subnets=(), routes=()),
            ),
            evidence=("sha256:network",),
        ),
        evidence=("sha256:interfaces",),
    )


class Row(NamedTuple):
    """One situation, as changes to a PRIMARY task set on Fargate that states DISABLED."""

    situation: str
    task_set: dict[str, object]
    observed: Observation
    status: Status
    grade: Grade | None
    ends: str


SPECIFICATION = [
    Row("configured off, nothing public", {}, running(), Status.PASSED, Grade.NONE, OFF),
    Row(
        "configured off, another set's task public",
        {},
        running("ecs-svc/2"),
        Status.PASSED,
        Grade.NONE,
        OFF,
    ),
    Row(
        "configured off, a set of the same id in another cluster public",
        {},
        running("ecs-svc/1", cluster="arn:aws:ecs:eu-west-1:111122223333:cluster/data"),
        Status.PASSED,
        Grade.NONE,
        OFF,
    ),
    Row(
        "configured off, an interface public whose task has stopped",
        {},
        running(None),
        Status.PASSED,
        Grade.NONE,
        OFF,
    ),
    Row(
        "configured off, observed on",
        {},
        running("ecs-svc/1"),
        Status.FAILED,
        Grade.ADDRESSABLE,
        f"{OFF} {ONE}: configured off, observed on.",
    ),
    Row(
        "configured off, and two of its tasks public",
        {},
        running("ecs-svc/1", "ecs-svc/1"),
        Status.FAILED,
        Grade.ADDRESSABLE,
        f"{OFF} {TWO}: configured off, observed on.",
    ),
    Row(
        "configured off, interfaces not seen",
        {},
        msgspec.structs.replace(running(), interfaces_unseen=DENIED),
        Status.PASSED,
        Grade.UNKNOWN,
        OFF,
    ),
    Row(
        "configured off, a public interface left, and its cluster's tasks not seen",
        {},
        msgspec.structs.replace(running(None), tasks_unseen={CLUSTER: DENIED}),
        Status.PASSED,
        Grade.UNKNOWN,
        OFF,
    ),
    Row(
        "configured off, a public interface left, and another cluster's tasks not seen",
        {},
        msgspec.structs.replace(running(None), tasks_unseen={f"{CLUSTER}-2": DENIED}),
        Status.PASSED,
        Grade.NONE,
        OFF,
    ),
    Row(
        "absent, observed public",
        {"awsvpc": SILENT},
        running("ecs-svc/1"),
        Status.FAILED,
        Grade.ADDRESSABLE,
        f"{ONE}.",
    ),
    Row(
        "absent, all running tasks private",
        {"awsvpc": SILENT},
        running(),
        Status.WARNING,
        Grade.NONE,
        ALL_PRIVATE,
    ),
    Row(
        "absent, nothing runs",
        {"awsvpc": SILENT, "running_count": 0},
        running(),
        Status.WARNING,
        Grade.UNKNOWN,
        NOTHING_RUNS,
    ),
    Row(
        "absent, how many run is not stated",
        {"awsvpc": SILENT, "running_count": None},
        running(),
        Status.WARNING,
        Grade.UNKNOWN,
        NOTHING_RUNS,
    ),
    Row(
        "absent, interfaces not seen",
        {"awsvpc": SILENT},
        msgspec.structs.replace(running(), interfaces_unseen=DENIED),
        Status.WARNING,
        Grade.UNKNOWN,
        BLIND,
    ),
    Row(
        "Fargate without a network configuration, observed public",
        {"awsvpc": None},
        running("ecs-svc/1"),
        Status.FAILED,
        Grade.ADDRESSABLE,
        f"{ONE}.",
    ),
    Row(
        "an undocumented value, observed public",
        {"awsvpc": ODD},
        running("ecs-svc/1"),
        Status.FAILED,
        Grade.ADDRESSABLE,
        f"{UNDOCUMENTED} {ONE}.",
    ),
    Row(
        "an undocumented value, all running tasks private",
        {"awsvpc": ODD},
        running(),
        Status.WARNING,
        Grade.NONE,
        f"{UNDOCUMENTED} {ALL_PRIVATE}",
    ),
    Row(
        "configured on, in a subnet without a route to the internet",
        {"awsvpc": ENABLED},
        running("ecs-svc/1"),
        Status.FAILED,
        Grade.ADDRESSABLE,
        f"{ON} {ONE}.",
    ),
    Row(
        "configured on, nothing runs",
        {"awsvpc": ENABLED, "running_count": 0},
        running(),
        Status.FAILED,
        Grade.CONFIGURED,
        ON,
    ),
    Row(
        "configured on, interfaces not seen",
        {"awsvpc": ENABLED},
        msgspec.structs.replace(running(), interfaces_unseen=DENIED),
        Status.FAILED,
        Grade.UNKNOWN,
        ON,
    ),
    Row(
        "bridge networking",
        {"awsvpc": None, "launch_type": "EC2"},
        running(),
        Status.NOT_APPLICABLE,
        None,
        "there is no assignPublicIp to set.",
    ),
    Row(
        "no awsvpc configuration stated, and observed public all the same",
        {"awsvpc": None, "launch_type": "EC2"},
        running("ecs-svc/1"),
        Status.FAILED,
        Grade.ADDRESSABLE,
        f"{ONE}.",
    ),
]


@pytest.fixture
def judged(
    account: Account, service: Service, task_set: TaskSet
) -> Callable[[Observation, dict[str, object]], Finding]:
    """The one finding on the ordinary task set with some members changed, and what was observed."""

    def finding(observed: Observation, changes: dict[str, object]) -> Finding:
        changed = msgspec.structs.replace(task_set, **changes)
        lone = msgspec.structs.replace(service, task_sets=(changed,))
        facts = RegionFacts(ecs=EcsFacts(services=(lone,)), observed=observed)
        (found,) = EcsTaskSetNoPublicIp().evaluate(account, "eu-west-1", facts)
        return found

    return finding


@pytest.mark.parametrize("row", SPECIFICATION, ids=lambda row: row.situation)
def test_each_situation_has_its_status_grade_and_words(
    row: Row, judged: Callable[..., Finding]
) -> None:
    """Each situation ends in the status, the grade and the words that the table gives."""
    finding = judged(row.observed, row.task_set)

    assert finding.status is row.status
    assert (finding.exposure and finding.exposure.grade) == row.grade
    assert finding.reason.endswith(row.ends)


def test_what_was_seen_is_in_the_finding_with_its_evidence(judged: Callable[..., Finding]) -> None:
    """Addresses, interfaces, and the digests of every answer that the verdict rests on."""
    finding = judged(running("ecs-svc/1", "ecs-svc/9"), {})

    assert finding.observed.public_ips == ("198.18.0.0",)
    assert finding.observed.interfaces == ("eni-0",)
    assert finding.observed.interfaces_seen
    assert finding.severity is Severity.HIGH
    assert finding.evidence == (
        "sha256:" + "0" * 64,
        "sha256:interfaces",
        "sha256:tasks",
        "sha256:network",
    )
    assert finding.exposure is not None
    assert finding.exposure.reason == (
        "Nothing lets traffic in: the subnet has no active route to an internet gateway."
    )


def test_where_nothing_was_looked_for_nothing_is_graded(judged: Callable[..., Finding]) -> None:
    """The verdict is on what is stated, and says nothing of exposure."""
    finding = judged(None, {})

    assert (finding.status, finding.exposure) == (Status.PASSED, None)
    assert not finding.observed.interfaces_seen
