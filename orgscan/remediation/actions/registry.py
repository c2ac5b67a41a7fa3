"""The actions, and which of them is for which controller."""

from __future__ import annotations

from orgscan.model.remediation import ActionKind
from orgscan.remediation.actions.interface import Action
from orgscan.remediation.actions.redeploy_codedeploy import RedeployCodeDeploy
from orgscan.remediation.actions.replace_task_set import ReplaceTaskSet
from orgscan.remediation.actions.update_service import UpdateService

_ALL: tuple[Action, ...] = (ReplaceTaskSet(), RedeployCodeDeploy(), UpdateService())

ACTIONS: dict[ActionKind, Action] = {action.kind: action for action in _ALL}

_KINDS = {
    "EXTERNAL": ActionKind.REPLACE_TASK_SET,
    "CODE_DEPLOY": ActionKind.REDEPLOY_CODEDEPLOY,
    "ECS": ActionKind.UPDATE_SERVICE,
}


def kind_for(controller: str) -> ActionKind | None:
    """The action for services of a controller; None where there is none."""
    return _KINDS.get(controller)
