"""The truth the simulator tells is what a plain walk through its answers finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import Status
from orgscan.simulator import (
    Credentials,
    Endpoint,
    Fault,
    FaultKind,
    Gap,
    Home,
    Scenario,
    Simulator,
    demo_scenario,
)

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]

FEW = ("eu-north-1", "eu-west-1", "sa-east-1", "us-east-1", "us-west-2")


class Walk:
    """A sweep as anyone would write it with botocore: every account, region, cluster, service."""

    def __init__(self, endpoint: Endpoint, connect: Make, assume: Make) -> None:
        self.endpoint, self.connect, self.assume = endpoint, connect, assume
        self.task_sets: dict[str, tuple[str, str, str | None, bool, str | None]] = {}
        self.gaps: set[tuple[str, str | None, CoverageStatus]] = set()
        self.unseen: set[str] = set()
        self.controllers = {"ECS": 0, "EXTERNAL": 0, "CODE_DEPLOY": 0}

    def run(self) -> None:
        """The whole organization."""
        pages = self.connect(self.endpoint, "organizations").get_paginator("list_accounts")
        for page in pages.paginate():
            for account in page["Accounts"]:
                self.account(account["Id"], account["State"])

    def account(self, account: str, state: str) -> None:
        """One account: its regions are listed centrally, or by itself where that is refused."""
        if state != "ACTIVE":
            self.gaps.add((account, None, CoverageStatus.ACCOUNT_NOT_ACTIVE))
            return
        home = self.connect(self.endpoint, "sts").get_caller_identity()["Account"]
        session = None
        if account != home:
            try:
                session = self.assume(self.endpoint, account)
            except ClientError:
                self.gaps.add((account, None, CoverageStatus.ROLE_NOT_ASSUMABLE))
                return
        who = self.connect(self.endpoint, "account", None, session)
        for region in who.list_regions()["Regions"]:
            if region["RegionOptStatus"] == "DISABLED":
                name = region["RegionName"]
                self.gaps.add((account, name, CoverageStatus.REGION_NOT_ENABLED))
            else:
                self.region(account, region["RegionName"], session)

    def region(self, account: str, region: str, session: Credentials | None) -> None:
        """One account-region."""
        client = self.connect(self.endpoint, "ecs", region, session)
        try:
            clusters = client.list_clusters()["clusterArns"]
        except ReadTimeoutError:
            self.gaps.add((account, region, CoverageStatus.TIMED_OUT))
        except ConnectionClosedError:
            self.gaps.add((account, region, CoverageStatus.ERROR))
        except ClientError as error:
            self.gaps.add((account, region, meaning(error)))
        else:
            before = len(self.unseen)
            for cluster in clusters:
                self.cluster(client, cluster)
            if len(self.unseen) > before:
                self.gaps.add((account, region, CoverageStatus.PARTLY_COVERED))

    def cluster(self, client: Any, cluster: str) -> None:  # noqa: ANN401 - botocore has no types
        """One cluster: its services ten at a time."""
        try:
            services = client.list_services(cluster=cluster, maxResults=100)["serviceArns"]
        except ClientError:
            self.unseen.add(cluster)
            return
        for start in range(0, len(services), 10):
            batch = services[start : start + 10]
            try:
                answer = client.describe_services(cluster=cluster, services=batch)
            except ClientError:
                self.unseen.update(batch)
                continue
            self.unseen.update(failure["arn"] for failure in answer["failures"])
            for service in answer["services"]:
                controller = service.get("deploymentController", {}).get("type", "ECS")
                self.controllers[controller] += 1
                for task_set in service.get("taskSets", []):
                    network = task_set.get("networkConfiguration", {}).get("awsvpcConfiguration")
                    self.task_sets[task_set["taskSetArn"]] = (
                        controller,
                        task_set["status"],
                        (network or {}).get("assignPublicIp"),
                        network is not None,
                        task_set.get("launchType"),
                    )


def meaning(error: ClientError) -> CoverageStatus:
    """What a refused ListClusters amounts to."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code == "AccessDeniedException":
        by_scp = "service control policy" in message
        return CoverageStatus.DENIED_BY_SCP if by_scp else CoverageStatus.DENIED
    return {
        "ThrottlingException": CoverageStatus.THROTTLED,
        "UnrecognizedClientException": CoverageStatus.REGION_NOT_ENABLED,
    }.get(code, CoverageStatus.ERROR)


def scenarios() -> Iterator[Scenario]:
    """The demo's, and others in which much is refused."""
    few = {"regions": FEW}
    yield msgspec.structs.replace(demo_scenario(3, 1), **few)
    yield msgspec.structs.replace(demo_scenario(12, 7), **few)
    yield Scenario(accounts=5, seed=3, density=0.6, regions=FEW, empty_pages=False, hostile=True)
    plain = Scenario(accounts=8, seed=4)
    one, two, three = (plain.account_id(number) for number in (2, 3, 4))
    yield Scenario(
        accounts=8,
        seed=4,
        density=0.7,
        regions=FEW,
        disabled_regions=(),
        suspended_share=0.3,
        home=Home.DELEGATED,
        management_role=False,
        faults=(
            Fault(FaultKind.DENY_PLAIN, one, api="sts:AssumeRole"),
            Fault(FaultKind.DENY_SCP_IMPLICIT, two, "eu-*"),
            Fault(FaultKind.DENY_BOUNDARY, two, "us-*", "ecs:ListClusters"),
            Fault(FaultKind.DENY_IAM, two, "sa-*", "ecs:DescribeServices"),
            Fault(FaultKind.THROTTLE, three, "us-east-1", "ecs:ListClusters"),
            Fault(FaultKind.RESET, three, "us-west-2", "ecs:ListClusters"),
            Fault(FaultKind.REGION_NOT_ENABLED, three, "sa-east-1", "ecs:*"),
            Fault(FaultKind.HANG, three, "eu-west-1", "ecs:ListClusters"),
            Fault(FaultKind.THROTTLE, three, "eu-north-1", "ecs:ListServices", cluster="*-api"),
            Fault(FaultKind.SLOW, seconds=0.001),
            Fault(FaultKind.SERVER_ERROR),
        ),
    )


@pytest.mark.parametrize("scenario", list(scenarios()))
def test_a_plain_walk_finds_the_truth_and_nothing_else(
    serve: Serve, connect: Make, assume: Make, scenario: Scenario
) -> None:
    """Task sets, gaps, what is known and unseen, and how many services of each controller."""
    simulator, endpoint = serve(scenario)
    walk = Walk(endpoint, connect, assume)
    walk.run()
    truth = simulator.truth()
    assert walk.task_sets == {
        t.arn: (t.controller, t.status, t.assign_public_ip, t.has_awsvpc, t.launch_type)
        for t in truth.visible()
    }
    assert walk.gaps == {(gap.account, gap.region, gap.status) for gap in truth.gaps}
    assert walk.unseen == {unseen.arn for unseen in truth.unseen}
    assert walk.controllers == truth.services_by_controller


def test_verdicts_by_what_is_stated_are_those_of_the_control() -> None:
    """Stated ENABLED fails, DISABLED passes, absent warns, and bridge is not applicable."""
    account = Scenario().account_id(2)
    scenario = Scenario(density=0.0, gallery=((account, "eu-west-1"),))
    verdicts = {
        (t.assign_public_ip, t.has_awsvpc, t.launch_type == "EC2"): t.stated
        for t in Simulator(scenario).truth().visible()
    }
    assert verdicts == {
        ("ENABLED", True, False): Status.FAILED,
        ("DISABLED", True, False): Status.PASSED,
        ("DISABLED", True, True): Status.PASSED,
        (None, True, False): Status.WARNING,
        (None, False, False): Status.WARNING,
        (None, False, True): Status.NOT_APPLICABLE,
    }


def test_a_public_set_fails_whatever_its_status() -> None:
    """PRIMARY, ACTIVE and DRAINING are all there with ENABLED."""
    account = Scenario().account_id(2)
    scenario = Scenario(density=0.0, gallery=((account, "eu-west-1"),))
    failed = Simulator(scenario).truth().visible(Status.FAILED)
    assert {t.status for t in failed} == {"PRIMARY", "ACTIVE", "DRAINING"}


def test_faults_that_do_not_always_strike_make_no_gap() -> None:
    """A retry gets past them."""
    faults = (
        Fault(FaultKind.THROTTLE, first=3),
        Fault(FaultKind.RESET, probability=0.5),
        Fault(FaultKind.SLOW),
    )
    scenario = Scenario(density=0.3, disabled_regions=(), faults=faults)
    truth = Simulator(scenario).truth()
    assert truth.gaps == ()
    assert not any(t.hidden for t in truth.task_sets)


def test_what_cannot_be_seen_is_hidden_and_not_lost() -> None:
    """The sets of a suspended account exist, and no sweep is expected to find them."""
    plain = Scenario(density=1.0, accounts=4)
    suspended = plain.account_id(3)
    truth = Simulator(msgspec.structs.replace(plain, suspended=(suspended,))).truth()
    hidden = {t.account for t in truth.task_sets if t.hidden}
    assert hidden == {suspended}
    assert Gap(suspended, None, CoverageStatus.ACCOUNT_NOT_ACTIVE) in truth.gaps
    assert suspended not in {t.account for t in truth.visible()}
