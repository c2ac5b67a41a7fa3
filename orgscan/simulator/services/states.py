"""AWS Step Functions: state machines and their definitions."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services.asl import definition
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.launchers import launchers, one_page
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.launcher_recipes import ENCRYPTED, Kind
from orgscan.simulator.world.launchers import Launcher


class _ListStateMachines(msgspec.Struct, rename="camel"):
    max_results: int = 100
    next_token: str | None = None


class _DescribeStateMachine(msgspec.Struct, rename="camel"):
    state_machine_arn: str
    included_data: str = "ALL_DATA"


def list_state_machines(call: Call, request: _ListStateMachines) -> Tree:
    """Names and ARNs; a page size of 0 is the default one."""
    machines: list[Tree] = [_head(machine) for machine in launchers(call, Kind.MACHINE)]
    size = request.max_results or 100
    page, token = one_page(call, machines, request.next_token, size, "state machines")
    answer: dict[str, Tree] = {"stateMachines": page}
    return answer if token is None else answer | {"nextToken": token}


def describe_state_machine(call: Call, request: _DescribeStateMachine) -> Tree:
    """With the definition, which a customer's key may guard."""
    for machine in launchers(call, Kind.MACHINE):
        if machine.arn == request.state_machine_arn:
            bare = request.included_data == "METADATA_ONLY"
            if machine.recipe.form == ENCRYPTED and not bare:
                message = "The role is not authorized to perform: kms:Decrypt"
                raise Refusal("KmsAccessDeniedException", message)
            return {
                **_head(machine),
                "status": machine.state,
                "definition": "{}" if bare else definition(call.scenario.partition, machine),
                "roleArn": f"arn:{call.scenario.partition}:iam::{call.account}:role/states",
            }
    message = f"State Machine Does Not Exist: '{request.state_machine_arn}'"
    raise Refusal("StateMachineDoesNotExist", message)


def _head(machine: Launcher) -> dict[str, Tree]:
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "type": "STANDARD",
        "creationDate": machine.created,
    }


OPERATIONS = (
    Operation("ListStateMachines", _ListStateMachines, list_state_machines),
    Operation("DescribeStateMachine", _DescribeStateMachine, describe_state_machine),
)
