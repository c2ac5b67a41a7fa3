"""An AppSpec that a caller gives, and the green task set that it asks for.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import yaml

from orgscan.simulator.services import s3
from orgscan.simulator.services.call import Call
from orgscan.simulator.services.ecs_given import (
    Awsvpc,
    check_awsvpc,
    known_task_definition,
)
from orgscan.simulator.services.ecs_task_set_writes import concrete
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.deploy import APPSPEC, S3, STRING, Group, Revision
from orgscan.simulator.world.recipes import Setting
from orgscan.simulator.world.workload import Provider, Rollout, Service


class BadAppSpec(ValueError):  # noqa: N818 - says what was presented
    """An AppSpec that a deployment fails by."""


class _Network(msgspec.Struct, rename="pascal"):
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    assign_public_ip: str | None = None


class _Networks(msgspec.Struct, rename="pascal"):
    awsvpc_configuration: _Network


class _Container(msgspec.Struct, rename="pascal"):
    container_name: str
    container_port: int


class _Strategy(msgspec.Struct, rename="pascal"):
    capacity_provider: str
    base: int = 0
    weight: int = 0


class _Properties(msgspec.Struct, rename="pascal"):
    task_definition: str
    load_balancer_info: _Container
    platform_version: str | None = None
    network_configuration: _Networks | None = None
    capacity_provider_strategy: tuple[_Strategy, ...] = ()


class _Target(msgspec.Struct, rename="pascal"):
    type: str
    properties: _Properties


class _Resource(msgspec.Struct, rename="pascal"):
    target_service: _Target


class _AppSpec(msgspec.Struct, rename="pascal"):
    resources: tuple[_Resource]


def given_revision(call: Call, group: Group, location: dict[str, Any]) -> Revision:
    """The AppSpec that a `RevisionLocation` leads to.

    Raises:
        Refusal: it leads nowhere, or its digest is not that of its content.
    """
    kind = location.get("revisionType")
    if kind == S3:
        where = location.get("s3Location", {})
        content = s3.find(call, where.get("bucket", ""), where.get("key", ""))
        if content is None:
            raise _invalid("The revision is not in the bucket.")
        return Revision(content, location)
    member = {APPSPEC: "appSpecContent", STRING: "string"}.get(str(kind))
    held = location.get(member) if member else None
    if not isinstance(held, dict) or not isinstance(held.get("content"), str):
        raise _invalid(f"The revision type is not one of {group.application}'s.")
    digest = hashlib.sha256(held["content"].encode()).hexdigest()
    if held.get("sha256", digest) != digest:
        raise _invalid("The sha256 of the revision does not match its content.")
    return Revision(held["content"], location)


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidRevisionException", message)


def green(call: Call, service: Service, content: str, deployment_id: str) -> Rollout:
    """The set that an AppSpec asks for; without a network of its own it has the current one.

    Raises:
        BadAppSpec: the deployment is made, and fails.
    """
    properties = _read(content)
    serving = service.primary
    workload = call.world.workload(call.account, call.region)
    if serving is None or workload is None:
        raise BadAppSpec("The ECS service has no primary task set.")
    setting = serving.setting
    changed: dict[str, Any] = {}
    if properties.capacity_provider_strategy:
        setting, changed = _placed(setting, properties)
    given = properties.network_configuration
    try:
        definition, _ = known_task_definition(call, properties.task_definition)
        if given is not None:
            fargate = setting.launch.startswith("FARGATE")
            awsvpc = check_awsvpc(workload.network, _whole(given), fargate=fargate)
            changed |= {"subnets": awsvpc.subnets, "groups": awsvpc.security_groups}
            setting = msgspec.structs.replace(
                setting, assign=awsvpc.assign_public_ip, awsvpc=True, runs=""
            )
    except Refusal as refusal:
        raise BadAppSpec(refusal.message) from None
    return msgspec.structs.replace(
        serving,
        setting=msgspec.structs.replace(setting, status="ACTIVE", scale=100.0, omit=()),
        task_definition=definition,
        platform=concrete(properties.platform_version),
        external_id=deployment_id,
        started_by="CODE_DEPLOY",
        **changed,
    )


def _read(content: str) -> _Properties:
    try:
        spec = msgspec.convert(yaml.safe_load(content), _AppSpec)
    except (yaml.YAMLError, msgspec.ValidationError, RecursionError) as error:
        raise BadAppSpec(f"The AppSpec file is not valid: {error}") from None
    target = spec.resources[0].target_service
    if target.type != "AWS::ECS::Service":
        raise BadAppSpec(f"The AppSpec file's resource type {target.type} is not supported.")
    return target.properties


def _whole(given: _Networks) -> Awsvpc:
    network = given.awsvpc_configuration
    if not (network.subnets and network.security_groups and network.assign_public_ip):
        raise BadAppSpec(
            "All or none of the settings under NetworkConfiguration must be specified."
        )
    return Awsvpc(
        subnets=network.subnets,
        security_groups=network.security_groups,
        assign_public_ip=network.assign_public_ip,
    )


def _placed(setting: Setting, properties: _Properties) -> tuple[Setting, dict[str, Any]]:
    strategy = tuple(
        Provider(each.capacity_provider, each.weight, each.base)
        for each in properties.capacity_provider_strategy
    )
    launch = strategy[0].capacity_provider
    return msgspec.structs.replace(setting, launch=launch, provider=True), {"strategy": strategy}
