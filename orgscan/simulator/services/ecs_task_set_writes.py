"""Amazon ECS: the calls that change task sets.

AWS's own words are known for: other controllers, the five-set limit, the primary that is deleted,
launch type beside a strategy, and a missing network configuration. The others are made up.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
"""

from __future__ import annotations

import msgspec

from orgscan.simulator.changes.live_set import LiveSet
from orgscan.simulator.services import ecs_shapes as shapes
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.ecs_find import (
    NOT_EXTERNAL,
    InCluster,
    cluster_name,
    find_task_set,
    invalid,
    known_service,
    resource_arn,
)
from orgscan.simulator.services.ecs_given import (
    Awsvpc,
    LoadBalancer,
    NetworkConfiguration,
    Tag,
    check_awsvpc,
    check_placement,
    known_balancer,
    known_task_definition,
    shown_tags,
)
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.network import Network
from orgscan.simulator.world.recipes import Setting
from orgscan.simulator.world.workload import Provider, Rollout, Service

_MOST_TASK_SETS = 5


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`Scale`."""

    value: float = 0.0
    unit: str = "PERCENT"


class _CreateTaskSet(InCluster, rename="camel", kw_only=True, forbid_unknown_fields=True):
    service: str
    task_definition: str
    external_id: str | None = None
    network_configuration: NetworkConfiguration | None = None
    load_balancers: tuple[LoadBalancer, ...] = ()
    service_registries: tuple[dict[str, str | int], ...] = ()
    launch_type: str | None = None
    capacity_provider_strategy: tuple[Provider, ...] = ()
    platform_version: str | None = None
    scale: Scale = Scale()
    client_token: str | None = None
    tags: tuple[Tag, ...] = ()


class _UpdateTaskSet(InCluster, rename="camel", kw_only=True, forbid_unknown_fields=True):
    service: str
    task_set: str
    scale: Scale


class _DeleteTaskSet(InCluster, rename="camel", kw_only=True, forbid_unknown_fields=True):
    service: str
    task_set: str
    force: bool = False


class _Promote(InCluster, rename="camel", kw_only=True, forbid_unknown_fields=True):
    service: str
    primary_task_set: str


def _external(call: Call, cluster: str, named: str) -> Service:
    service = known_service(call, cluster, named)
    if service.controller != "EXTERNAL":
        raise invalid(NOT_EXTERNAL)
    if service.kind.status != "ACTIVE":
        raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
    return service


def _known(service: Service, named: str) -> Rollout:
    rollout = find_task_set(service, named)
    if rollout is None:
        raise Refusal("TaskSetNotFoundException", "The specified task set wasn't found.")
    return rollout


def _check_scale(scale: Scale) -> None:
    if scale.unit != "PERCENT" or not 0 <= scale.value <= 100:
        raise invalid("Scale value must be a PERCENT from 0 to 100.")


def create_task_set(call: Call, request: _CreateTaskSet) -> Tree:
    """At 0 % unless told otherwise; the same client token makes no second one.

    Refused: on other controllers, beyond five sets, for a public address outside Fargate.
    """
    service = _external(call, request.cluster, request.service)
    made = _already_made(call, service, request)
    if made is not None:
        return {"taskSet": shapes.task_set(service, made, tags=True)}
    if len(service.rollouts) >= _MOST_TASK_SETS:
        raise invalid(
            f"{_MOST_TASK_SETS} deployments exist on the service. Unable to create new TaskSet "
            "since this exceeds the maximum limit."
        )
    template = _template(call, request)
    live = call.world.change(call.account, call.region, service.arn)
    made_set = live.add(template, call.now)
    if request.client_token:
        live.tokens[request.client_token] = (_digest(request), made_set.rollout.id)
    live.wrote(call.now)
    # Whatever its scale, a set that was just made says STABILIZING.
    shown = msgspec.structs.replace(made_set.snapshot(), steady=False)
    return {"taskSet": shapes.task_set(service, shown, tags=True)}


def _digest(request: _CreateTaskSet) -> bytes:
    return msgspec.json.encode(request)


def _already_made(call: Call, service: Service, request: _CreateTaskSet) -> Rollout | None:
    """The task set that the client token made before, if it is there still."""
    place = (call.account, call.region)
    live = call.world.changes.changed(place, service.arn)
    if live is None or request.client_token not in live.tokens:
        return None
    digest, set_id = live.tokens[request.client_token]
    if digest != _digest(request):
        raise invalid("Creation of task set was not idempotent.")
    return find_task_set(service, set_id)


def _template(call: Call, request: _CreateTaskSet) -> Rollout:
    """What the new set is to be.

    Raises:
        Refusal: ECS does not take what was given.
    """
    _check_scale(request.scale)
    launch, provider = check_placement(request.launch_type, request.capacity_provider_strategy)
    workload = call.world.workload(call.account, call.region)
    if workload is None:
        raise AssertionError("a service runs where nothing does")
    definition, awsvpc = _network(
        call, workload.network, request, fargate=launch.startswith("FARGATE")
    )
    return Rollout(
        id="",
        arn="",
        setting=Setting(
            "ACTIVE",
            stated(call, awsvpc),
            launch,
            provider,
            awsvpc=awsvpc is not None,
            scale=request.scale.value,
        ),
        desired=0,
        running=0,
        subnets=awsvpc.subnets if awsvpc else (),
        groups=awsvpc.security_groups if awsvpc else (),
        task_definition=definition,
        created=0,
        updated=0,
        external_id=request.external_id,
        started_by=None,
        tags=shown_tags(request.tags),
        balancer=known_balancer(call, request.load_balancers),
        strategy=request.capacity_provider_strategy,
        registries=tuple(dict(entry) for entry in request.service_registries),
        platform=concrete(request.platform_version),
    )


def _network(
    call: Call, network: Network, request: _CreateTaskSet, *, fargate: bool
) -> tuple[str, Awsvpc | None]:
    """The task definition's ARN, and the network that its mode asks for.

    Raises:
        Refusal: the two do not fit, or ECS does not take one of them.
    """
    given = request.network_configuration
    awsvpc = given.awsvpc_configuration if given else None
    if awsvpc and awsvpc.assign_public_ip == "ENABLED" and not fargate:
        raise invalid("Assign public IP is not supported for this launch type.")
    definition, mode = known_task_definition(call, request.task_definition)
    if mode == "awsvpc" and awsvpc is None:
        raise invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    if mode != "awsvpc" and awsvpc is not None:
        raise invalid(
            "Network Configuration is not valid for the given networkMode of this task definition."
        )
    return definition, check_awsvpc(network, awsvpc, fargate=fargate) if awsvpc else None


def stated(call: Call, awsvpc: Awsvpc | None) -> str | None:
    """What a response states of public addresses where the request did not."""
    if awsvpc is None or awsvpc.assign_public_ip:
        return awsvpc.assign_public_ip if awsvpc else None
    return "DISABLED" if call.scenario.states_network_default else None


def concrete(platform: str | None) -> str | None:
    """A platform version as responses show it: LATEST is the newest."""
    return None if platform in {None, "", "LATEST"} else platform


def _live(call: Call, service: Service, rollout: Rollout) -> LiveSet:
    live = call.world.change(call.account, call.region, service.arn).find(rollout.id)
    if live.status == "DRAINING":
        raise invalid("The specified task set is draining.")
    return live


def update_task_set(call: Call, request: _UpdateTaskSet) -> Tree:
    """Changes the scale; the shape of its parameters refuses anything else."""
    service = _external(call, request.cluster, request.service)
    rollout = _known(service, request.task_set)
    _check_scale(request.scale)
    live = _live(call, service, rollout)
    owner = call.world.change(call.account, call.region, service.arn)
    owner.scale(live, request.scale.value, call.now)
    owner.wrote(call.now)
    shown = msgspec.structs.replace(live.snapshot(), steady=live.is_settled)
    return {"taskSet": shapes.task_set(service, shown, tags=True)}


def delete_task_set(call: Call, request: _DeleteTaskSet) -> Tree:
    """Never the primary, and only by force one that is not scaled down to nothing."""
    service = _external(call, request.cluster, request.service)
    rollout = _known(service, request.task_set)
    if rollout is service.primary:
        raise invalid("Primary TaskSet cannot be deleted")
    if rollout.setting.scale and not request.force:
        raise invalid("The TaskSet cannot be deleted while it is scaled above 0.")
    owner = call.world.change(call.account, call.region, service.arn)
    live = owner.find(rollout.id)
    live.drain()
    owner.wrote(call.now)
    return {"taskSet": shapes.task_set(service, live.snapshot(), tags=True)}


def update_service_primary_task_set(call: Call, request: _Promote) -> Tree:
    """By id or ARN; the set that was primary becomes ACTIVE."""
    service = _external(call, request.cluster, request.service)
    live = _live(call, service, _known(service, request.primary_task_set))
    owner = call.world.change(call.account, call.region, service.arn)
    owner.promote(live, call.now)
    owner.wrote(call.now)
    return {"taskSet": shapes.task_set(service, live.snapshot(), tags=True)}


def _a_set(call: Call, request: _CreateTaskSet | _UpdateTaskSet | _DeleteTaskSet) -> str:
    """The set itself, or any of the service where it is still to be made."""
    named = "*" if isinstance(request, _CreateTaskSet) else request.task_set
    end = f"/ecs-svc/{cluster_name(named)}"
    return resource_arn(call, "task-set", request.cluster, request.service, end)


def _its_service(call: Call, request: _Promote) -> str:
    return resource_arn(call, "service", request.cluster, request.service)


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
OPERATIONS = (
    Operation("CreateTaskSet", _CreateTaskSet, create_task_set, resource=_a_set),
    Operation("UpdateTaskSet", _UpdateTaskSet, update_task_set, resource=_a_set),
    Operation("DeleteTaskSet", _DeleteTaskSet, delete_task_set, resource=_a_set),
    Operation(
        "UpdateServicePrimaryTaskSet",
        _Promote,
        update_service_primary_task_set,
        resource=_its_service,
    ),
)
