"""`orgscan remediate preflight` on a simulated organization: what it prints, how it exits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from typer.testing import CliRunner

from orgscan.cli.app import app
from orgscan.errors import RemediationError
from orgscan.simulator import Fault, FaultKind, Scenario, Simulator
from orgscan.simulator.services.ec2_shapes import is_regional
from orgscan.simulator.world.network import Network, Vpc

pytestmark = pytest.mark.integration

REGION = "eu-west-1"
SCENARIO = Scenario(density=1.0, clusters=1, services=4, accounts=30, regions=(REGION, "us-east-1"))


def with_nat(vpc: Vpc) -> bool:
    """Whether its private subnets lead to a NAT gateway."""
    return vpc.nat_gateway is not None


def with_regional_nat(vpc: Vpc) -> bool:
    """Whether it is one for the whole region, which stands in no subnet."""
    return vpc.nat_gateway is not None and is_regional(vpc)


def with_zonal_nat(vpc: Vpc) -> bool:
    """Whether it is one in a public subnet."""
    return vpc.nat_gateway is not None and not is_regional(vpc)


class Stage:
    """An account-region, and the command about it.

    Attributes:
        network: what it has.
    """

    def __init__(self, simulator: Simulator, wanted: Callable[[Vpc], bool]) -> None:
        for number in range(2, SCENARIO.accounts):
            workload = simulator.world.workload(SCENARIO.account_id(number), REGION)
            if workload and wanted(workload.network.workloads):
                break
        else:
            pytest.fail("no account has such a network")
        services = list(workload.services())
        self.network: Network = workload.network
        self.task_definition = services[0].rollouts[0].task_definition
        self.simulator = simulator

    def run(self, kind: str, *more: str) -> tuple[int, list[str]]:
        """The command on the subnets of a kind: its exit status and its lines."""
        group = self.network.group(self.network.workloads.id, "internal").id
        subnets = [f"--subnet={subnet.id}" for subnet in self.network.subnets(kind)]
        arguments = [self.task_definition, *subnets, f"--security-group={group}", *more]
        result = CliRunner().invoke(app, ["remediate", "preflight", *arguments])
        assert isinstance(result.exception, SystemExit | None)
        return result.exit_code, result.stdout.splitlines()


@pytest.fixture
def stage(environ_of: Callable[..., dict[str, str]]) -> Iterator[Callable[..., Stage]]:
    """Serves the organization: `stage(wanted, faults)` finds an account with such a network."""
    with ExitStack() as stack:

        def make(wanted: Callable[[Vpc], bool] = with_nat, *faults: Fault) -> Stage:
            simulator = Simulator(msgspec.structs.replace(SCENARIO, faults=faults))
            endpoint = stack.enter_context(simulator.serve_in_thread())
            stack.enter_context(patch.dict(os.environ, environ_of(endpoint), clear=True))
            return Stage(simulator, wanted)

        yield make


def verdicts(lines: list[str]) -> dict[str, str]:
    """By the name of the check."""
    words = [line.split(" ", 1) for line in lines[1:] if line and not line.startswith(" ")]
    return {name.strip(): verdict for verdict, name in words}


@pytest.mark.parametrize("wanted", [with_zonal_nat, with_regional_nat])
def test_private_subnets_with_a_nat_gateway_pass(
    stage: Any,  # noqa: ANN401 - as the fixture
    wanted: Callable[[Vpc], bool],
) -> None:
    """Whatever image, logs and secrets the task definition names; nothing was changed."""
    at = stage(wanted)
    status, lines = at.run("private", "--tasks", "3")
    assert (status, lines[0]) == (0, "Way out without a public address: PASS")
    assert set(verdicts(lines).values()) == {"PASS"}
    changed = [one.api for one in at.simulator.record.mutations if one.api != "sts:AssumeRole"]
    assert changed == []


def test_public_subnets_fail(stage: Any) -> None:  # noqa: ANN401 - as the fixture
    """And it says where else the tasks could run."""
    status, lines = stage().run("public")
    assert (status, verdicts(lines)["way-out"]) == (1, "FAIL")
    assert any("Name private subnets with a NAT gateway" in line for line in lines)


def test_what_is_beyond_a_transit_gateway_is_unproven(stage: Any) -> None:  # noqa: ANN401 - as the fixture
    """Neither good nor bad."""
    status, lines = stage().run("transit")
    assert (status, verdicts(lines)["way-out"]) == (4, "UNPROVEN")


def test_a_subnet_that_is_not_there_is_named(stage: Any) -> None:  # noqa: ANN401 - as the fixture
    """Also where others are."""
    status, lines = stage().run("private", "--subnet=subnet-\x1b[31m")
    assert (status, verdicts(lines)["subnets"]) == (1, "FAIL")
    assert all(line.isprintable() for line in lines)
    assert any("cannot be found in eu-west-1 of this account" in line for line in lines)


def test_more_tasks_than_addresses_fail(stage: Any) -> None:  # noqa: ANN401 - as the fixture
    """Old and new tasks run side by side."""
    status, lines = stage().run("private", "--tasks", "5000")
    assert (status, verdicts(lines)["free-addresses"]) == (1, "FAIL")


def test_a_task_definition_is_named_by_its_arn() -> None:
    """A family alone says neither account nor revision."""
    arguments = ["api:7", "--subnet=subnet-1", "--security-group=sg-1"]
    result = CliRunner().invoke(app, ["remediate", "preflight", *arguments])
    assert isinstance(result.exception, RemediationError)
    assert "is not the ARN of a task definition with its revision" in str(result.exception)


@pytest.mark.parametrize(
    ("api", "check"),
    [
        ("ec2:DescribeSubnets", "subnets"),
        ("ec2:DescribeRouteTables", "way-out"),
        ("ec2:DescribeNatGateways", "way-out"),
        ("ec2:DescribeSecurityGroups", "security-groups"),
        ("ecs:DescribeTaskDefinition", "task-definition"),
    ],
)
def test_what_may_not_be_read_is_unproven(
    stage: Any,  # noqa: ANN401 - as the fixture
    api: str,
    check: str,
) -> None:
    """Never passed, and the permission that lacks is named."""
    status, lines = stage(with_zonal_nat, Fault(FaultKind.DENY_IAM, api=api)).run("private")
    assert (status, verdicts(lines)[check]) == (4, "UNPROVEN")
    assert any(api in line for line in lines)


def test_a_role_that_cannot_be_assumed_proves_nothing(stage: Any) -> None:  # noqa: ANN401 - as the fixture
    """Every check that rests on a read is unproven."""
    status, lines = stage(with_nat, Fault(FaultKind.REFUSE_ROLE)).run("private")
    found = verdicts(lines)
    assert (status, found["subnets"], found["way-out"]) == (4, "UNPROVEN", "UNPROVEN")
