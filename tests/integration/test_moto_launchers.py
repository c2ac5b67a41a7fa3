"""What starts tasks, made by boto3 in moto and found there by the real command line.

moto's answers are written by others than ours: members that we leave out come, and others do not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

pytestmark = pytest.mark.integration

REGION = "eu-west-1"
ACCOUNT = "123456789012"
_CALLER = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "not a secret"}
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/launcher"
_TASK_DEFINITION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/app:1"


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    """Moto's server on loopback, empty: all servers of a process share what they hold."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    reset = Request(f"http://{host}:{port}/moto-api/reset", method="POST")
    urlopen(reset, timeout=10).close()  # noqa: S310 - loopback
    yield f"http://{host}:{port}"
    urlopen(reset, timeout=10).close()  # noqa: S310 - loopback
    server.stop()


class Account:
    """The management account in moto, which orgscan reads with its own credentials."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client("organizations").create_organization(FeatureSet="ALL")
        made = self.client("ecs").create_cluster(clusterName="prod")
        self.cluster: str = made["cluster"]["clusterArn"]

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        """A client of moto."""
        make: Any = boto3.client
        return make(service, region_name=REGION, endpoint_url=self.url, **_CALLER)

    def parameters(self, assign: str | None) -> dict[str, Any]:
        """`EcsParameters` of tasks on Fargate that state this, or nothing."""
        awsvpc = {"Subnets": ["subnet-1"]} | ({"AssignPublicIp": assign} if assign else {})
        return {
            "TaskDefinitionArn": _TASK_DEFINITION,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {"awsvpcConfiguration": awsvpc},
        }

    def rule(self, name: str, assign: str, *, bus: str = "default", state: str = "ENABLED") -> str:
        """An EventBridge rule with a target that starts tasks."""
        events = self.client("events")
        arn: str = events.put_rule(
            Name=name, EventBusName=bus, EventPattern='{"source": ["shop"]}', State=state
        )["RuleArn"]
        target = {"Id": "tasks", "Arn": self.cluster, "EcsParameters": self.parameters(assign)}
        events.put_targets(Rule=name, EventBusName=bus, Targets=[target])
        return arn

    def schedule(self, name: str, target: dict[str, Any], *, group: str = "default") -> str:
        """An EventBridge Scheduler schedule."""
        made = self.client("scheduler").create_schedule(
            Name=name,
            GroupName=group,
            ScheduleExpression="rate(1 hour)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"RoleArn": _ROLE, **target},
        )
        arn: str = made["ScheduleArn"]
        return arn

    def pipe(self, name: str, assign: str) -> str:
        """A pipe from a queue to the cluster."""
        made = self.client("pipes").create_pipe(
            Name=name,
            RoleArn=_ROLE,
            Source=f"arn:aws:sqs:{REGION}:{ACCOUNT}:in",
            Target=self.cluster,
            TargetParameters={"EcsTaskParameters": self.parameters(assign)},
        )
        arn: str = made["Arn"]
        return arn

    def machine(self, name: str, parameters: dict[str, Any]) -> str:
        """A state machine with one state that runs a task."""
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::ecs:runTask.sync",
            "Parameters": {"TaskDefinition": _TASK_DEFINITION, **parameters},
            "End": True,
        }
        definition = {"StartAt": "run", "States": {"run": state}}
        made = self.client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=_ROLE
        )
        arn: str = made["stateMachineArn"]
        return arn

    def job(self, name: str, network: dict[str, str] | None) -> str:
        """A Batch job definition for Fargate."""
        container: dict[str, Any] = {
            "image": "app",
            "executionRoleArn": _ROLE,
            "resourceRequirements": [
                {"type": "VCPU", "value": "0.25"},
                {"type": "MEMORY", "value": "512"},
            ],
        }
        if network is not None:
            container["networkConfiguration"] = network
        made = self.client("batch").register_job_definition(
            jobDefinitionName=name,
            type="container",
            platformCapabilities=["FARGATE"],
            containerProperties=container,
        )
        arn: str = made["jobDefinitionArn"]
        return arn


@pytest.fixture(scope="module")
def expected(moto_url: str) -> dict[str, str]:
    """Launchers of every service in one account-region, and the status each has to have."""
    account = Account(moto_url)
    account.client("events").create_event_bus(Name="orders")
    account.client("scheduler").create_schedule_group(Name="nightly")
    awsvpc = {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}
    public = {"NetworkConfiguration": {"AwsvpcConfiguration": awsvpc}}
    universal = {
        "Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask",
        "Input": json.dumps({"TaskDefinition": _TASK_DEFINITION, **public}),
    }
    templated = {"Arn": account.cluster, "EcsParameters": account.parameters(None)}
    account.schedule("other", {"Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:x"})
    return {
        account.rule("on", "ENABLED"): "FAILED",
        account.rule("on", "ENABLED", bus="orders"): "FAILED",
        account.rule("off", "DISABLED"): "PASSED",
        account.rule("asleep", "ENABLED", state="DISABLED"): "WARNING",
        account.schedule("universal", universal): "FAILED",
        account.schedule("unstated", templated, group="nightly"): "WARNING",
        account.pipe("on", "ENABLED"): "FAILED",
        account.pipe("off", "DISABLED"): "PASSED",
        account.machine("on", public): "FAILED",
        account.machine("dynamic", {"NetworkConfiguration.$": "$.net"}): "WARNING",
        account.job("on", {"assignPublicIp": "ENABLED"}): "FAILED",
        account.job("unstated", None): "PASSED",
    }


def test_every_launcher_in_moto_has_its_verdict(
    orgscan: Callable[..., Any], moto_url: str, expected: dict[str, str]
) -> None:
    """Rules on two buses, schedules in two groups, pipes, state machines and job definitions."""
    done = orgscan(
        "scan",
        "--collect",
        "launchers",
        environ={
            "AWS_ENDPOINT_URL": moto_url,
            "AWS_ACCESS_KEY_ID": _CALLER["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": _CALLER["aws_secret_access_key"],
            "AWS_REGION": REGION,
            "ORGSCAN_REGION": REGION,
        },
    )

    assert done.err == ""
    assert done.status == 1
    assert {entry["status"] for entry in done.report["coverage"]} == {"COVERED"}
    verdicts = {
        finding["resource"]["arn"]: finding["status"]
        for finding in done.report["findings"]
        if finding["control_id"] == "ecs-launcher-no-public-ip"
    }
    assert verdicts == expected
