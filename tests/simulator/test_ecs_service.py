"""ECS answers as the facts about AWS say, where other simulations are laxer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.simulator import Credentials, Endpoint, Scenario, Simulator
from orgscan.simulator.world.workload import Service

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]
Find = Callable[[Simulator, str, Callable[[Service], bool]], Service]
Exhibit = Callable[[Simulator], list[Service]]

REGION = "eu-west-1"
CLUSTER_NOT_FOUND = ("ClusterNotFoundException", "Cluster not found.")


def described(client: Any, service: Service) -> dict[str, Any]:  # noqa: ANN401 - botocore has no types
    """As DescribeServices shows it."""
    answer = client.describe_services(cluster=service.cluster_arn, services=[service.arn])
    (shown,) = answer["services"]
    assert answer["failures"] == []
    found: dict[str, Any] = shown
    return found


def awsvpc(holder: dict[str, Any]) -> str | None:
    """Its assignPublicIp, `none` where it has no network configuration."""
    network = holder.get("networkConfiguration")
    if network is None:
        return "none"
    stated: str | None = network["awsvpcConfiguration"].get("assignPublicIp")
    return stated


def statuses(service: Service) -> dict[str, str | None]:
    """Status and setting of each rollout."""
    return {r.setting.status: r.setting.assign for r in service.rollouts}


def test_most_account_regions_have_no_cluster(serve: Serve, connect: Make) -> None:
    """And answering so builds nothing."""
    simulator, endpoint = serve(Scenario(density=0.0))
    assert connect(endpoint, "ecs", REGION).list_clusters()["clusterArns"] == []
    assert simulator.world.built == 0


def test_a_rolling_service_names_no_controller_and_has_no_task_sets(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """The controller ECS is reported by absence; what runs is in `deployments`."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "ECS", lambda s: len(s.rollouts) == 2)
    shown = described(connect(endpoint, "ecs", REGION), service)
    assert "deploymentController" not in shown
    assert "taskSets" not in shown
    assert [(d["status"], awsvpc(d)) for d in shown["deployments"]] == [
        ("PRIMARY", "DISABLED"),
        ("ACTIVE", "ENABLED"),
    ]


def test_a_codedeploy_service_has_task_sets_and_no_deployments(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """`deployments` is an empty list, and each set names its CodeDeploy deployment."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "CODE_DEPLOY", lambda s: len(s.rollouts) == 2)
    shown = described(connect(endpoint, "ecs", REGION), service)
    assert shown["deploymentController"] == {"type": "CODE_DEPLOY"}
    assert shown["deployments"] == []
    assert {s["startedBy"] for s in shown["taskSets"]} == {"CODE_DEPLOY"}
    assert all(s["externalId"].startswith("d-") for s in shown["taskSets"])


def test_the_services_own_fields_follow_the_primary_set(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """So a public canary is invisible at the service's level."""
    simulator, endpoint = serve(gallery)
    service = find(
        simulator,
        "EXTERNAL",
        lambda s: statuses(s) == {"PRIMARY": "DISABLED", "ACTIVE": "ENABLED"},
    )
    shown = described(connect(endpoint, "ecs", REGION), service)
    assert (shown["launchType"], awsvpc(shown)) == ("FARGATE", "DISABLED")
    assert {s["status"]: awsvpc(s) for s in shown["taskSets"]} == statuses(service)


def test_without_a_primary_the_service_claims_launch_type_ec2(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """And no network, though its task set is public Fargate."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", lambda s: bool(s.rollouts) and s.primary is None)
    shown = described(connect(endpoint, "ecs", REGION), service)
    assert (shown["launchType"], awsvpc(shown)) == ("EC2", "none")
    (task_set,) = shown["taskSets"]
    assert (task_set["launchType"], awsvpc(task_set)) == ("FARGATE", "ENABLED")


def test_an_external_service_may_have_no_task_set_yet(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """`taskSets` is there and empty."""
    simulator, endpoint = serve(gallery)
    service = find(simulator, "EXTERNAL", lambda s: not s.rollouts)
    assert described(connect(endpoint, "ecs", REGION), service)["taskSets"] == []


def test_responses_leave_out_what_aws_leaves_out(
    serve: Serve, connect: Make, gallery: Scenario, exhibit: Exhibit
) -> None:
    """ARNs, launch type, assignPublicIp and the whole network configuration, each somewhere."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    shown = [described(client, s) for s in exhibit(simulator) if not s.is_rolling]
    sets = [(s["deploymentController"]["type"], each) for s in shown for each in s["taskSets"]]
    assert any("clusterArn" not in s and "serviceArn" not in s for _, s in sets)
    assert any("launchType" not in s and "capacityProviderStrategy" in s for _, s in sets)
    assert any("launchType" not in s and "capacityProviderStrategy" not in s for _, s in sets)
    assert any(awsvpc(s) is None for _, s in sets)
    assert any(s.get("launchType") == "EC2" and awsvpc(s) == "none" for _, s in sets)
    assert any(
        c == "CODE_DEPLOY" and s["launchType"] == "FARGATE" and awsvpc(s) == "none" for c, s in sets
    )


def test_without_oddities_every_task_set_is_whole(
    serve: Serve, connect: Make, gallery: Scenario, exhibit: Exhibit
) -> None:
    """For whoever wants plain answers."""
    simulator, endpoint = serve(msgspec.structs.replace(gallery, oddities=False))
    client = connect(endpoint, "ecs", REGION)
    shown = [described(client, s) for s in exhibit(simulator) if not s.is_rolling]
    sets = [each for s in shown for each in s["taskSets"]]
    assert all({"clusterArn", "serviceArn", "launchType"} <= set(each) for each in sets)


def test_lists_are_paged_and_services_come_ten_at_a_time(serve: Serve, connect: Make) -> None:
    """ListServices gives 10 unless asked for up to 100; ListClusters gives 100."""
    _, endpoint = serve(Scenario(density=1.0, clusters=101, services=25))
    client = connect(endpoint, "ecs", REGION)
    pages = list(client.get_paginator("list_clusters").paginate())
    assert [len(page["clusterArns"]) for page in pages] == [100, 1]
    cluster = pages[1]["clusterArns"][0]
    ten = client.list_services(cluster=cluster)
    assert (len(ten["serviceArns"]), "nextToken" in ten) == (10, True)
    more = client.list_services(cluster=cluster, maxResults=100)
    assert (len(more["serviceArns"]), "nextToken" in more) == (25, False)
    rest = list(client.get_paginator("list_services").paginate(cluster=cluster))
    assert [arn for page in rest for arn in page["serviceArns"]] == more["serviceArns"]


def test_a_token_may_come_with_an_empty_page(serve: Serve, connect: Make) -> None:
    """Where the scenario says so, and nothing is lost by it."""
    _, endpoint = serve(Scenario(density=1.0, clusters=30, services=30, empty_pages=True))
    client = connect(endpoint, "ecs", REGION)
    clusters = [
        arn
        for page in client.get_paginator("list_clusters").paginate()
        for arn in page["clusterArns"]
    ]
    assert len(clusters) == 30
    sizes = []
    for cluster in clusters:
        pages = list(client.get_paginator("list_services").paginate(cluster=cluster))
        assert sum(len(page["serviceArns"]) for page in pages) == 30
        sizes += [len(page["serviceArns"]) for page in pages[:-1]]
    assert set(sizes) == {0, 10}


@pytest.mark.parametrize("size", [0, 101])
def test_a_page_has_from_1_to_100_entries(
    serve: Serve, connect: Make, refusal: Refusal, size: int, gallery: Scenario
) -> None:
    """Anything else is refused."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    for call, parameters in (
        (client.list_services, {"cluster": "prod"}),
        (client.list_tasks, {"cluster": "prod"}),
        (client.list_clusters, {}),
    ):
        code, _ = refusal(call, maxResults=size, **parameters)
        assert code == "InvalidParameterException"


def test_more_than_ten_services_are_refused(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario
) -> None:
    """And so are none."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    names = [f"service-{number}" for number in range(11)]
    assert refusal(client.describe_services, cluster="prod", services=names) == (
        "InvalidParameterException",
        "Services cannot have more than 10 elements.",
    )
    assert refusal(client.describe_services, cluster="prod", services=[]) == (
        "InvalidParameterException",
        "Services cannot be empty.",
    )


def test_what_is_missing_is_a_failure_in_a_200(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """Services, clusters, task sets and tasks alike; the rest is answered."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    service = find(simulator, "EXTERNAL", lambda s: len(s.rollouts) == 1)
    cluster = service.cluster_arn
    answer = client.describe_services(cluster=cluster, services=[service.name, "gone"])
    assert [s["serviceArn"] for s in answer["services"]] == [service.arn]
    assert answer["failures"] == [{"arn": "gone", "reason": "MISSING"}]
    answer = client.describe_clusters(clusters=[cluster, "gone"])
    assert [c["clusterArn"] for c in answer["clusters"]] == [cluster]
    assert answer["failures"] == [{"arn": "gone", "reason": "MISSING"}]
    answer = client.describe_task_sets(
        cluster=cluster, service=service.arn, taskSets=[service.rollouts[0].id, "ecs-svc/1"]
    )
    assert [s["taskSetArn"] for s in answer["taskSets"]] == [service.rollouts[0].arn]
    assert answer["failures"] == [{"arn": "ecs-svc/1", "reason": "MISSING"}]
    answer = client.describe_tasks(cluster=cluster, tasks=["gone"])
    assert (answer["tasks"], answer["failures"]) == ([], [{"arn": "gone", "reason": "MISSING"}])


def test_a_cluster_is_found_by_its_whole_name_only(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario
) -> None:
    """One cluster's name is the beginning of another's, and services share their names."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    arns = client.list_clusters()["clusterArns"]
    assert [arn.rpartition("/")[2] for arn in arns] == ["prod", "prod-api"]
    prod, api = (set(client.list_services(cluster=a, maxResults=100)["serviceArns"]) for a in arns)
    assert not prod & api
    assert {arn.rpartition("/")[2] for arn in prod} & {arn.rpartition("/")[2] for arn in api}
    assert refusal(client.list_services, cluster="pro") == CLUSTER_NOT_FOUND
    assert refusal(client.list_services) == CLUSTER_NOT_FOUND
    elsewhere = arns[0].replace(REGION, "eu-west-2")
    assert refusal(client.list_services, cluster=elsewhere) == CLUSTER_NOT_FOUND


def test_a_session_sees_its_own_account_only(
    serve: Serve, connect: Make, assume: Make, refusal: Refusal
) -> None:
    """Another account's cluster is not found with its ARN either."""
    simulator, endpoint = serve(Scenario(density=1.0))
    first = assume(endpoint, simulator.scenario.account_id(1))
    second = assume(endpoint, simulator.scenario.account_id(2))

    def clusters(session: Credentials) -> list[str]:
        client = connect(endpoint, "ecs", REGION, session)
        return [str(arn) for arn in client.list_clusters()["clusterArns"]]

    assert {arn.split(":")[4] for arn in clusters(first)} == {first.account}
    client = connect(endpoint, "ecs", REGION, first)
    assert refusal(client.list_services, cluster=clusters(second)[0]) == CLUSTER_NOT_FOUND


def test_a_region_that_is_not_enabled_does_not_know_the_token(
    serve: Serve, connect: Make, refusal: Refusal
) -> None:
    """ECS and EC2 say it as they say it of a bad token."""
    _, endpoint = serve(Scenario(disabled_regions=("af-south-1",)))
    for region in ("af-south-1", "xx-nowhere-1"):
        ecs, ec2 = connect(endpoint, "ecs", region), connect(endpoint, "ec2", region)
        assert refusal(ecs.list_clusters)[0] == "UnrecognizedClientException"
        assert refusal(ec2.describe_regions)[0] == "AuthFailure"
