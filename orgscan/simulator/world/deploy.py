"""CodeDeploy as each CODE_DEPLOY service uses it: its application, its group, its revisions.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import yaml

from orgscan.simulator.chance import Chance
from orgscan.simulator.world.workload import Rollout, Service

APPSPEC, S3, STRING = "AppSpecContent", "S3", "String"
"""Where a revision is: in CodeDeploy itself, in a bucket, or in the older inline form."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment group, which deploys one service.

    Attributes:
        application: its application's name; each has one group.
        by_arn: whether it names cluster and service by their ARNs; AWS keeps what it was given.
        gate: whether a deployment waits for somebody to let traffic over.
        kind: where its revisions are.
        states_network: whether its revisions state a network, which the next release repeats.
        hooked: whether its revisions have lifecycle hooks.
    """

    service: Service
    application: str
    name: str
    by_arn: bool
    gate: bool
    kind: str
    states_network: bool
    hooked: bool


class Revision(msgspec.Struct, frozen=True):
    """One AppSpec and its location, as `RevisionLocation` has it."""

    content: str
    location: dict[str, Any]


def group_of(chance: Chance, service: Service) -> Group:
    """The one of a CODE_DEPLOY service."""
    cluster = service.cluster_arn.rpartition("/")[2]
    what = ("deployment group", service.arn)
    draw = chance.digest(*what)
    by_convention = draw[0] < 170
    label = f"{cluster}-{service.name}"
    return Group(
        service=service,
        application=f"AppECS-{label}" if by_convention else f"{label}.app_{draw[:2].hex()}",
        name=f"DgpECS-{label}" if by_convention else "blue/green @ 100%",
        by_arn=draw[1] % 3 == 0,
        gate=draw[2] % 3 == 0,
        kind=(APPSPEC, S3, APPSPEC, STRING)[draw[3] % 4],
        states_network=draw[4] % 2 == 0,
        hooked=draw[5] % 2 == 0,
    )


def knows_deployment(chance: Chance, number: int, rollout: Rollout) -> bool:
    """Whether CodeDeploy knows the deployment of a service's set; a first one may be none of its.

    CreateService makes the first blue set, and CodeDeploy forgets what is old.
    """
    return number > 0 or chance.below(4, "known deployment", rollout.id) > 0


def revision_of(group: Group, rollout: Rollout) -> Revision:
    """What a set was deployed by."""
    content = _written(group, appspec(group, rollout))
    if group.kind == S3:
        _, _, _, region, account, _ = group.service.arn.split(":", 5)
        suffix = "json" if content.startswith("{") else "yaml"
        location = {
            "bucket": f"releases-{account}-{region}",
            "key": f"{group.application}/{rollout.external_id}/app spec.{suffix}",
            "bundleType": suffix.upper(),
            "eTag": hashlib.md5(content.encode(), usedforsecurity=False).hexdigest(),
        }
        return Revision(content, {"revisionType": S3, "s3Location": location})
    return Revision(content, inline(content, group.kind))


def inline(content: str, kind: str = APPSPEC) -> dict[str, Any]:
    """A `RevisionLocation` that holds its content."""
    member = "string" if kind == STRING else "appSpecContent"
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"revisionType": kind, member: {"content": content, "sha256": digest}}


def _written(group: Group, spec: dict[str, Any]) -> str:
    """As JSON or as YAML; a bucket has either."""
    if group.kind == APPSPEC or (group.kind == S3 and group.hooked):
        return msgspec.json.encode(spec).decode()
    text: str = yaml.safe_dump(spec, sort_keys=False)
    return text


def appspec(group: Group, rollout: Rollout) -> dict[str, Any]:
    """The AppSpec of a set, with a network and hooks where the group's revisions have them."""
    properties: dict[str, Any] = {
        "TaskDefinition": rollout.task_definition,
        "LoadBalancerInfo": {"ContainerName": "app", "ContainerPort": 8_080},
        "PlatformVersion": "1.4.0",
    }
    if group.states_network and rollout.setting.awsvpc and rollout.setting.assign:
        properties["NetworkConfiguration"] = {
            "AwsvpcConfiguration": {
                "Subnets": list(rollout.subnets),
                "SecurityGroups": list(rollout.groups),
                "AssignPublicIp": rollout.setting.assign,
            }
        }
    target = {"Type": "AWS::ECS::Service", "Properties": properties}
    spec: dict[str, Any] = {"version": 0.0, "Resources": [{"TargetService": target}]}
    if group.hooked:
        place = group.service.arn.split(":service/")[0].replace(":ecs:", ":lambda:")
        spec["Hooks"] = [{"AfterAllowTestTraffic": f"{place}:function:smoke-test"}]
    return spec
