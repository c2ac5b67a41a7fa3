"""Every call that changes something, by its name: there are no others."""

from __future__ import annotations

from typing import Any

from orgscan.aws.operation import Operation
from orgscan.remediation.deploy_operations import (
    CONTINUE_DEPLOYMENT,
    CREATE_DEPLOYMENT,
    STOP_DEPLOYMENT,
    CreatedReply,
)
from orgscan.remediation.operations import (
    CREATE_TASK_SET,
    DELETE_TASK_SET,
    UPDATE_SERVICE,
    UPDATE_SERVICE_PRIMARY_TASK_SET,
    UPDATE_TASK_SET,
    TaskSetReply,
)

OF_TASK_SETS: tuple[Operation[Any], ...] = (
    CREATE_TASK_SET,
    UPDATE_TASK_SET,
    UPDATE_SERVICE_PRIMARY_TASK_SET,
    DELETE_TASK_SET,
)
OF_SERVICES: tuple[Operation[Any], ...] = (UPDATE_SERVICE,)
OF_DEPLOYMENTS: tuple[Operation[Any], ...] = (
    CREATE_DEPLOYMENT,
    STOP_DEPLOYMENT,
    CONTINUE_DEPLOYMENT,
)
WRITES: dict[str, Operation[Any]] = {
    operation.api: operation for operation in (*OF_TASK_SETS, *OF_SERVICES, *OF_DEPLOYMENTS)
}


def made_by(api: str, answer: object) -> str:
    """The id of what a call made; empty where it made nothing."""
    if api == CREATE_TASK_SET.api and isinstance(answer, TaskSetReply):
        return str(answer.task_set.get("id", ""))
    if isinstance(answer, CreatedReply):
        return answer.deployment_id
    return ""
