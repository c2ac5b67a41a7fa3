"""What a run would have named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from orgscan.history.kept.sight import Sight, is_seen, sight_of
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Finding, Resource, Status

ASKED = frozenset({"ecs", "ec2", "events", "sts"})
ECS = "arn:aws:ecs:eu-west-1:111122223333"
TASK_SET = "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/1"
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef"
INTERFACE = "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1"
RULE = "arn:aws:events:eu-west-1:111122223333:rule/nightly"
PIPE = "arn:aws:pipes:eu-west-1:111122223333:pipe/orders"


def _seen(
    status: CoverageStatus, missed: tuple[str, ...] = (), *, findings: tuple[Finding, ...] = ()
) -> set[str]:
    entry = CoverageEntry(
        account_id="111122223333",
        account_name="payments",
        region="eu-west-1",
        status=status,
        missed=missed,
    )
    arns = {
        "task set": TASK_SET, "task": TASK, "interface": INTERFACE, "rule": RULE, "pipe": PIPE
    }  # fmt: skip
    sight = sight_of(entry, ASKED, findings)
    return {name for name, arn in arns.items() if is_seen(arn, sight)}


def test_everything_that_was_asked_for_is_seen_where_there_is_a_cluster(
    make_finding: Callable[..., Finding],
) -> None:
    """Pipes were not asked for in this run."""
    found = _seen(CoverageStatus.COVERED, findings=(make_finding(),))
    assert found == {"task set", "task", "interface", "rule"}


def test_what_starts_tasks_is_not_seen_where_no_cluster_is_left() -> None:
    """It is not asked for there."""
    assert _seen(CoverageStatus.COVERED) == {"task set", "task", "interface"}


@pytest.mark.parametrize("status", [each for each in CoverageStatus if "COVERED" not in each.value])
def test_nothing_is_seen_where_nobody_looked(status: CoverageStatus) -> None:
    """Denied, throttled, not active, not enabled: all say nothing."""
    assert _seen(status) == set()


def test_what_was_missed_hides_only_what_it_could_have_named(
    make_finding: Callable[..., Finding],
) -> None:
    """Tasks are found by their interfaces."""
    partly, some = CoverageStatus.PARTLY_COVERED, (make_finding(),)
    assert _seen(partly, ("ec2:DescribeNetworkInterfaces",), findings=some) == {"task set", "rule"}
    assert _seen(partly, ("ecs:ListClusters",), findings=some) == {"rule"}


def test_a_report_that_does_not_say_what_was_missed_hides_everything(
    make_finding: Callable[..., Finding],
) -> None:
    """Those of earlier versions do not."""
    assert _seen(CoverageStatus.PARTLY_COVERED, findings=(make_finding(),)) == set()


@pytest.mark.parametrize(
    ("kind", "arn", "hidden"),
    [
        ("AWS::ECS::Cluster", f"{ECS}:cluster/prod", {"task set", "task"}),
        ("AWS::ECS::Cluster", f"{ECS}:cluster/pro", set()),
        ("AWS::ECS::Service", f"{ECS}:service/prod/api", {"task set"}),
        ("AWS::ECS::Service", f"{ECS}:service/prod/ap", set()),
    ],
)
def test_a_cluster_or_service_that_was_not_evaluated_hides_what_may_be_in_it(
    make_finding: Callable[..., Finding], kind: str, arn: str, hidden: set[str]
) -> None:
    """And nothing else, however alike the names are."""
    finding = make_finding(status=Status.NOT_EVALUATED)
    finding = replace(finding, resource=Resource(type=kind, arn=arn, id="x"))
    found = _seen(CoverageStatus.PARTLY_COVERED, findings=(finding,))
    assert {"task set", "task", "interface", "rule"} - found == hidden


@pytest.mark.parametrize("arn", ["", "not an ARN", "arn:aws:ecs", "<script>"])
def test_what_is_no_arn_is_never_seen(arn: str) -> None:
    """Whatever a report says."""
    assert not is_seen(arn, Sight(("ec2", "ecs")))
