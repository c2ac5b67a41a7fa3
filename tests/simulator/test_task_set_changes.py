"""Task sets are made, scaled, promoted and deleted as AWS does it; time is counted in reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from botocore.exceptions import BotoCoreError

from orgscan.simulator import (
    Endpoint,
    Fault,
    FaultKind,
    Scenario,
    Simulator,
    Trouble,
    TroubleKind,
)
from orgscan.simulator.world.workload import Rollout, Service

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]
Find = Callable[[Simulator, str, Callable[[Service], bool]], Service]
Shape = dict[str, Any]

REGION = "eu-west-1"


def is_public(service: Service) -> bool:
    """Whether it has one task set, which is public, on Fargate, by its launch type."""
    sets = service.rollouts
    return len(sets) == 1 and sets[0].setting.assign == "ENABLED" and not sets[0].setting.provider


class Stage:
    """One service of the gallery, and the calls about it."""

    def __init__(self, client: Any, service: Service) -> None:  # noqa: ANN401 - botocore has no types
        self.client = client
        self.service = service
        self.where = {"cluster": service.cluster_arn, "service": service.arn}

    def create(self, **given: object) -> Shape:
        """A private copy of the service's first set, at 0 % unless told otherwise."""
        parameters = copy_of(self.service.rollouts[0]) | self.where | given
        made: Shape = self.client.create_task_set(**parameters)["taskSet"]
        return made

    def read(self) -> Shape:
        """As DescribeServices shows it; one read."""
        answer = self.client.describe_services(
            cluster=self.service.cluster_arn, services=[self.service.arn]
        )
        shown: Shape = answer["services"][0]
        return shown

    def sets(self) -> dict[str, Shape]:
        """By ARN; one read."""
        return {each["taskSetArn"]: each for each in self.read()["taskSets"]}

    def scale(self, arn: str, percent: float) -> Shape:
        """UpdateTaskSet."""
        scale = {"value": percent, "unit": "PERCENT"}
        shown: Shape = self.client.update_task_set(**self.where, taskSet=arn, scale=scale)
        return shown["taskSet"]  # type: ignore[no-any-return]  # botocore has no types

    def settle(self, reads: int = 8) -> dict[str, Shape]:
        """Read until nothing is left to happen."""
        found: dict[str, Shape] = {}
        for _ in range(reads):
            found = self.sets()
        return found


def copy_of(rollout: Rollout) -> Shape:
    """The parameters of a set like this one, without a public address."""
    return {
        "taskDefinition": rollout.task_definition,
        "launchType": "FARGATE",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": list(rollout.subnets),
                "securityGroups": list(rollout.groups),
                "assignPublicIp": "DISABLED",
            }
        },
    }


@pytest.fixture
def stage(serve: Serve, connect: Make, gallery: Scenario, find: Find) -> Callable[..., Any]:
    """Sets a public EXTERNAL service on a stage: `stage(**changes of the scenario)`."""

    def make(
        wanted: Callable[[Service], bool] = is_public, **changes: object
    ) -> tuple[Simulator, Stage]:
        simulator, endpoint = serve(msgspec.structs.replace(gallery, **changes))
        service = find(simulator, "EXTERNAL", wanted)
        return simulator, Stage(connect(endpoint, "ecs", REGION), service)

    return make


def test_a_new_task_set_begins_at_nothing(stage: Make) -> None:
    """Without a scale it is 0 %, ACTIVE, and steady at once when it is read."""
    _, at = stage()
    made = at.create(externalId="fix-1", tags=[{"key": "k", "value": "</script>\x1b[31m"}])
    assert (made["status"], made["scale"], made["stabilityStatus"]) == (
        "ACTIVE",
        {"value": 0.0, "unit": "PERCENT"},
        "STABILIZING",
    )
    shown = at.sets()[made["taskSetArn"]]
    assert (shown["computedDesiredCount"], shown["runningCount"], shown["externalId"]) == (
        0,
        0,
        "fix-1",
    )
    assert shown["stabilityStatus"] == "STEADY_STATE"
    described = at.client.describe_task_sets(
        **at.where, taskSets=[made["taskSetArn"]], include=["TAGS"]
    )
    assert described["taskSets"][0]["tags"] == [{"key": "k", "value": "</script>\x1b[31m"}]


@pytest.mark.parametrize(("states", "shown"), [(True, "DISABLED"), (False, None)])
def test_what_is_not_stated_of_public_addresses_may_be_made_up(
    stage: Make, states: bool, shown: str | None
) -> None:
    """ECS's own example states DISABLED; a client has to live with an absent member too."""
    _, at = stage(states_network_default=states)
    subnets = list(at.service.rollouts[0].subnets)
    made = at.create(networkConfiguration={"awsvpcConfiguration": {"subnets": subnets}})
    assert made["networkConfiguration"]["awsvpcConfiguration"].get("assignPublicIp") == shown


def test_without_security_groups_the_default_one_of_the_vpc_is_taken(stage: Make) -> None:
    """Which is seldom what the old set had."""
    simulator, at = stage()
    subnets = list(at.service.rollouts[0].subnets)
    made = at.create(networkConfiguration={"awsvpcConfiguration": {"subnets": subnets}})
    network = simulator.world.workload(simulator.scenario.account_id(0), REGION).network
    default = network.group(network.workloads.id, "default").id
    taken = made["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    assert taken == [default] != list(at.service.rollouts[0].groups)


def test_the_same_client_token_makes_one_task_set(stage: Make, refusal: Refusal) -> None:
    """Also when the first answer never came; for other parameters the token is refused."""
    _, at = stage()
    first, second = at.create(clientToken="token-1"), at.create(clientToken="token-1")
    assert first["taskSetArn"] == second["taskSetArn"]
    assert len(at.sets()) == 2
    parameters = copy_of(at.service.rollouts[0]) | at.where
    assert refusal(
        at.client.create_task_set, **parameters, clientToken="token-1", externalId="other"
    ) == ("InvalidParameterException", "Creation of task set was not idempotent.")


def test_the_computed_count_lags_behind_the_scale(stage: Make) -> None:
    """Until it follows, the set still says that it is steady."""
    _, at = stage(count_lag=2)
    made = at.create()
    at.scale(made["taskSetArn"], 100)
    desired = at.service.desired
    seen = [at.sets()[made["taskSetArn"]] for _ in range(4)]
    assert [
        (s["scale"]["value"], s["computedDesiredCount"], s["runningCount"], s["stabilityStatus"])
        for s in seen
    ] == [
        (100.0, 0, 0, "STEADY_STATE"),
        (100.0, 0, 0, "STEADY_STATE"),
        (100.0, desired, 0, "STABILIZING"),
        (100.0, desired, desired, "STEADY_STATE"),
    ]
    assert seen[2]["pendingCount"] == desired


def test_tasks_and_their_interfaces_come_and_go_with_the_sets(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """A private set's tasks have no public address; the public ones vanish with the old set."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", is_public)
    at, ec2 = Stage(connect(endpoint, "ecs", REGION), service), connect(endpoint, "ec2", REGION)

    def interfaces(set_id: str) -> tuple[int, int]:
        """How many interfaces the tasks of a set have, and how many of them are public."""
        cluster = service.cluster_arn
        arns = at.client.list_tasks(cluster=cluster, startedBy=set_id)["taskArns"]
        if not arns:
            return 0, 0
        tasks = at.client.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
        ids = [task["attachments"][0]["details"][1]["value"] for task in tasks]
        found = ec2.describe_network_interfaces(NetworkInterfaceIds=ids)["NetworkInterfaces"]
        return len(found), sum("Association" in eni for eni in found)

    (old,) = at.sets().values()
    made = at.create(scale={"value": 100, "unit": "PERCENT"})
    at.settle()
    desired = service.desired
    assert (interfaces(old["id"]), interfaces(made["id"])) == ((desired, desired), (desired, 0))
    at.scale(old["taskSetArn"], 0)
    at.settle()
    assert (interfaces(old["id"]), interfaces(made["id"])) == ((0, 0), (desired, 0))


def test_a_whole_replacement_ends_with_one_private_set(stage: Make) -> None:
    """Create, scale, promote, scale down, delete: the service's own fields follow the primary."""
    simulator, at = stage()
    (old,) = at.sets().values()
    made = at.create()["taskSetArn"]
    at.scale(made, 100)
    at.settle()
    at.client.update_service_primary_task_set(**at.where, primaryTaskSet=made)
    shown = at.read()
    assert {s["taskSetArn"]: s["status"] for s in shown["taskSets"]} == {
        made: "PRIMARY",
        old["taskSetArn"]: "ACTIVE",
    }
    assert shown["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"
    at.scale(old["taskSetArn"], 0)
    at.settle()
    gone = at.client.delete_task_set(**at.where, taskSet=old["taskSetArn"])["taskSet"]
    assert gone["status"] == "DRAINING"
    assert set(at.settle()) == {made}
    assert [m.api.partition(":")[2] for m in simulator.record.mutations] == [
        "CreateTaskSet",
        "UpdateTaskSet",
        "UpdateServicePrimaryTaskSet",
        "UpdateTaskSet",
        "DeleteTaskSet",
    ]
    (truth,) = (t for t in simulator.truth().task_sets if t.service_arn == at.service.arn)
    assert (truth.arn, truth.assign_public_ip, truth.public_ips) == (made, "DISABLED", ())


def test_a_task_set_is_promoted_by_its_id_too(stage: Make) -> None:
    """Not by its ARN alone."""
    _, at = stage()
    made = at.create()
    at.client.update_service_primary_task_set(**at.where, primaryTaskSet=made["id"])
    assert at.sets()[made["taskSetArn"]]["status"] == "PRIMARY"


def test_a_sixth_task_set_is_refused(stage: Make, refusal: Refusal) -> None:
    """Those that are draining count."""
    _, at = stage()
    arns = [at.create(scale={"value": 100, "unit": "PERCENT"})["taskSetArn"] for _ in range(4)]
    at.settle(4)
    at.client.delete_task_set(**at.where, taskSet=arns[0], force=True)
    parameters = copy_of(at.service.rollouts[0]) | at.where
    assert refusal(at.client.create_task_set, **parameters) == (
        "InvalidParameterException",
        (
            "5 deployments exist on the service. Unable to create new TaskSet since this exceeds "
            "the maximum limit."
        ),
    )
    at.settle(3)
    assert at.create()["status"] == "ACTIVE"


def test_a_set_that_is_scaled_up_is_deleted_by_force_only(stage: Make, refusal: Refusal) -> None:
    """And the primary not even so."""
    _, at = stage()
    (old,) = at.sets()
    made = at.create(scale={"value": 50, "unit": "PERCENT"})["taskSetArn"]
    delete = at.client.delete_task_set
    assert refusal(delete, **at.where, taskSet=made) == (
        "InvalidParameterException",
        "The TaskSet cannot be deleted while it is scaled above 0.",
    )
    assert refusal(delete, **at.where, taskSet=old, force=True) == (
        "InvalidParameterException",
        "Primary TaskSet cannot be deleted",
    )
    delete(**at.where, taskSet=made, force=True)
    assert set(at.settle()) == {old}


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        (
            {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]},
            "InvalidParameterException",
            "Specifying both a launch type and capacity provider strategy is invalid.",
        ),
        ({"taskDefinition": "nobody:1"}, "ClientException", "TaskDefinition not found."),
        (
            {"networkConfiguration": None},
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
            "InvalidParameterException",
            (
                "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does "
                "not exist (ErrorCode: InvalidSubnetID.NotFound)"
            ),
        ),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"] * 17}}},
            "InvalidParameterException",
            "subnets can have at most 16 items.",
        ),
        (
            {"scale": {"value": 101, "unit": "PERCENT"}},
            "InvalidParameterException",
            "Scale value must be a PERCENT from 0 to 100.",
        ),
        (
            {"loadBalancers": [{"targetGroupArn": "arn:x", "containerName": "app"}]},
            "InvalidParameterException",
            "The target group with targetGroupArn arn:x does not exist.",
        ),
    ],
)
def test_what_ecs_does_not_take_makes_nothing(
    stage: Make, refusal: Refusal, given: Shape, code: str, message: str
) -> None:
    """Each is refused with its error, and the service stays as it is."""
    _, at = stage()
    parameters = copy_of(at.service.rollouts[0]) | at.where | given
    wanted = {name: value for name, value in parameters.items() if value is not None}
    assert refusal(at.client.create_task_set, **wanted) == (code, message)
    assert len(at.sets()) == 1


@pytest.mark.parametrize(
    ("kind", "running"),
    [(TroubleKind.NEVER_STABLE, True), (TroubleKind.NO_CAPACITY, False)],
)
def test_a_troubled_set_never_becomes_steady_and_the_old_one_is_not_harmed(
    stage: Make, kind: TroubleKind, running: bool
) -> None:
    """Its tasks start, or none does; scaling the old one down and up again still works."""
    _, at = stage(troubles=(Trouble(kind=kind),))
    (old,) = at.sets()
    made = at.create(scale={"value": 100, "unit": "PERCENT"})["taskSetArn"]
    shown = at.settle(12)[made]
    assert (shown["stabilityStatus"], shown["runningCount"] > 0) == ("STABILIZING", running)
    at.scale(old, 0)
    at.settle()
    at.scale(old, 100)
    shown = at.settle()[old]
    assert (shown["stabilityStatus"], shown["runningCount"]) == (
        "STEADY_STATE",
        at.service.desired,
    )


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        (TroubleKind.MEDDLE_TASK_SET, {"sets": 3}),
        (TroubleKind.MEDDLE_PRIMARY, {"primary is new": True}),
        (TroubleKind.MEDDLE_DESIRED, {"more": 1}),
        (TroubleKind.MEDDLE_DELETE, {"status": "DRAINING"}),
    ],
)
def test_somebody_else_changes_the_service_half_way(
    stage: Make, kind: TroubleKind, seen: dict[str, object]
) -> None:
    """After the first write, and never again."""
    simulator, at = stage(troubles=(Trouble(kind=kind, after_writes=1),))
    made = at.create()["taskSetArn"]
    shown = at.read()
    facts = {
        "sets": len(shown["taskSets"]),
        "primary is new": any(
            s["taskSetArn"] == made and s["status"] == "PRIMARY" for s in shown["taskSets"]
        ),
        "more": shown["desiredCount"] - at.service.desired,
        "status": shown["status"],
    }
    untouched = {"sets": 2, "primary is new": False, "more": 0, "status": "ACTIVE"}
    assert facts == untouched | seen
    assert len(simulator.record.mutations) == 1


def test_an_answer_that_is_lost_leaves_the_write_done(stage: Make) -> None:
    """And the same token finds what it made."""
    fault = Fault(FaultKind.RESET, api="ecs:CreateTaskSet", first=1)
    _, at = stage(faults=(fault,))
    with pytest.raises(BotoCoreError):
        at.create(clientToken="once")
    assert len(at.sets()) == 2
    assert at.create(clientToken="once")["taskSetArn"] in at.sets()
    assert len(at.sets()) == 2


def test_a_request_that_is_lost_does_nothing(stage: Make) -> None:
    """The second of them, to be exact."""
    fault = Fault(FaultKind.LOSE_REQUEST, api="ecs:CreateTaskSet", first=1, after=1)
    simulator, at = stage(faults=(fault,))
    at.create()
    with pytest.raises(BotoCoreError):
        at.create()
    assert len(at.sets()) == 2
    assert [m.answer for m in simulator.record.mutations] == ["accepted", "LOSE_REQUEST"]
    at.create()
    assert len(at.sets()) == 3


def test_a_set_behind_a_load_balancer_is_steady_once_its_targets_are_healthy(stage: Make) -> None:
    """A read later than without one."""
    _, at = stage(external_balancers=True)
    target = at.read()["loadBalancers"]
    assert len(target) == 1
    made = at.create(loadBalancers=target, scale={"value": 100, "unit": "PERCENT"})["taskSetArn"]
    seen = [at.sets()[made]["stabilityStatus"] for _ in range(5)]
    assert seen == ["STEADY_STATE", "STEADY_STATE", "STABILIZING", "STABILIZING", "STEADY_STATE"]


@pytest.mark.parametrize(
    ("troubles", "states"),
    [
        ((), ["none", "initial", "healthy", "healthy"]),
        ((Trouble(kind=TroubleKind.UNHEALTHY),), ["none", "unhealthy", "unhealthy", "unhealthy"]),
    ],
)
def test_targets_are_the_tasks_of_every_set_in_front_of_which_it_stands(
    serve: Serve,
    connect: Make,
    gallery: Scenario,
    find: Find,
    troubles: tuple[Trouble, ...],
    states: list[str],
) -> None:
    """New ones begin as initial and become healthy, or never do; the old ones stay as they are."""
    scenario = msgspec.structs.replace(
        gallery, external_balancers=True, troubles=troubles, count_lag=0
    )
    simulator, endpoint = serve(scenario)
    service = find(simulator, "EXTERNAL", is_public)
    at, elb = Stage(connect(endpoint, "ecs", REGION), service), connect(endpoint, "elbv2", REGION)
    target = at.read()["loadBalancers"]
    at.create(loadBalancers=target, scale={"value": 100, "unit": "PERCENT"})
    old = {task.private_ip for task in service.rollouts[0].tasks}
    seen = []
    for _ in range(4):
        answer = elb.describe_target_health(TargetGroupArn=target[0]["targetGroupArn"])
        found = {
            each["Target"]["Id"]: each["TargetHealth"]["State"]
            for each in answer["TargetHealthDescriptions"]
        }
        assert {found[address] for address in old} == {"healthy"}
        new = {state for address, state in found.items() if address not in old}
        seen.append(new.pop() if new else "none")
    assert seen == states


def test_a_service_that_is_being_deleted_takes_no_task_set(stage: Make, refusal: Refusal) -> None:
    """It is not ACTIVE."""
    _, at = stage(troubles=(Trouble(kind=TroubleKind.MEDDLE_DELETE),))
    at.create()
    parameters = copy_of(at.service.rollouts[0]) | at.where
    assert refusal(at.client.create_task_set, **parameters) == (
        "ServiceNotActiveException",
        "Service was not ACTIVE.",
    )


def test_only_the_remediate_role_and_an_administrator_may_write(
    serve: Serve,
    connect: Make,
    assume: Make,
    refusal: Refusal,
    gallery: Scenario,
    find: Find,
) -> None:
    """The audit role may not, even without a session policy."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", is_public)
    account = simulator.scenario.account_id(0)
    parameters = copy_of(service.rollouts[0]) | {
        "cluster": service.cluster_arn,
        "service": service.arn,
    }
    audit = connect(endpoint, "ecs", REGION, assume(endpoint, account))
    assert refusal(audit.create_task_set, **parameters) == (
        "AccessDeniedException",
        (
            f"User: arn:aws:sts::{account}:assumed-role/orgscan-audit/orgscan is not authorized to "
            "perform: ecs:CreateTaskSet on resource: "
            f"{service.arn.replace(':service/', ':task-set/')}/ecs-svc/* because no identity-based "
            "policy allows the ecs:CreateTaskSet action"
        ),
    )
    role = f"arn:aws:iam::{account}:role/orgscan-remediate"
    remediate = connect(endpoint, "ecs", REGION, assume(endpoint, account, RoleArn=role))
    assert remediate.create_task_set(**parameters)["taskSet"]["status"] == "ACTIVE"
