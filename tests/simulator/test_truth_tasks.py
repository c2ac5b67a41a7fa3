"""The truth about what runs: held against a plain walk, and what refusals do to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.model.coverage import CoverageStatus
from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator import Endpoint, Fault, FaultKind, Gap, Scenario, Simulator, Truth

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]

REGION = "eu-west-1"
ACCOUNT = Scenario().account_id(0)
ATTACHED = [{"Name": "description", "Values": ["arn:*:ecs:*:attachment/*"]}]
PARTLY = Gap(ACCOUNT, REGION, CoverageStatus.PARTLY_COVERED)


def told(gallery: Scenario, *faults: Fault) -> Truth:
    """The truth of the gallery with faults, without disabled regions."""
    scenario = msgspec.structs.replace(gallery, faults=faults, disabled_regions=())
    return Simulator(scenario).truth()


def denied(api: str, cluster: str = "*") -> Fault:
    """A refusal that always strikes."""
    return Fault(FaultKind.DENY_IAM, api=api, cluster=cluster)


class Walk:
    """What boto3 sees of running tasks, joined by attachment."""

    def __init__(self, endpoint: Endpoint, connect: Make) -> None:
        self.addresses: dict[str, tuple[str | None, tuple[str, ...]]] = {}
        self.starters: dict[str, str | None] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        pages = connect(endpoint, "ec2", REGION).get_paginator("describe_network_interfaces")
        wanted = {"Filters": ATTACHED, "IncludeManagedResources": True}
        for page in pages.paginate(**wanted, PaginationConfig={"PageSize": 50}):
            for eni in page["NetworkInterfaces"]:
                self._interface(eni)
        self.left = set(self.addresses)
        self.tasks: dict[str, str] = {}
        ecs = connect(endpoint, "ecs", REGION)
        for cluster in ecs.list_clusters()["clusterArns"]:
            for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster):
                shown = ecs.describe_tasks(cluster=cluster, tasks=page["taskArns"])["tasks"]
                for task in shown:
                    self._task(task)

    def _interface(self, eni: dict[str, Any]) -> None:
        attachment = eni["Description"].rpartition("/")[2]
        public = eni.get("Association", {}).get("PublicIp")
        ipv6 = tuple(each["Ipv6Address"] for each in eni["Ipv6Addresses"])
        self.addresses[attachment] = (public, ipv6)
        self.groups[attachment] = tuple(group["GroupId"] for group in eni["Groups"])

    def _task(self, task: dict[str, Any]) -> None:
        if task["lastStatus"] == "RUNNING":
            self.starters[task["taskArn"]] = task.get("startedBy")
            for attachment in task["attachments"]:
                self.tasks[task["taskArn"]] = attachment["id"]
                self.left.discard(attachment["id"])


@pytest.mark.parametrize("stopping", [0.0, 0.3])
def test_a_plain_walk_finds_every_task_and_every_address(
    serve: Serve, connect: Make, gallery: Scenario, stopping: float
) -> None:
    """And the interfaces whose task it does not find, also where tasks stop meanwhile."""
    faults = (Fault(FaultKind.STOP_TASKS, probability=stopping),) if stopping else ()
    simulator, endpoint = serve(msgspec.structs.replace(gallery, faults=faults))
    walk, truth = Walk(endpoint, connect), simulator.truth()
    visible = truth.visible_tasks()
    assert walk.starters == {task.arn: task.started_by for task in visible}
    with_interface = {task.arn: task for task in visible if task.interface}
    assert walk.tasks.keys() == with_interface.keys()
    for arn, attachment in walk.tasks.items():
        task = with_interface[arn]
        assert walk.addresses[attachment] == (task.public_ip, task.ipv6)
        assert walk.groups[attachment] == task.security_groups
    left = {each: walk.addresses[each] for each in walk.left if any(walk.addresses[each])}
    assert left == {each.attachment: (each.public_ip, each.ipv6) for each in truth.interfaces}
    assert left


def test_what_a_task_set_states_is_weighed_against_what_runs(gallery: Scenario) -> None:
    """By what it states, whether a task of it is public, and whether any runs."""
    truth = told(gallery)
    running = {task.task_set_arn for task in truth.visible_tasks()}
    rows = {
        (t.assign_public_ip, t.grade is not None, bool(t.public_ips), t.arn in running): (
            t.stated,
            t.expected,
        )
        for t in truth.visible()
    }
    assert rows == {
        ("ENABLED", True, True, True): (Status.FAILED, Status.FAILED),
        ("ENABLED", True, False, False): (Status.FAILED, Status.FAILED),
        ("DISABLED", True, False, True): (Status.PASSED, Status.PASSED),
        ("DISABLED", True, True, True): (Status.PASSED, Status.FAILED),
        (None, True, False, True): (Status.WARNING, Status.WARNING),
        (None, True, True, True): (Status.WARNING, Status.FAILED),
        (None, True, False, False): (Status.WARNING, Status.WARNING),
        (None, False, False, True): (Status.NOT_APPLICABLE, Status.NOT_APPLICABLE),
    }


def test_the_grade_of_a_task_set_is_the_worst_of_its_tasks(gallery: Scenario) -> None:
    """Without public tasks it follows what is stated, or from what runs."""
    truth = told(gallery)
    by_set: dict[str | None, set[Grade]] = {}
    for task in truth.visible_tasks():
        if task.public_ip:
            by_set.setdefault(task.task_set_arn, set()).add(task.grade)
    for one in truth.visible():
        grades = by_set.get(one.arn)
        if grades:
            open_to_all = Grade.REACHABLE in grades
            assert one.grade is (Grade.REACHABLE if open_to_all else Grade.ADDRESSABLE)
    idle = {(t.assign_public_ip, t.grade) for t in truth.visible() if t.arn not in by_set}
    assert idle == {
        ("ENABLED", Grade.CONFIGURED),
        ("DISABLED", Grade.NONE),
        (None, Grade.NONE),
        (None, Grade.UNKNOWN),
        (None, None),
    }


def test_tasks_are_told_one_by_one_only_where_they_break_something(gallery: Scenario) -> None:
    """A cluster of which no task is told passes; the gallery's have some of either kind."""
    truth = told(gallery)
    exposed = {task.arn for task in truth.visible_tasks() if task.public_ip}
    stopped = {each.arn for each in truth.interfaces}
    statuses = {arn: status for arn, (status, _) in truth.on_tasks().items()}
    assert statuses == dict.fromkeys(exposed, Status.FAILED) | dict.fromkeys(
        stopped, Status.WARNING
    )
    assert {(task.starter, task.service_arn is None) for task in truth.visible_tasks()} == {
        ("task set", False),
        ("service", False),
        ("schedule", True),
        ("by hand", True),
    }


def test_ipv6_fails_where_a_gateway_leads_in_whatever_guards_it(gallery: Scenario) -> None:
    """Egress-only gateways do not; the verdict says nothing of IPv4."""
    tasks = [task for task in told(gallery).visible_tasks() if task.ipv6]
    rows = {(task.expected_ipv6, task.ipv6_grade) for task in tasks}
    assert rows == {
        (Status.FAILED, Grade.REACHABLE),
        (Status.FAILED, Grade.ADDRESSABLE),
        (None, Grade.ADDRESSABLE),
    }
    both = {task.expected for task in tasks if task.expected_ipv6 is Status.FAILED}
    assert both == {Status.FAILED, None}


def test_without_interfaces_nothing_is_known_of_what_runs(gallery: Scenario) -> None:
    """Verdicts are what is stated, grades are unknown, and the region is partly covered."""
    truth = told(gallery, denied("ec2:DescribeNetworkInterfaces"))
    assert truth.gaps == (PARTLY,)
    assert (truth.visible_tasks(), truth.interfaces) == ((), ())
    assert set(truth.on_tasks().values()) == {(Status.NOT_EVALUATED, Grade.UNKNOWN)}
    assert all(t.expected is t.stated and not t.public_ips for t in truth.visible())
    assert {t.grade for t in truth.visible()} == {Grade.UNKNOWN, None}


@pytest.mark.parametrize("api", ["ecs:ListTasks", "ecs:DescribeTasks"])
def test_a_cluster_whose_tasks_are_refused_is_blind(gallery: Scenario, api: str) -> None:
    """Its public interfaces fail without their tasks; other clusters are as before."""
    plain, truth = told(gallery), told(gallery, denied(api, cluster="prod"))
    assert truth.gaps == (PARTLY,)
    (prod,) = (each for each in truth.clusters if each.blind)
    assert prod.arn.endswith("cluster/prod")
    assert prod.expected is prod.expected_ipv6 is Status.NOT_EVALUATED
    assert {task.cluster_arn for task in truth.visible_tasks()} == {f"{prod.arn}-api"}
    assert {each.expected for each in truth.interfaces} == {Status.FAILED, None}
    before = {t.arn: (t.expected, t.grade) for t in plain.visible()}
    for one in truth.visible():
        if one.cluster_arn == prod.arn:
            assert (one.expected, one.grade) in {(one.stated, Grade.UNKNOWN), (one.stated, None)}
        else:
            assert (one.expected, one.grade) == before[one.arn]


@pytest.mark.parametrize(
    "api",
    [
        "ec2:DescribeSubnets",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeNetworkAcls",
    ],
)
def test_a_refused_part_of_the_network_leaves_what_was_reachable_unknown(
    gallery: Scenario, api: str
) -> None:
    """And some of what was addressable for that reason; verdicts stay."""
    plain, truth = told(gallery), told(gallery, denied(api))
    assert truth.gaps == (PARTLY,)
    before = {task.arn: task.grade for task in plain.visible_tasks()}
    changes = {(before[t.arn], t.grade) for t in truth.visible_tasks() if t.public_ip}
    assert (Grade.REACHABLE, Grade.UNKNOWN) in changes
    assert not any(after is Grade.REACHABLE for _, after in changes)
    assert [t.expected for t in truth.visible()] == [t.expected for t in plain.visible()]


def test_what_is_not_asked_for_cannot_be_refused() -> None:
    """Without an address, neither tasks nor the network around them matter."""
    faults = tuple(denied(api) for api in ("ecs:ListTasks", "ec2:DescribeSubnets"))
    scenario = Scenario(density=1.0, clusters=1, services=0, disabled_regions=(), faults=faults)
    truth = Simulator(scenario).truth()
    partly = {(gap.account, gap.region) for gap in truth.gaps}
    addressed = {(each.account, each.region) for each in truth.interfaces}
    assert partly == addressed
    assert 0 < len(partly) < scenario.accounts * len(scenario.regions)


def test_an_interface_that_is_gone_takes_its_task_out_of_sight(gallery: Scenario) -> None:
    """The task has no address to be seen; its set is judged without it."""
    truth = told(gallery, Fault(FaultKind.DETACH))
    assert (truth.gaps, truth.interfaces) == ((), ())
    assert {task.interface for task in truth.visible_tasks()} == {""}
    assert {t.expected is t.stated for t in truth.visible()} == {True}
    assert {each.expected for each in truth.clusters} == {Status.PASSED}
