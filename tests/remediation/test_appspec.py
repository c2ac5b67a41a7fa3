"""AppSpecs: read as pipelines write them, and written so that nothing of a release is lost."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from orgscan.remediation.appspec import (
    UnreadableError,
    appspec_for,
    parse_appspec,
    revision_of,
    states_public,
)

YAML = """
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo:
          ContainerName: app
          ContainerPort: 8080
        CapacityProviderStrategy: []
Hooks:
  - BeforeAllowTraffic: smoke-test
"""
JSON = """{"version": 0.0, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service",
"Properties": {"TaskDefinition": "api:7", "NetworkConfiguration": {"AwsvpcConfiguration":
{"Subnets": ["s"], "SecurityGroups": ["g"], "AssignPublicIp": "ENABLED"}}}}}]}"""
TASK_SET: dict[str, Any] = {
    "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7",
    "platformVersion": "1.4.0",
    "loadBalancers": [{"targetGroupArn": "arn:tg", "containerName": "web", "containerPort": 80}],
    "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
}
AWSVPC = {"subnets": ["s-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
PROPERTIES = {
    "TaskDefinition": TASK_SET["taskDefinition"],
    "NetworkConfiguration": {
        "AwsvpcConfiguration": {
            "Subnets": ["s-1"],
            "SecurityGroups": ["sg-1"],
            "AssignPublicIp": "DISABLED",
        }
    },
    "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80},
    "PlatformVersion": "1.4.0",
    "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1, "Base": 0}],
}


def test_hooks_are_kept_and_the_rest_is_that_of_the_set_that_serves() -> None:
    """A placeholder of the pipeline gives way to the pinned revision."""
    made = appspec_for(TASK_SET, AWSVPC, parse_appspec(YAML))

    assert made == {
        "version": 0.0,
        "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": PROPERTIES}}],
        "Hooks": [{"BeforeAllowTraffic": "smoke-test"}],
    }


def test_a_service_without_a_release_gets_an_appspec_of_its_task_set() -> None:
    """The first task set of a service was made without a deployment."""
    made = appspec_for(TASK_SET, AWSVPC, None)

    assert made["Resources"][0]["TargetService"]["Properties"] == PROPERTIES
    assert "Hooks" not in made


@pytest.mark.parametrize(("text", "public"), [(YAML, False), (JSON, True)])
def test_whether_the_next_release_would_undo_it_is_read_off_its_appspec(
    text: str, *, public: bool
) -> None:
    """One that leaves the network out keeps what is there."""
    assert states_public(parse_appspec(text)) is public


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a: [",
        "version: 0.0",
        "Resources: [{TargetService: {Properties: 1}}]",
        "!!python/object/apply:os.system ['true']",
        "Resources: [{TargetService: {Properties: {? : 1}}}]",
        "Resources: [{TargetService: {Properties: {[a]: 1}}}]",
    ],
)
def test_what_is_no_appspec_is_refused(text: str) -> None:
    """And what YAML could be made to run is not run."""
    with pytest.raises(UnreadableError):
        parse_appspec(text)


def test_a_revision_carries_the_digest_of_its_content() -> None:
    """As CodeDeploy checks it; the same AppSpec always gives the same."""
    made = revision_of(appspec_for(TASK_SET, AWSVPC, parse_appspec(YAML)))

    content = made["appSpecContent"]["content"]
    assert made["revisionType"] == "AppSpecContent"
    assert made["appSpecContent"]["sha256"] == hashlib.sha256(content.encode()).hexdigest()
    assert parse_appspec(content) == appspec_for(TASK_SET, AWSVPC, parse_appspec(YAML))


def test_an_appspec_that_expands_without_end_is_refused_at_once() -> None:
    """Whoever may write to the bucket wrote it: aliases, and brackets that never close."""
    laughs = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(3))
    for text in (laughs, "[" * 200_000, '{"a":' * 200_000):
        with pytest.raises(UnreadableError):
            parse_appspec(text)
