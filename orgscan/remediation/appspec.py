"""AppSpecs of Amazon ECS: read as YAML or JSON, and written as JSON.

"All or none" of the network's settings must be given; hooks that are left out are lost.
https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
"""

from __future__ import annotations

import hashlib

import msgspec
import yaml

from orgscan.model.remediation import Shape
from orgscan.remediation.digests import canonical

_DEEPEST = 32
# libyaml's loader where PyYAML was built with it: the other takes minutes for hostile nesting.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(Exception):
    """An AppSpec that is none."""


def parse_appspec(text: str) -> Shape:
    """An AppSpec as a structure; JSON is YAML too.

    Raises:
        UnreadableError: it is not one of Amazon ECS.
    """
    try:
        _require_bounded(text)
        read = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe one either way  # nosec B506
        _target(read)
        found: Shape = msgspec.to_builtins(read, str_keys=True)
    except (yaml.YAMLError, RecursionError, TypeError, ValueError) as error:
        raise UnreadableError(str(error).splitlines()[0]) from None
    return found


def _require_bounded(text: str) -> None:
    """A few lines of aliases expand without end, and anybody may have written to the bucket."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        is_alias = isinstance(event, yaml.AliasEvent)
        if is_alias or depth > _DEEPEST:
            raise ValueError("it has aliases, or is nested too deeply, and is not followed")


def _target(read: object) -> Shape:
    """The one service that it is about."""
    match read:
        case {"Resources": [{"TargetService": {"Properties": dict() as properties}}]}:
            return properties
        case _:
            raise ValueError("it has not one TargetService with Properties")


def appspec_for(task_set: Shape, awsvpc: Shape, current: Shape | None) -> Shape:
    """What deploys a task set like the one that serves, with another network.

    The task definition is that of the set, since a pipeline's AppSpec may hold a placeholder.

    Args:
        task_set: the set that serves, as ECS shows it.
        awsvpc: the network, as ECS names its members.
        current: the AppSpec that made the set; its hooks and whatever else it says are kept.
    """
    properties: Shape = {**(_target(current) if current else {})}
    properties["TaskDefinition"] = task_set["taskDefinition"]
    properties["NetworkConfiguration"] = {
        "AwsvpcConfiguration": {
            "Subnets": awsvpc["subnets"],
            "SecurityGroups": awsvpc["securityGroups"],
            "AssignPublicIp": awsvpc["assignPublicIp"],
        }
    }
    balancers = task_set.get("loadBalancers") or ()
    if balancers:
        properties["LoadBalancerInfo"] = {
            "ContainerName": balancers[0].get("containerName"),
            "ContainerPort": balancers[0].get("containerPort"),
        }
    if task_set.get("platformVersion"):
        properties["PlatformVersion"] = task_set["platformVersion"]
    if task_set.get("capacityProviderStrategy"):
        properties["CapacityProviderStrategy"] = [
            {name[0].upper() + name[1:]: value for name, value in item.items()}
            for item in task_set["capacityProviderStrategy"]
        ]
    resource = {"TargetService": {"Type": "AWS::ECS::Service", "Properties": properties}}
    return {"version": 0.0, **(current or {}), "Resources": [resource]}


def revision_of(appspec: Shape) -> Shape:
    """`RevisionLocation` that holds an AppSpec itself, with its digest."""
    content = canonical(appspec).decode()
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return {
        "revisionType": "AppSpecContent",
        "appSpecContent": {"content": content, "sha256": sha256},
    }


def states_public(appspec: Shape | None) -> bool:
    """Whether an AppSpec itself asks for public addresses, so that its next release will."""
    if appspec is None:
        return False
    network = _target(appspec).get("NetworkConfiguration") or {}
    awsvpc = network.get("AwsvpcConfiguration") or network.get("awsvpcConfiguration") or {}
    return "ENABLED" in {awsvpc.get("AssignPublicIp"), awsvpc.get("assignPublicIp")}
