"""The Step Functions reads, with the members that are used, by AWS's own names.

Throttles: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket

# AWS documents a bucket for each call, larger in some regions; production describes machines too.
_LIST = Bucket("states list", burst=50, rate=5)
_DESCRIBE = Bucket("states describe", burst=50, rate=10, ceiling=20)


class StateMachineItemShape(msgspec.Struct, rename="camel"):
    """`StateMachineListItem`."""

    state_machine_arn: str = ""
    name: str = ""


class ListStateMachinesReply(msgspec.Struct, rename="camel"):
    """states:ListStateMachines."""

    state_machines: list[StateMachineItemShape] = []
    next_token: str | None = None


class DescribeStateMachineReply(msgspec.Struct):
    """states:DescribeStateMachine; a definition may hold secrets and is not kept."""

    status: str | None = None
    definition: str | None = None


LIST_STATE_MACHINES = Operation(
    service="stepfunctions",
    prefix="states",
    name="ListStateMachines",
    reply=ListStateMachinesReply,
    bucket=_LIST,
)
DESCRIBE_STATE_MACHINE = Operation(
    service="stepfunctions",
    prefix="states",
    name="DescribeStateMachine",
    reply=DescribeStateMachineReply,
    bucket=_DESCRIBE,
)
