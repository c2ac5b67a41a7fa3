"""AWS CodeDeploy: calls that begin, stop and go on with deployments.

Error codes are those of the model; the words of most are made up in AWS's manner.
"""

from __future__ import annotations

from typing import Any

import msgspec

from orgscan.simulator.changes.deployment import LiveDeployment, Phase
from orgscan.simulator.changes.live_service import LiveService
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.codedeploy_find import (
    ACTIVE,
    Deployment,
    deployments,
    known_deployment,
    known_group,
)
from orgscan.simulator.services.codedeploy_given import BadAppSpec, given_revision, green
from orgscan.simulator.services.codedeploy_shapes import CONFIG
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.deploy import Group, Revision
from orgscan.simulator.world.workload import Rollout


class _AutoRollback(msgspec.Struct, rename="camel"):
    enabled: bool = False
    events: tuple[str, ...] = ()


class _Create(msgspec.Struct, rename="camel"):
    application_name: str
    deployment_group_name: str | None = None
    revision: dict[str, Any] | None = None
    deployment_config_name: str = CONFIG
    description: str = ""
    auto_rollback_configuration: _AutoRollback = msgspec.field(
        default_factory=lambda: _AutoRollback(enabled=True)
    )


class _Stop(msgspec.Struct, rename="camel"):
    deployment_id: str
    auto_rollback_enabled: bool | None = None


class _Continue(msgspec.Struct, rename="camel"):
    deployment_id: str
    deployment_wait_type: str = "READY_WAIT"


def create_deployment(call: Call, request: _Create) -> Tree:
    """One at a time for each group; an AppSpec that is no good fails it later."""
    group = known_group(call, request.application_name, request.deployment_group_name)
    known = deployments(call, group)
    if active := next((each for each in known if each.status in ACTIVE), None):
        raise Refusal(
            "DeploymentLimitExceededException",
            f"The Deployment Group '{group.name}' already has an active Deployment '{active.id}'.",
        )
    if request.revision is None:
        raise Refusal("RevisionRequiredException", "Revision is required.")
    revision = given_revision(call, group, request.revision)
    live = call.world.change(call.account, call.region, group.service.arn)
    made = _begin(call, group, live, revision, request)
    good = next((each for each in known if each.status == "Succeeded"), None)
    made.previous = good.revision if good else None
    live.deploy(made)
    live.wrote(call.now)
    return {"deploymentId": made.id}


def _begin(
    call: Call, group: Group, live: LiveService, revision: Revision, request: _Create
) -> LiveDeployment:
    deployment_id = live.new_deployment_id()
    template: Rollout | None = None
    error: tuple[str, str] | None = None
    try:
        template = green(call, live.snapshot(), revision.content, deployment_id)
    except BadAppSpec as bad:
        error = ("INVALID_REVISION", str(bad))
    return LiveDeployment(
        deployment_id,
        revision,
        template,
        call.now,
        gate=group.gate,
        error=error,
        rolls_back=request.auto_rollback_configuration.enabled,
        description=request.description,
    )


def stop_deployment(call: Call, request: _Stop) -> Tree:
    """With a rollback, traffic goes back to blue as long as blue is there."""
    shown, live = _active(call, request.deployment_id)
    deployment = _adopted(shown, live)
    if request.auto_rollback_enabled:
        live.roll_back(deployment, Phase.STOPPED)
    else:
        deployment.end(Phase.STOPPED)
    live.wrote(call.now)
    return {"status": "Succeeded", "statusMessage": "No more events will be scheduled."}


def continue_deployment(call: Call, request: _Continue) -> Tree:
    """Past the gate before traffic goes over, or past the wait before blue is stopped."""
    shown, live = _active(call, request.deployment_id)
    deployment = _adopted(shown, live)
    wait = request.deployment_wait_type
    if wait == "READY_WAIT" and deployment.phase is Phase.READY:
        deployment.shift(live)
    elif wait == "TERMINATION_WAIT" and deployment.phase is Phase.SHIFTED:
        deployment.terminate_now()
    else:
        raise Refusal(
            "DeploymentIsNotInReadyStateException",
            f"The deployment {shown.id} does not wait for {wait}.",
        )
    live.wrote(call.now)
    return {}


def _active(call: Call, deployment_id: str) -> tuple[Deployment, LiveService]:
    """A deployment that goes on, and its service.

    Raises:
        Refusal: there is none, or it is over.
    """
    shown = known_deployment(call, deployment_id)
    if shown.status not in ACTIVE:
        raise Refusal(
            "DeploymentAlreadyCompletedException",
            f"The deployment {deployment_id} has already completed.",
        )
    return shown, call.world.change(call.account, call.region, shown.group.service.arn)


def _adopted(shown: Deployment, live: LiveService) -> LiveDeployment:
    """A deployment that goes on from read to read, also if it began before anything changed."""
    for each in live.deployments:
        if each.id == shown.id:
            return each
    begun = LiveDeployment(
        shown.id, shown.revision, None, float(shown.created), rolls_back=shown.rolls_back
    )
    ids = {each.rollout.id for each in live.sets}
    begun.phase = Phase.READY if shown.status == "Ready" else Phase.INSTALLING
    begun.previous = shown.previous
    begun.green = live.find(shown.green) if shown.green in ids else None
    begun.blue = live.primary
    live.deploy(begun)
    return begun


def _its_group(call: Call, request: _Create) -> str:
    head = f"arn:{call.scenario.partition}:codedeploy:{call.region}:{call.account}"
    name = f"{request.application_name}/{request.deployment_group_name}"
    return f"{head}:deploymentgroup:{name}"


OPERATIONS = (
    Operation("CreateDeployment", _Create, create_deployment, resource=_its_group),
    Operation("StopDeployment", _Stop, stop_deployment),
    Operation("ContinueDeployment", _Continue, continue_deployment),
)
