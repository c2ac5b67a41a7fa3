"""Amazon ECS: calls that change something. AWS's rules refuse; what they allow is not built."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.ecs_find import (
    NOT_EXTERNAL,
    InCluster,
    find_task_set,
    invalid,
    known_service,
)
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.workload import Rollout, Service

_MOST_TASK_SETS = 5


class _Awsvpc(msgspec.Struct, rename="camel"):
    subnets: tuple[str, ...] = ()
    assign_public_ip: str | None = None


class _Network(msgspec.Struct, rename="camel"):
    awsvpc_configuration: _Awsvpc | None = None


class _Strategy(msgspec.Struct, rename="camel"):
    capacity_provider: str


class _CreateTaskSet(InCluster, rename="camel", kw_only=True):
    service: str
    task_definition: str
    launch_type: str | None = None
    capacity_provider_strategy: tuple[_Strategy, ...] = ()
    network_configuration: _Network | None = None


class _UpdateTaskSet(InCluster, rename="camel", kw_only=True, forbid_unknown_fields=True):
    service: str
    task_set: str
    scale: dict[str, object]


class _OneTaskSet(InCluster, rename="camel", kw_only=True):
    service: str
    task_set: str = ""
    primary_task_set: str = ""


class _UpdateService(InCluster, rename="camel", kw_only=True):
    service: str
    force_new_deployment: bool = False
    network_configuration: _Network | None = None


def _external(call: Call, cluster: str, named: str) -> Service:
    service = known_service(call, cluster, named)
    if service.controller != "EXTERNAL":
        raise invalid(NOT_EXTERNAL)
    return service


def _known_task_set(service: Service, named: str) -> Rollout:
    rollout = find_task_set(service, named)
    if rollout is None:
        raise Refusal("TaskSetNotFoundException", "The specified task set wasn't found.")
    return rollout


def _not_built() -> Refusal:
    return Refusal("UnsupportedFeatureException", "The simulated organization never changes.")


def create_task_set(call: Call, request: _CreateTaskSet) -> Tree:
    """Refused: on other controllers, beyond five sets, for a public address outside Fargate."""
    service = _external(call, request.cluster, request.service)
    if len(service.rollouts) >= _MOST_TASK_SETS:
        raise invalid(
            f"{_MOST_TASK_SETS} deployments exist on the service. Unable to create new TaskSet "
            "since this exceeds the maximum limit."
        )
    if request.launch_type and request.capacity_provider_strategy:
        raise invalid("Specifying both a launch type and capacity provider strategy is invalid.")
    network = request.network_configuration
    awsvpc = network.awsvpc_configuration if network else None
    providers = {entry.capacity_provider for entry in request.capacity_provider_strategy}
    fargate = request.launch_type == "FARGATE" or providers & {"FARGATE", "FARGATE_SPOT"}
    if awsvpc and awsvpc.assign_public_ip == "ENABLED" and not fargate:
        raise invalid("Assign public IP is not supported for this launch type.")
    raise _not_built()


def update_task_set(call: Call, request: _UpdateTaskSet) -> Tree:
    """Changes the scale; the shape of its parameters refuses anything else."""
    _known_task_set(_external(call, request.cluster, request.service), request.task_set)
    raise _not_built()


def delete_task_set(call: Call, request: _OneTaskSet) -> Tree:
    """Never the primary."""
    service = _external(call, request.cluster, request.service)
    if _known_task_set(service, request.task_set) is service.primary:
        raise invalid("Primary TaskSet cannot be deleted")
    raise _not_built()


def update_service_primary_task_set(call: Call, request: _OneTaskSet) -> Tree:
    """By id or ARN."""
    service = _external(call, request.cluster, request.service)
    _known_task_set(service, request.primary_task_set)
    raise _not_built()


def update_service(call: Call, request: _UpdateService) -> Tree:
    """The network of a service is changed here only where its controller is ECS."""
    service = known_service(call, request.cluster, request.service)
    if service.controller == "CODE_DEPLOY" and request.network_configuration:
        raise invalid(
            "Unable to update network parameters on services with a CODE_DEPLOY deployment "
            "controller. Use AWS CodeDeploy to trigger a new deployment."
        )
    if service.controller == "CODE_DEPLOY" and request.force_new_deployment:
        raise invalid(
            "Cannot force a new deployment on services with a CODE_DEPLOY deployment controller."
        )
    if service.controller == "EXTERNAL" and request.network_configuration:
        raise invalid(
            "Unable to update network parameters on services with an EXTERNAL deployment "
            "controller. Create a new task set."
        )
    raise _not_built()


OPERATIONS = (
    Operation("CreateTaskSet", _CreateTaskSet, create_task_set),
    Operation("UpdateTaskSet", _UpdateTaskSet, update_task_set),
    Operation("DeleteTaskSet", _OneTaskSet, delete_task_set),
    Operation("UpdateServicePrimaryTaskSet", _OneTaskSet, update_service_primary_task_set),
    Operation("UpdateService", _UpdateService, update_service),
)
