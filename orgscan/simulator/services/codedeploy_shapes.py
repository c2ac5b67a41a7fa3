"""CodeDeploy's response structures. Times are seconds since 1970."""

from __future__ import annotations

from orgscan.simulator.services.codedeploy_find import ACTIVE, Deployment
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.deploy import Group
from orgscan.simulator.world.workload import Rollout, Service

CONFIG = "CodeDeployDefault.ECSAllAtOnce"


def _present(members: dict[str, Tree]) -> dict[str, Tree]:
    return {name: value for name, value in members.items() if value is not None}


def application(group: Group) -> dict[str, Tree]:
    """`ApplicationInfo`."""
    return {
        "applicationId": f"{group.service.created:x}-{group.service.name}",
        "applicationName": group.application,
        "createTime": group.service.created,
        "linkedToGitHub": False,
        "computePlatform": "ECS",
    }


def _blue_green(group: Group) -> dict[str, Tree]:
    gate: dict[str, Tree] = {"actionOnTimeout": "CONTINUE_DEPLOYMENT", "waitTimeInMinutes": 0}
    if group.gate:
        gate = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 60}
    return {
        "terminateBlueInstancesOnDeploymentSuccess": {
            "action": "TERMINATE",
            "terminationWaitTimeInMinutes": 5,
        },
        "deploymentReadyOption": gate,
    }


def _auto_rollback(*, enabled: bool) -> dict[str, Tree]:
    events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"]
    return {"enabled": enabled, "events": events if enabled else []}


_STYLE: dict[str, Tree] = {
    "deploymentType": "BLUE_GREEN",
    "deploymentOption": "WITH_TRAFFIC_CONTROL",
}


def deployment_group(group: Group, known: list[Deployment]) -> dict[str, Tree]:
    """`DeploymentGroupInfo`; cluster and service are named as whoever made it named them."""
    service = group.service
    cluster = service.cluster_arn
    named: dict[str, Tree] = {"serviceName": service.arn, "clusterName": cluster}
    if not group.by_arn:
        named = {"serviceName": service.name, "clusterName": cluster.rpartition("/")[2]}
    good = next((each for each in known if each.status == "Succeeded"), None)
    place = service.arn.split(":service/")[0].split(":")
    return _present(
        {
            "applicationName": group.application,
            "deploymentGroupId": f"{service.created:x}",
            "deploymentGroupName": group.name,
            "deploymentConfigName": CONFIG,
            "serviceRoleArn": f"arn:{place[1]}:iam::{place[4]}:role/code-deploy",
            "autoRollbackConfiguration": _auto_rollback(enabled=True),
            "deploymentStyle": _STYLE,
            "blueGreenDeploymentConfiguration": _blue_green(group),
            "targetRevision": good.revision.location if good and good.revision else None,
            "lastSuccessfulDeployment": _last(good),
            "lastAttemptedDeployment": _last(known[0] if known else None),
            "computePlatform": "ECS",
            "ecsServices": [named],
            "terminationHookEnabled": False,
        }
    )


def _last(shown: Deployment | None) -> Tree:
    if shown is None:
        return None
    return _present(
        {
            "deploymentId": shown.id,
            "status": shown.status,
            "createTime": shown.created,
            "endTime": shown.ended,
        }
    )


def _without_content(location: dict[str, Tree]) -> dict[str, Tree]:
    """A `RevisionLocation` whose content has to be asked for by its digest."""
    return {
        name: {"sha256": held["sha256"]} if isinstance(held, dict) and "content" in held else held
        for name, held in location.items()
    }


def deployment(shown: Deployment, *, bare: bool = False) -> dict[str, Tree]:
    """`DeploymentInfo`; AWS does not say whether it has the content of inline revisions."""
    revision = shown.revision.location if shown.revision else None
    error: Tree = None
    if shown.error:
        error = {"code": shown.error[0], "message": shown.error[1]}
    rollback = _present(
        {
            "rollbackDeploymentId": shown.rollback_id,
            "rollbackTriggeringDeploymentId": shown.triggered_by,
        }
    )
    return _present(
        {
            "applicationName": shown.group.application,
            "deploymentGroupName": shown.group.name,
            "deploymentConfigName": CONFIG,
            "deploymentId": shown.id,
            "previousRevision": shown.previous.location if shown.previous else None,
            "revision": _without_content(revision) if revision and bare else revision,
            "status": shown.status,
            "errorInformation": error,
            "createTime": shown.created,
            "startTime": None if shown.status == "Created" else shown.created + 1,
            "completeTime": shown.ended,
            "description": shown.description or None,
            "creator": shown.creator,
            "autoRollbackConfiguration": _auto_rollback(enabled=shown.rolls_back),
            "rollbackInfo": rollback or None,
            "deploymentStyle": _STYLE,
            "blueGreenDeploymentConfiguration": _blue_green(shown.group),
            "instanceTerminationWaitTimeStarted": False,
            "computePlatform": "ECS",
        }
    )


_TARGET_STATUS = {"Created": "Pending", "Stopped": "Skipped"}


def target(shown: Deployment, service: Service) -> dict[str, Tree]:
    """`DeploymentTarget`; its sets are those that are there still."""
    status = _TARGET_STATUS.get(shown.status, shown.status)
    labels = {shown.blue: "Blue", shown.green: "Green"}
    sets: list[Tree] = [
        _task_set(rollout, labels[rollout.id])
        for rollout in service.rollouts
        if rollout.id in labels
    ]
    return {
        "deploymentTargetType": "ECSTarget",
        "ecsTarget": {
            "deploymentId": shown.id,
            "targetId": target_id(service),
            "targetArn": service.arn,
            "lastUpdatedAt": shown.ended or shown.created,
            "lifecycleEvents": _events(shown),
            "status": status,
            "taskSetsInfo": sets,
        },
    }


def target_id(service: Service) -> str:
    """As CodeDeploy names an ECS service: `CLUSTER:SERVICE`."""
    return f"{service.cluster_arn.rpartition('/')[2]}:{service.name}"


def _task_set(rollout: Rollout, label: str) -> dict[str, Tree]:
    balancer = rollout.balancer
    members: dict[str, Tree] = {
        # CodeDeploy's model spells it so.
        "identifer": rollout.id,
        "desiredCount": rollout.desired,
        "pendingCount": rollout.pending,
        "runningCount": rollout.running,
        "status": rollout.setting.status,
        "trafficWeight": 100.0 if rollout.setting.status == "PRIMARY" else 0.0,
        "targetGroup": {"name": balancer.name} if balancer else None,
        "taskSetLabel": label,
    }
    return _present(members)


def _events(shown: Deployment) -> list[Tree]:
    names = ("BeforeInstall", "Install", "AfterInstall", "AllowTraffic", "AfterAllowTraffic")
    state = "Pending"
    if shown.status not in ACTIVE:
        state = "Succeeded" if shown.status == "Succeeded" else "Skipped"
    return [{"lifecycleEventName": name, "status": state} for name in names]
