"""Plan, apply and rollback over real HTTP, on a simulated organization that changes as AWS does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from orgscan.aws.engine import Limits
from orgscan.config.settings import Settings
from orgscan.model.finding import Finding
from orgscan.model.remediation import Plan
from orgscan.remediation.apply import Order, apply_plan, plan_run, roll_back
from orgscan.remediation.clock import SkippingClock
from orgscan.remediation.plan_file import write_plan
from orgscan.remediation.work import Worked
from orgscan.report.read import StoredRun, read_report
from orgscan.scan.pipeline import Request, scan
from orgscan.simulator import Scenario, Simulator
from orgscan.sweep.stop import Stop

pytestmark = pytest.mark.integration

LIMITS = Limits(call_timeout=30.0, target_timeout=120.0, backoff_base=0.001, backoff_cap=0.01)
REGION = "eu-west-1"


class Stage:
    """One served organization, scanned, and whoever mends it.

    Attributes:
        run: the scan.
    """

    def __init__(self, simulator: Simulator, directory: Path) -> None:
        self.simulator = simulator
        self.directory = directory
        self.settings = Settings(output=directory, format=("json",))
        self.clock = SkippingClock()
        self.run = self.scan()

    def scan(self) -> StoredRun:
        """Sweep it."""
        result = asyncio.run(scan(Request(settings=self.settings, limits=LIMITS), Stop()))
        return read_report(result.directory)

    def public(self, controller: str, wanted: Callable[[Finding], bool] = bool) -> Finding:
        """The first failed finding on what serves, under a controller."""
        return next(
            one
            for one in self.run.findings()
            if one.status == "FAILED"
            and one.resource.deployment_controller == controller
            and one.resource.type in {"AWS::ECS::TaskSet", "AWS::ECS::Service"}
            and one.resource.status in {"PRIMARY", "ACTIVE"}
            and one.observed.public_ips
            and wanted(one)
        )

    def allow(self, finding: Finding) -> Path:
        """An allowlist of this one service."""
        resource = finding.resource
        file = self.directory / "allowlist.yaml"
        entry = {
            "id": "one",
            "accounts": [finding.account.id],
            "regions": [finding.region],
            "clusters": [(resource.cluster_arn or "").rpartition("/")[2]],
            "services": [resource.service_name],
            "actions": ["replace-task-set", "redeploy-codedeploy", "update-service"],
            "owner": "o@example.org",
            "ticket": "T-1",
            "expires": "2099-12-31",
            "max_changes": 1,
        }
        # JSON is YAML too; a date has to be one, and no string.
        text = msgspec.json.encode({"version": 1, "remediate": [entry]}).decode()
        file.write_text(text.replace('"2099-12-31"', "2099-12-31"), encoding="utf-8")
        return file

    def plan(self, allowlist: Path) -> Plan:
        """Plan, and write it to `plan.json`."""
        made = asyncio.run(
            plan_run(
                self.run.run,
                list(self.run.findings()),
                self.settings,
                allowlist_file=allowlist,
                valid_seconds=3600,
                soak_seconds=600,
                clock=self.clock,
            )
        )
        write_plan(made, self.directory / "plan.json")
        return made

    def order(self) -> Order:
        """As `--yes --accept-unproven` would have it, without waiting."""
        return Order(
            settings=self.settings,
            approve=lambda _plan, _what: "--yes",
            accept_unproven=True,
            clock=self.clock,
            limits=LIMITS,
        )

    def apply(self) -> Worked:
        """Apply `plan.json`."""
        plan, journal = self.directory / "plan.json", self.directory / "journal.ndjson"
        return asyncio.run(apply_plan(plan, journal, self.order()))

    def roll_back(self) -> Worked:
        """Take it back."""
        return asyncio.run(roll_back(self.directory / "journal.ndjson", self.order()))

    def writes(self) -> list[str]:
        """What was changed, by whichever account."""
        return [
            one.api for one in self.simulator.record.mutations if not one.api.startswith("sts:")
        ]

    def touched(self) -> set[str]:
        """The accounts in which anything was changed."""
        return {one.account for one in self.simulator.record.mutations if one.api[:4] != "sts:"}

    def verdict(self, finding: Finding) -> set[str]:
        """What a new scan says of the service that a finding was about."""
        return {
            one.status
            for one in self.scan().findings()
            if one.control_id == finding.control_id
            and one.resource.service_arn == finding.resource.service_arn
            and one.resource.status != "DRAINING"
        }


@pytest.fixture
def stage(tmp_path: Path, environ_of: Callable[..., dict[str, str]]) -> Iterator[Any]:
    """Serves a gallery of every kind of service, and scans it."""
    with ExitStack() as stack:

        def make(**changes: Any) -> Stage:  # noqa: ANN401 - members of the scenario
            scenario = Scenario(density=0.0, gallery=((Scenario().account_id(2), REGION),))
            simulator = Simulator(msgspec.structs.replace(scenario, **changes))
            endpoint = stack.enter_context(simulator.serve_in_thread())
            stack.enter_context(patch.dict(os.environ, environ_of(endpoint), clear=True))
            return Stage(simulator, tmp_path)

        yield make


@pytest.mark.parametrize(
    ("controller", "writes", "back"),
    [
        (
            "EXTERNAL",
            [
                "ecs:CreateTaskSet",
                "ecs:UpdateTaskSet",
                "ecs:UpdateServicePrimaryTaskSet",
                "ecs:UpdateTaskSet",
                "ecs:DeleteTaskSet",
            ],
            5,
        ),
        ("CODE_DEPLOY", ["codedeploy:CreateDeployment"], 1),
        ("ECS", ["ecs:UpdateService"], 1),
    ],
)
def test_a_public_service_is_mended_seen_private_and_restored(
    stage: Callable[..., Stage], controller: str, writes: list[str], back: int
) -> None:
    """Under each controller; what a new scan says is what apply said it had observed."""
    at = stage()
    finding = at.public(controller)
    made = at.plan(at.allow(finding))
    assert [planned.finding_key for planned in made.actions] == [finding.key]

    assert at.apply() == Worked(True)
    assert [api for api in at.writes() if api != "codedeploy:ContinueDeployment"] == writes
    assert at.verdict(finding) == {"PASSED"}

    assert at.roll_back() == Worked(True)
    assert len(at.writes()) >= len(writes) + back
    assert at.verdict(finding) == {"FAILED"}
    assert at.touched() == {finding.account.id}
