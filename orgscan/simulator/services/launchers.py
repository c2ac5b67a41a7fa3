"""What the services that start tasks have in common: finding, paging, and `EcsParameters`."""

from __future__ import annotations

from collections.abc import Sequence

from orgscan.simulator.services import planted
from orgscan.simulator.services.call import Call
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.paging import BadPageToken
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.launcher_recipes import Kind
from orgscan.simulator.world.launchers import Launcher, Place


def launchers(call: Call, kind: Kind) -> list[Launcher]:
    """Of the caller's account in the call's region."""
    return [one for one in call.world.launchers(call.account, call.region) if one.kind is kind]


def one_page(
    call: Call, items: Sequence[Tree], token: str | None, size: int, listing: str
) -> tuple[list[Tree], str | None]:
    """One page of a list, and the next one's token.

    Raises:
        Refusal: the page size is out of range, or the token is not this list's.
    """
    if not 1 <= size <= 1_000:
        raise Refusal("ValidationException", "The page size is out of range.")
    place = f"{call.account} {call.region} {listing}"
    try:
        page, following = call.pager.page(items, token, size, place)
    except BadPageToken:
        raise Refusal("ValidationException", "The token is not valid.") from None
    return list(page), following


def arn(call: Call, service: str, tail: str) -> str:
    """An ARN of the caller's account in the call's region."""
    return f"arn:{call.scenario.partition}:{service}:{call.region}:{call.account}:{tail}"


def ecs_parameters(launcher: Launcher, place: Place) -> Tree:
    """As EventBridge, Scheduler and Pipes write them; what is not stated is left out."""
    parameters: dict[str, Tree] = {
        "TaskDefinitionArn": launcher.task_definition,
        "TaskCount": 1,
        "EnableECSManagedTags": True,
    }
    if place.start.launch:
        parameters["LaunchType"] = place.start.launch
    if place.start.awsvpc:
        awsvpc: dict[str, Tree] = {"Subnets": place.subnets, "SecurityGroups": place.groups}
        if place.start.assign:
            awsvpc["AssignPublicIp"] = place.start.assign
        parameters["NetworkConfiguration"] = {"awsvpcConfiguration": awsvpc}
    return parameters


def run_task_request(launcher: Launcher, place: Place) -> dict[str, Tree]:
    """A request of RunTask as Step Functions and universal targets write it: all capitalised."""
    request: dict[str, Tree] = {
        "Cluster": launcher.cluster_arn,
        "TaskDefinition": launcher.task_definition,
        "Overrides": {
            "ContainerOverrides": [{"Name": "app", **planted.container(capitalised=True)}]
        },
    }
    if place.start.launch:
        request["LaunchType"] = place.start.launch
    if place.start.awsvpc:
        awsvpc: dict[str, Tree] = {"Subnets": place.subnets, "SecurityGroups": place.groups}
        if place.start.assign:
            awsvpc["AssignPublicIp"] = place.start.assign
        request["NetworkConfiguration"] = {"AwsvpcConfiguration": awsvpc}
    return request
