"""ECS's response structures, with what AWS leaves out left out. Times are seconds since 1970."""

from __future__ import annotations

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.task_definitions import containers, surroundings
from orgscan.simulator.world.workload import Cluster, Rollout, Service


def _tags(tags: dict[str, str]) -> list[Tree]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def network_configuration(rollout: Rollout) -> Tree:
    """None where it states none."""
    if not rollout.setting.awsvpc:
        return None
    awsvpc: dict[str, Tree] = {
        "subnets": list(rollout.subnets),
        "securityGroups": list(rollout.groups),
    }
    if rollout.setting.assign is not None:
        awsvpc["assignPublicIp"] = rollout.setting.assign
    return {"awsvpcConfiguration": awsvpc}


def _load_balancers(rollout: Rollout | None) -> list[Tree]:
    if rollout is None or rollout.balancer is None:
        return []
    target = rollout.balancer.target_group
    return [{"targetGroupArn": target, "containerName": "app", "containerPort": 8_080}]


def _registries(rollout: Rollout | None) -> list[Tree]:
    return list(rollout.registries) if rollout else []


def _events(shown: Service) -> list[Tree]:
    """The newest first, with ids that tell them apart."""
    newest = len(shown.events)
    return [
        {
            "id": f"{shown.arn.rpartition('/')[2]}-{newest - at}",
            "createdAt": shown.created,
            "message": f"(service {shown.name}) {message}",
        }
        for at, message in enumerate(shown.events)
    ]


def _placement(rollout: Rollout) -> dict[str, Tree]:
    """Launch type or capacity provider, platform and network; absent members are None."""
    setting = rollout.setting
    fargate = setting.launch.startswith("FARGATE")
    strategy: Tree = None
    if rollout.strategy:
        strategy = msgspec.to_builtins(rollout.strategy)
    elif setting.provider:
        strategy = [{"capacityProvider": setting.launch, "weight": 1, "base": 0}]
    return {
        "launchType": rollout.launch_type,
        "capacityProviderStrategy": strategy,
        "platformVersion": (rollout.platform or "1.4.0") if fargate else None,
        "platformFamily": "Linux" if fargate else None,
        "networkConfiguration": network_configuration(rollout),
    }


def _present(members: dict[str, Tree]) -> dict[str, Tree]:
    return {name: value for name, value in members.items() if value is not None}


def cluster(shown: Cluster, *, tags: bool) -> dict[str, Tree]:
    """`DescribeClusters`; the counts are those of its services."""
    running = sum(1 for _ in shown.tasks())
    return {
        "clusterArn": shown.arn,
        "clusterName": shown.name,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": running,
        "pendingTasksCount": 0,
        "activeServicesCount": len(shown.services),
        "statistics": [],
        "tags": _tags(shown.tags) if tags else [],
        "settings": [],
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [],
    }


def service(shown: Service, *, tags: bool) -> dict[str, Tree]:
    """`DescribeServices`.

    A rolling service names no controller and has no `taskSets`; the others have no deployments.
    Outside of rolling services, the service's own fields repeat its primary task set's; without
    one they are absent, and the launch type says EC2.
    """
    primary = shown.primary
    members: dict[str, Tree] = {
        "serviceArn": shown.arn,
        "serviceName": shown.name,
        "clusterArn": shown.cluster_arn,
        "loadBalancers": _load_balancers(primary),
        "serviceRegistries": _registries(primary),
        "status": shown.kind.status,
        "desiredCount": shown.desired,
        "runningCount": sum(r.running for r in shown.rollouts),
        "pendingCount": sum(r.pending for r in shown.rollouts),
        "launchType": "EC2",
        "taskDefinition": primary.task_definition if primary else None,
        "events": _events(shown),
        "createdAt": shown.created,
        "placementConstraints": [],
        "placementStrategy": [],
        "schedulingStrategy": shown.kind.scheduling,
        "enableECSManagedTags": False,
        "propagateTags": "NONE",
        "enableExecuteCommand": False,
    }
    if primary:
        members |= _placement(primary)
    if shown.is_rolling:
        members |= _what_it_runs_by(shown)
    else:
        members["deploymentController"] = {"type": shown.controller}
        members["deployments"] = []
        members["taskSets"] = [task_set(shown, r, tags=False) for r in shown.rollouts]
    if tags:
        members["tags"] = _tags(shown.tags)
    return _present(members)


def _what_it_runs_by(shown: Service) -> dict[str, Tree]:
    """Deployments and service revisions; the number of either tells which belong together."""
    return {
        "deploymentConfiguration": {
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "strategy": shown.kind.strategy,
            **shown.deployment,
        },
        "deployments": [
            _deployment(r)
            for r in shown.rollouts
            if shown.kind.shows_old or r.setting.status == "PRIMARY"
        ],
        "currentServiceRevisions": [
            {
                "arn": shown.revision_arn(r),
                "requestedTaskCount": r.desired,
                "runningTaskCount": r.running,
                "pendingTaskCount": r.pending,
            }
            for r in shown.rollouts
        ],
        "resourceManagementType": shown.kind.managed_by,
    }


def service_revision(owner: Service, rollout: Rollout) -> dict[str, Tree]:
    """`DescribeServiceRevisions`."""
    return _present(
        {
            "serviceRevisionArn": owner.revision_arn(rollout),
            "serviceArn": owner.arn,
            "clusterArn": owner.cluster_arn,
            "taskDefinition": rollout.task_definition,
            "loadBalancers": [],
            "serviceRegistries": [],
            "containerImages": [],
            "guardDutyEnabled": False,
            "createdAt": rollout.created,
            **_placement(rollout),
        }
    )


def _deployment(rollout: Rollout) -> dict[str, Tree]:
    serving = rollout.setting.status == "PRIMARY"
    members = _present(
        {
            "id": rollout.id,
            "status": rollout.setting.status,
            "taskDefinition": rollout.task_definition,
            "desiredCount": rollout.desired if serving else 0,
            "pendingCount": rollout.pending,
            "runningCount": rollout.running,
            "failedTasks": rollout.failed,
            "createdAt": rollout.created,
            "updatedAt": rollout.updated,
            "rolloutState": rollout.rollout_state or ("COMPLETED" if serving else "IN_PROGRESS"),
            **_placement(rollout),
        }
    )
    return {name: value for name, value in members.items() if name not in rollout.setting.omit}


def task_set(owner: Service, rollout: Rollout, *, tags: bool) -> dict[str, Tree]:
    """A task set; what its recipe says AWS leaves out is left out.

    Without `tags` the member is an empty list: whether DescribeServices ever fills it is unknown.
    """
    members: dict[str, Tree] = {
        "id": rollout.id,
        "taskSetArn": rollout.arn,
        "serviceArn": owner.arn,
        "clusterArn": owner.cluster_arn,
        "startedBy": rollout.started_by,
        "externalId": rollout.external_id,
        "status": rollout.setting.status,
        "taskDefinition": rollout.task_definition,
        "computedDesiredCount": rollout.desired,
        "pendingCount": rollout.pending,
        "runningCount": rollout.running,
        "createdAt": rollout.created,
        "updatedAt": rollout.updated,
        **_placement(rollout),
        "loadBalancers": _load_balancers(rollout),
        "serviceRegistries": _registries(rollout),
        "scale": {"value": rollout.setting.scale, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if rollout.steady else "STABILIZING",
        "stabilityStatusAt": rollout.updated,
        "tags": _tags(rollout.tags) if tags else [],
    }
    return {
        name: value for name, value in _present(members).items() if name not in rollout.setting.omit
    }


def task_definition(chance: Chance, rollout: Rollout) -> dict[str, Tree]:
    """That of a rollout."""
    setting = rollout.setting
    fargate = setting.launch.startswith("FARGATE")
    mode = "awsvpc" if setting.awsvpc or fargate else "bridge"
    return definition(chance, rollout.task_definition, setting.launch, mode)


def definition(chance: Chance, arn: str, launch: str, mode: str) -> dict[str, Tree]:
    """`DescribeTaskDefinition`."""
    family, _, revision = arn.rpartition("/")[2].rpartition(":")
    fargate = launch.startswith("FARGATE")
    return {
        "taskDefinitionArn": arn,
        "family": family,
        "revision": int(revision),
        "networkMode": mode,
        "status": "ACTIVE",
        "containerDefinitions": containers(chance, arn),
        "volumes": [],
        "placementConstraints": [],
        "compatibilities": ["EC2", "FARGATE"] if fargate else ["EC2"],
        "requiresCompatibilities": ["FARGATE"] if fargate else ["EC2"],
        "cpu": "256",
        "memory": "512",
        **surroundings(chance, arn, fargate=fargate),
    }
