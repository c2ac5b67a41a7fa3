"""What a run would have named."""

from __future__ import annotations

import pytest

from orgscan.history.kept.sight import is_seen, sees
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Status

ASKED = frozenset({"ecs", "ec2", "events", "sts"})
TASK_SET = "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/1"
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef"
INTERFACE = "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1"
RULE = "arn:aws:events:eu-west-1:111122223333:rule/nightly"
PIPE = "arn:aws:pipes:eu-west-1:111122223333:pipe/orders"


def _seen(
    status: CoverageStatus, missed: tuple[str, ...] = (), *, statuses: tuple[Status, ...] = ()
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
    said = sees(entry, ASKED, statuses)
    return {name for name, arn in arns.items() if is_seen(arn, said)}


def test_everything_that_was_asked_for_is_seen_where_there_is_a_cluster() -> None:
    """Pipes were not asked for in this run."""
    found = _seen(CoverageStatus.COVERED, statuses=(Status.PASSED,))
    assert found == {"task set", "task", "interface", "rule"}


def test_what_starts_tasks_is_not_seen_where_no_cluster_is_left() -> None:
    """It is not asked for there."""
    assert _seen(CoverageStatus.COVERED) == {"task set", "task", "interface"}


@pytest.mark.parametrize("status", [each for each in CoverageStatus if "COVERED" not in each.value])
def test_nothing_is_seen_where_nobody_looked(status: CoverageStatus) -> None:
    """Denied, throttled, not active, not enabled: all say nothing."""
    assert _seen(status) == set()


def test_what_was_missed_hides_only_what_it_could_have_named() -> None:
    """Tasks are found by their interfaces."""
    partly, some = CoverageStatus.PARTLY_COVERED, (Status.PASSED,)
    assert _seen(partly, ("ec2:DescribeNetworkInterfaces",), statuses=some) == {"task set", "rule"}
    assert _seen(partly, ("ecs:ListClusters",), statuses=some) == {"rule"}


def test_a_report_that_does_not_say_what_was_missed_hides_everything() -> None:
    """Those of earlier versions do not."""
    assert _seen(CoverageStatus.PARTLY_COVERED, statuses=(Status.PASSED,)) == set()


def test_a_cluster_that_was_not_evaluated_hides_what_may_be_in_it() -> None:
    """Its services are named by nothing."""
    statuses = (Status.NOT_EVALUATED,)
    found = _seen(CoverageStatus.PARTLY_COVERED, ("ec2:DescribeSubnets",), statuses=statuses)
    assert found == {"rule"}


@pytest.mark.parametrize("arn", ["", "not an ARN", "arn:aws:ecs", "<script>"])
def test_what_is_no_arn_is_never_seen(arn: str) -> None:
    """Whatever a report says."""
    assert not is_seen(arn, "ec2 ecs")
