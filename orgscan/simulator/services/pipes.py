"""Amazon EventBridge Pipes."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.launchers import arn, ecs_parameters, launchers, one_page
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.launcher_recipes import Kind
from orgscan.simulator.world.launchers import Launcher


class _ListPipes(msgspec.Struct, rename="pascal"):
    limit: int = 100
    next_token: str | None = None
    name_prefix: str = ""
    desired_state: str | None = None
    target_prefix: str = ""


class _DescribePipe(msgspec.Struct, rename="pascal"):
    name: str


def list_pipes(call: Call, request: _ListPipes) -> Tree:
    """With the ARN of each target and no more of it."""
    pipes: list[Tree] = [
        _head(call, pipe)
        for pipe in launchers(call, Kind.PIPE)
        if pipe.name.startswith(request.name_prefix)
        and request.desired_state in {None, pipe.state}
        and _target(call, pipe).startswith(request.target_prefix)
    ]
    listing = f"pipes {request.name_prefix} {request.desired_state} {request.target_prefix}"
    page, token = one_page(call, pipes, request.next_token, request.limit, listing)
    answer: dict[str, Tree] = {"Pipes": page}
    return answer if token is None else answer | {"NextToken": token}


def describe_pipe(call: Call, request: _DescribePipe) -> Tree:
    """The whole of one."""
    for pipe in launchers(call, Kind.PIPE):
        if pipe.name == request.name:
            parameters: dict[str, Tree] = {}
            if pipe.places:
                parameters["EcsTaskParameters"] = ecs_parameters(pipe, pipe.places[0])
            return {
                **_head(call, pipe),
                "RoleArn": f"arn:{call.scenario.partition}:iam::{call.account}:role/pipes",
                "TargetParameters": parameters,
            }
    raise Refusal("NotFoundException", f"Pipe {request.name} does not exist.", 404)


def _target(call: Call, pipe: Launcher) -> str:
    return pipe.cluster_arn if pipe.places else arn(call, "sqs", f"{pipe.name}-out")


def _head(call: Call, pipe: Launcher) -> dict[str, Tree]:
    return {
        "Name": pipe.name,
        "Arn": pipe.arn,
        "DesiredState": pipe.state,
        "CurrentState": pipe.state,
        "Source": arn(call, "sqs", f"{pipe.name}-in"),
        "Target": _target(call, pipe),
        "CreationTime": pipe.created,
        "LastModifiedTime": pipe.created + 60,
    }


OPERATIONS = (
    Operation("ListPipes", _ListPipes, list_pipes),
    Operation("DescribePipe", _DescribePipe, describe_pipe),
)
