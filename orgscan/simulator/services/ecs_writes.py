"""Amazon ECS: calls that change a service. AWS's rules refuse; what they allow is carried out."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services import ecs_shapes as shapes
from orgscan.simulator.services import ecs_task_set_writes
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.ecs_find import InCluster, invalid, known_service, resource_arn
from orgscan.simulator.services.ecs_given import (
    NetworkConfiguration,
    check_awsvpc,
    known_task_definition,
)
from orgscan.simulator.services.ecs_task_set_writes import concrete, stated
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.workload import Rollout, Service


class _UpdateService(InCluster, rename="camel", kw_only=True):
    service: str
    force_new_deployment: bool = False
    desired_count: int | None = None
    task_definition: str | None = None
    platform_version: str | None = None
    network_configuration: NetworkConfiguration | None = None
    deployment_configuration: dict[str, object] | None = None


def update_service(call: Call, request: _UpdateService) -> Tree:
    """The network of a service is changed here only where its controller is ECS."""
    service = known_service(call, request.cluster, request.service)
    _check_controller(service.controller, request)
    if service.kind.status != "ACTIVE":
        raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
    rolls = service.is_rolling and (
        request.force_new_deployment
        or request.network_configuration is not None
        or request.task_definition is not None
        or request.platform_version is not None
    )
    template = _next_deployment(call, service, request) if rolls else None
    live = call.world.change(call.account, call.region, service.arn)
    if request.deployment_configuration is not None:
        live.deployment |= msgspec.to_builtins(request.deployment_configuration)
    if request.desired_count is not None:
        live.set_desired(request.desired_count)
    if template is not None:
        live.promote(live.add(template, call.now), call.now)
    live.wrote(call.now)
    return {"service": shapes.service(live.snapshot(), tags=True)}


def _check_controller(controller: str, request: _UpdateService) -> None:
    """Refuse what only the ECS controller takes.

    Raises:
        Refusal: it is CODE_DEPLOY or EXTERNAL, and the call is to change more than a count.
    """
    if controller == "ECS":
        return
    what = {
        "network parameters": request.network_configuration,
        "task definition": request.task_definition,
        "platform version": request.platform_version,
    }
    mend = {
        "CODE_DEPLOY": "Use AWS CodeDeploy to trigger a new deployment.",
        "EXTERNAL": "Create a new task set.",
    }[controller]
    article = {"CODE_DEPLOY": "a", "EXTERNAL": "an"}[controller]
    for name, value in what.items():
        if value is not None:
            raise invalid(
                f"Unable to update {name} on services with {article} {controller} deployment "
                f"controller. {mend}"
            )
    if request.force_new_deployment:
        raise invalid(
            f"Cannot force a new deployment on services with {article} {controller} deployment "
            "controller."
        )


def _next_deployment(call: Call, service: Service, request: _UpdateService) -> Rollout:
    """The deployment that is to replace the one that serves.

    Raises:
        Refusal: ECS does not take what was given.
    """
    serving = service.primary
    workload = call.world.workload(call.account, call.region)
    if serving is None or workload is None:
        raise AssertionError("a rolling service has a deployment")
    changed: dict[str, object] = {"rollout_state": "IN_PROGRESS"}
    setting = msgspec.structs.replace(serving.setting, status="PRIMARY", scale=100.0, omit=())
    if request.task_definition is not None:
        changed["task_definition"] = known_task_definition(call, request.task_definition)[0]
    if request.platform_version is not None:
        changed["platform"] = concrete(request.platform_version)
    given = request.network_configuration
    if given and given.awsvpc_configuration:
        fargate = serving.runs_on == "FARGATE"
        awsvpc = check_awsvpc(workload.network, given.awsvpc_configuration, fargate=fargate)
        changed |= {"subnets": awsvpc.subnets, "groups": awsvpc.security_groups}
        setting = msgspec.structs.replace(
            setting, assign=stated(call, awsvpc), awsvpc=True, runs=""
        )
    return msgspec.structs.replace(serving, setting=setting, **changed)


def _its_own(call: Call, request: _UpdateService) -> str:
    return resource_arn(call, "service", request.cluster, request.service)


OPERATIONS = (
    *ecs_task_set_writes.OPERATIONS,
    Operation("UpdateService", _UpdateService, update_service, resource=_its_own),
)
