"""CodeDeploy deploys a service blue and green; its deployments go on from read to read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import yaml

from orgscan.simulator import Endpoint, Scenario, Simulator, Trouble, TroubleKind
from orgscan.simulator.world.deploy import Group, group_of
from orgscan.simulator.world.workload import Service

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]
Exhibit = Callable[[Simulator], list[Service]]
Shape = dict[str, Any]

REGION = "eu-west-1"
SCENARIO = Scenario(density=1.0, clusters=2, services=200, oddities=False)


class Stage:
    """One CODE_DEPLOY service of a gallery, and the calls about it."""

    def __init__(self, ecs: Any, codedeploy: Any, group: Group) -> None:  # noqa: ANN401 - botocore has no types
        self.ecs = ecs
        self.codedeploy = codedeploy
        self.group = group
        self.service = group.service
        self.named = {
            "applicationName": group.application,
            "deploymentGroupName": group.name,
        }

    def appspec(self, **network: object) -> Shape:
        """With the whole network of the serving set, but what is given otherwise."""
        serving = self.service.rollouts[0]
        block = {
            "Subnets": list(serving.subnets),
            "SecurityGroups": list(serving.groups),
            "AssignPublicIp": "DISABLED",
        } | network
        properties = {
            "TaskDefinition": serving.task_definition,
            "LoadBalancerInfo": {"ContainerName": "app", "ContainerPort": 8080},
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {k: v for k, v in block.items() if v is not None}
            },
        }
        target = {"Type": "AWS::ECS::Service", "Properties": properties}
        return {"version": 0.0, "Resources": [{"TargetService": target}]}

    def deploy(self, spec: Shape | None = None, **given: object) -> str:
        """CreateDeployment; gives its id."""
        location = located(json.dumps(spec or self.appspec()))
        made = self.codedeploy.create_deployment(**self.named, revision=location, **given)
        found: str = made["deploymentId"]
        return found

    def read(self, deployment_id: str) -> Shape:
        """GetDeployment; one read."""
        found: Shape = self.codedeploy.get_deployment(deploymentId=deployment_id)
        shown: Shape = found["deploymentInfo"]
        return shown

    def statuses(self, deployment_id: str, reads: int) -> list[str]:
        """Those that change, in so many reads."""
        seen: list[str] = []
        for _ in range(reads):
            status = self.read(deployment_id)["status"]
            if status not in seen[-1:]:
                seen.append(status)
        return seen

    def sets(self) -> list[tuple[str, str, str]]:
        """Status, setting and external id of each task set; one read."""
        answer = self.ecs.describe_services(
            cluster=self.service.cluster_arn, services=[self.service.arn]
        )
        return [
            (
                each["status"],
                each["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"],
                each["externalId"],
            )
            for each in answer["services"][0]["taskSets"]
        ]


def located(content: str) -> Shape:
    """A revision that holds its content."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {
        "revisionType": "AppSpecContent",
        "appSpecContent": {"content": content, "sha256": digest},
    }


@pytest.fixture
def stage(serve: Serve, connect: Make) -> Callable[..., Any]:
    """Sets the first public service whose group is as wanted on a stage."""

    def make(
        wanted: Callable[[Group], bool] = lambda group: not group.gate, **changes: object
    ) -> tuple[Simulator, Stage]:
        simulator, endpoint = serve(msgspec.structs.replace(SCENARIO, **changes))
        workload = simulator.world.workload(SCENARIO.account_id(0), REGION)
        assert workload
        found = (
            group_of(simulator.world.chance, service)
            for service in workload.services()
            if service.controller == "CODE_DEPLOY" and is_public(service)
        )
        group = next(group for group in found if wanted(group))
        ecs, codedeploy = (connect(endpoint, name, REGION) for name in ("ecs", "codedeploy"))
        return simulator, Stage(ecs, codedeploy, group)

    return make


def is_public(service: Service) -> bool:
    """One task set, public."""
    return [rollout.setting.assign for rollout in service.rollouts] == ["ENABLED"]


def test_green_takes_over_and_blue_goes(stage: Make) -> None:
    """The set that serves in the end is private, and names its deployment."""
    _, at = stage()
    ((status, setting, blue),) = at.sets()
    assert (status, setting) == ("PRIMARY", "ENABLED")
    made = at.deploy()
    assert at.statuses(made, 20) == ["InProgress", "Succeeded"]
    assert at.sets() == [("PRIMARY", "DISABLED", made)]
    assert blue != made


def test_blue_and_green_run_side_by_side_before_blue_is_stopped(stage: Make) -> None:
    """What a target says of the two is what ECS says."""
    _, at = stage()
    ((_, _, blue),) = at.sets()
    made = at.deploy()
    name = f"{at.service.cluster_arn.rpartition('/')[2]}:{at.service.name}"
    seen: list[list[tuple[str, str, float]]] = []
    for _ in range(12):
        answer = at.codedeploy.batch_get_deployment_targets(deploymentId=made, targetIds=[name])
        target = answer["deploymentTargets"][0]["ecsTarget"]
        row = [(s["taskSetLabel"], s["status"], s["trafficWeight"]) for s in target["taskSetsInfo"]]
        if row not in seen[-1:]:
            seen.append(row)
    assert seen == [
        [("Green", "ACTIVE", 0.0), ("Blue", "PRIMARY", 100.0)],
        [("Green", "PRIMARY", 100.0), ("Blue", "ACTIVE", 0.0)],
        [("Green", "PRIMARY", 100.0), ("Blue", "DRAINING", 0.0)],
        [("Green", "PRIMARY", 100.0)],
    ]
    assert blue


def test_a_group_has_one_active_deployment(stage: Make, refusal: Refusal) -> None:
    """A second one is refused with the id of the first."""
    _, at = stage()
    made = at.deploy()
    location = located(json.dumps(at.appspec()))
    expected = (
        "DeploymentLimitExceededException",
        f"The Deployment Group '{at.group.name}' already has an active Deployment '{made}'.",
    )
    assert refusal(at.codedeploy.create_deployment, **at.named, revision=location) == expected
    active = at.codedeploy.list_deployments(**at.named, includeOnlyStatuses=["InProgress"])
    assert active["deployments"] == [made]


def test_somebody_elses_deployment_may_be_active_already(stage: Make, refusal: Refusal) -> None:
    """And never ends."""
    simulator, at = stage(troubles=(Trouble(kind=TroubleKind.DEPLOYING),))
    location = located(json.dumps(at.appspec()))
    code, _ = refusal(at.codedeploy.create_deployment, **at.named, revision=location)
    assert code == "DeploymentLimitExceededException"
    assert [m.answer for m in simulator.record.mutations] == [code]


@pytest.mark.parametrize("missing", ["Subnets", "SecurityGroups", "AssignPublicIp"])
def test_a_network_is_stated_as_a_whole_or_not_at_all(stage: Make, missing: str) -> None:
    """A part of it makes a deployment that fails, and nothing else."""
    _, at = stage()
    before = at.sets()
    made = at.deploy(at.appspec(**{missing: None}))
    shown = [at.read(made) for _ in range(2)][-1]
    assert (shown["status"], shown["errorInformation"]) == (
        "Failed",
        {
            "code": "INVALID_REVISION",
            "message": "All or none of the settings under NetworkConfiguration must be specified.",
        },
    )
    assert at.sets() == before


def test_without_a_network_the_current_one_is_kept(stage: Make) -> None:
    """So that a pipeline whose AppSpec leaves it out keeps what was mended."""
    _, at = stage()
    spec = at.appspec()
    del spec["Resources"][0]["TargetService"]["Properties"]["NetworkConfiguration"]
    made = at.deploy(spec)
    at.statuses(made, 20)
    assert at.sets() == [("PRIMARY", "ENABLED", made)]


def test_a_gate_holds_traffic_until_somebody_lets_it_over(stage: Make, refusal: Refusal) -> None:
    """The deployment is Ready until then, and blue serves."""
    _, at = stage(lambda group: group.gate)
    made = at.deploy()
    assert at.statuses(made, 20) == ["InProgress", "Ready"]
    assert [status for status, _, _ in at.sets()] == ["ACTIVE", "PRIMARY"]
    go_on = at.codedeploy.continue_deployment
    go_on(deploymentId=made, deploymentWaitType="READY_WAIT")
    assert refusal(go_on, deploymentId=made, deploymentWaitType="READY_WAIT") == (
        "DeploymentIsNotInReadyStateException",
        f"The deployment {made} does not wait for READY_WAIT.",
    )
    go_on(deploymentId=made, deploymentWaitType="TERMINATION_WAIT")
    assert at.statuses(made, 20) == ["InProgress", "Succeeded"]
    assert at.sets() == [("PRIMARY", "DISABLED", made)]


def test_a_stop_with_rollback_leaves_blue(stage: Make, refusal: Refusal) -> None:
    """Before blue is stopped traffic goes back to it, by a deployment of its own."""
    _, at = stage()
    before = at.sets()
    made = at.deploy()
    assert [at.sets()[0][0] for _ in range(6)][-1] == "PRIMARY"
    at.codedeploy.stop_deployment(deploymentId=made, autoRollbackEnabled=True)
    at.statuses(made, 6)
    shown = at.read(made)
    assert (shown["status"], at.sets()) == ("Stopped", before)
    undoing = at.read(shown["rollbackInfo"]["rollbackDeploymentId"])
    assert (undoing["creator"], undoing["status"], undoing["rollbackInfo"]) == (
        "codeDeployRollback",
        "Succeeded",
        {"rollbackTriggeringDeploymentId": made},
    )
    assert refusal(at.codedeploy.stop_deployment, deploymentId=made) == (
        "DeploymentAlreadyCompletedException",
        f"The deployment {made} has already completed.",
    )


@pytest.mark.parametrize("kind", [TroubleKind.NO_CAPACITY, TroubleKind.UNHEALTHY])
def test_a_deployment_whose_tasks_do_not_come_up_is_undone(stage: Make, kind: TroubleKind) -> None:
    """Blue has served all the time."""
    _, at = stage(troubles=(Trouble(kind=kind),))
    before = at.sets()
    made = at.deploy()
    assert at.statuses(made, 20) == ["InProgress", "Failed"]
    assert at.read(made)["errorInformation"]["code"] == "HEALTH_CONSTRAINTS"
    assert at.sets() == before


@pytest.mark.parametrize("by_arn", [True, False])
def test_a_group_names_its_service_as_it_was_given(stage: Make, by_arn: bool) -> None:
    """By names or by ARNs: a client has to look for both."""
    _, at = stage(lambda group: group.by_arn == by_arn)
    listed = at.codedeploy.list_applications()["applications"]
    assert at.group.application in listed
    (info,) = at.codedeploy.batch_get_applications(applicationNames=[at.group.application])[
        "applicationsInfo"
    ]
    assert info["computePlatform"] == "ECS"
    names = at.codedeploy.list_deployment_groups(applicationName=at.group.application)
    (shown,) = at.codedeploy.batch_get_deployment_groups(
        applicationName=at.group.application, deploymentGroupNames=names["deploymentGroups"]
    )["deploymentGroupsInfo"]
    cluster = at.service.cluster_arn
    expected = {"serviceName": at.service.arn, "clusterName": cluster}
    if not by_arn:
        expected = {"serviceName": at.service.name, "clusterName": cluster.rpartition("/")[2]}
    assert shown["ecsServices"] == [expected]


def test_revisions_in_a_bucket_are_read_from_it(
    serve: Serve, connect: Make, refusal: Refusal
) -> None:
    """Each is the AppSpec of a set; what is not there is a 404."""
    _, endpoint = serve(SCENARIO)
    codedeploy, s3 = (connect(endpoint, name, REGION) for name in ("codedeploy", "s3"))
    found = {}
    for deployment_id in codedeploy.list_deployments()["deployments"]:
        info = codedeploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
        if place := info["revision"].get("s3Location"):
            body = s3.get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read()
            spec = yaml.safe_load(body)
            found[place["bundleType"]] = spec["Resources"][0]["TargetService"]["Type"]
    assert found == {"JSON": "AWS::ECS::Service", "YAML": "AWS::ECS::Service"}
    assert refusal(s3.get_object, Bucket="nobody", Key="app spec.yaml") == (
        "NoSuchKey",
        "The specified key does not exist.",
    )


def test_the_first_set_of_a_service_may_have_no_deployment(
    serve: Serve, connect: Make, refusal: Refusal, exhibit: Exhibit
) -> None:
    """CreateService made it, or CodeDeploy has forgotten; its external id leads nowhere then."""
    simulator, endpoint = serve(SCENARIO)
    client = connect(endpoint, "codedeploy", REGION)
    known = set(client.list_deployments()["deployments"])
    ids = [
        rollout.external_id
        for service in exhibit(simulator)
        if service.controller == "CODE_DEPLOY"
        for rollout in service.rollouts
    ]
    (lost, *_) = [each for each in ids if each not in known]
    assert refusal(client.get_deployment, deploymentId=lost) == (
        "DeploymentDoesNotExistException",
        f"The deployment {lost} could not be found",
    )
    assert known


def test_a_revision_whose_digest_is_wrong_is_refused(stage: Make, refusal: Refusal) -> None:
    """Nothing is deployed by it."""
    _, at = stage()
    location = located(json.dumps(at.appspec()))
    location["appSpecContent"]["sha256"] = "0" * 64
    assert refusal(at.codedeploy.create_deployment, **at.named, revision=location) == (
        "InvalidRevisionException",
        "The sha256 of the revision does not match its content.",
    )


def test_a_revision_is_found_again_by_its_digest(stage: Make, refusal: Refusal) -> None:
    """GetApplicationRevision knows what was deployed and nothing else."""
    _, at = stage()
    location = located(json.dumps(at.appspec()))
    get = at.codedeploy.get_application_revision
    name = at.group.application
    assert refusal(get, applicationName=name, revision=location) == (
        "RevisionDoesNotExistException",
        "The revision does not exist.",
    )
    at.deploy()
    assert get(applicationName=name, revision=location)["revision"] == location


def test_what_nobody_knows_is_refused_by_name(stage: Make, refusal: Refusal) -> None:
    """Applications, groups, deployments and configurations."""
    _, at = stage()
    client = at.codedeploy
    assert refusal(client.list_deployment_groups, applicationName="nobody") == (
        "ApplicationDoesNotExistException",
        "No application found for name: nobody",
    )
    name = at.group.application
    assert refusal(client.list_deployments, applicationName=name, deploymentGroupName="nobody") == (
        "DeploymentGroupDoesNotExistException",
        "No Deployment Group found for name: nobody",
    )
    assert refusal(client.get_deployment, deploymentId="d-NOBODY") == (
        "DeploymentDoesNotExistException",
        "The deployment d-NOBODY could not be found",
    )
    assert refusal(client.get_deployment_config, deploymentConfigName="nobody") == (
        "DeploymentConfigDoesNotExistException",
        "No Deployment Configuration found for name: nobody",
    )
