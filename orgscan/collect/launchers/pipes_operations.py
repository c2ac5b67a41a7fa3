"""The EventBridge Pipes reads, with the members that are used, by AWS's own names."""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.collect.launchers.run_task import EcsParametersShape

# Not documented: starts low and finds out.
_READ = Bucket("pipes read", burst=20, rate=5, ceiling=20)


class PipeShape(msgspec.Struct, rename="pascal"):
    """`Pipe`; the model requires none of its members."""

    name: str = ""
    arn: str | None = None
    desired_state: str | None = None
    target: str | None = None


class ListPipesReply(msgspec.Struct, rename="pascal"):
    """pipes:ListPipes."""

    pipes: list[PipeShape] = []
    next_token: str | None = None


class TargetParametersShape(msgspec.Struct, rename="pascal"):
    """`PipeTargetParameters`."""

    ecs_task_parameters: EcsParametersShape | None = None


class DescribePipeReply(msgspec.Struct, rename="pascal"):
    """pipes:DescribePipe."""

    desired_state: str | None = None
    target: str | None = None
    target_parameters: TargetParametersShape | None = None


LIST_PIPES = Operation(service="pipes", name="ListPipes", reply=ListPipesReply, bucket=_READ)
DESCRIBE_PIPE = Operation(
    service="pipes", name="DescribePipe", reply=DescribePipeReply, bucket=_READ
)
