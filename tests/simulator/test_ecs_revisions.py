"""Services of the ECS controller show what they run by in deployments and service revisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orgscan.model.finding import Status
from orgscan.simulator import Endpoint, Fault, FaultKind, Scenario, Simulator
from orgscan.simulator.world.workload import Service

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]
Find = Callable[[Simulator, str, Callable[[Service], bool]], Service]
Exhibit = Callable[[Simulator], list[Service]]

REGION = "eu-west-1"


def described(client: Any, service: Service) -> dict[str, Any]:  # noqa: ANN401 - botocore has no types
    """As DescribeServices shows it."""
    (shown,) = client.describe_services(cluster=service.cluster_arn, services=[service.arn])[
        "services"
    ]
    found: dict[str, Any] = shown
    return found


def setting(holder: dict[str, Any]) -> str | None:
    """Its assignPublicIp."""
    stated: str | None = holder["networkConfiguration"]["awsvpcConfiguration"].get("assignPublicIp")
    return stated


def test_only_a_service_revision_shows_a_blue_one_that_is_public(
    serve: Serve, connect: Make, gallery: Scenario, find: Find
) -> None:
    """The service and its one deployment say DISABLED; both revisions hold tasks."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    service = find(
        simulator, "ECS", lambda s: s.kind.strategy == "BLUE_GREEN" and len(s.rollouts) == 2
    )
    shown = described(client, service)
    arns = [one["arn"] for one in shown["currentServiceRevisions"]]
    answer = client.describe_service_revisions(serviceRevisionArns=arns)

    assert shown["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
    assert [setting(one) for one in (shown, *shown["deployments"])] == ["DISABLED", "DISABLED"]
    assert all(one["runningTaskCount"] > 0 for one in shown["currentServiceRevisions"])
    assert [setting(one) for one in answer["serviceRevisions"]] == ["DISABLED", "ENABLED"]
    assert answer["failures"] == []


def test_a_revisions_arn_ends_as_the_id_of_its_deployment(
    serve: Serve, connect: Make, gallery: Scenario, exhibit: Exhibit
) -> None:
    """For rolling services too, whose every deployment is shown."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    for service in exhibit(simulator):
        if service.is_rolling and service.kind.shows_old:
            shown = described(client, service)
            assert [one["arn"].rpartition("/")[2] for one in shown["currentServiceRevisions"]] == [
                one["id"].rpartition("/")[2] for one in shown["deployments"]
            ]


def test_revisions_come_twenty_at_a_time_and_a_missing_one_is_a_failure(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario, find: Find
) -> None:
    """In a 200; one that is too old to be described is missing as well."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    old = find(
        simulator, "ECS", lambda s: any("serviceRevision" in r.setting.omit for r in s.rollouts)
    )
    arn = old.revision_arn(old.rollouts[0])
    answer = client.describe_service_revisions(serviceRevisionArns=[arn, "gone"])

    assert answer == {
        "serviceRevisions": [],
        "failures": [{"arn": arn, "reason": "MISSING"}, {"arn": "gone", "reason": "MISSING"}],
        "ResponseMetadata": answer["ResponseMetadata"],
    }
    assert refusal(client.describe_service_revisions, serviceRevisionArns=[arn] * 21) == (
        "InvalidParameterException",
        "ServiceRevisionArns cannot have more than 20 elements.",
    )
    assert refusal(client.describe_service_revisions, serviceRevisionArns=[])[0] == (
        "InvalidParameterException"
    )


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        ({"resourceManagementType": "ECS"}, lambda s: s.kind.managed_by == "ECS"),
        ({"resourceManagementType": "CUSTOMER"}, lambda s: s.kind.managed_by == "CUSTOMER"),
        ({"schedulingStrategy": "DAEMON"}, lambda s: s.kind.scheduling == "DAEMON"),
        ({}, lambda _: True),
    ],
)
def test_services_are_listed_by_who_manages_and_how_it_schedules_them(
    serve: Serve,
    connect: Make,
    gallery: Scenario,
    named: dict[str, str],
    wanted: Callable[[Service], bool],
) -> None:
    """A filter that is left out filters nothing."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ecs", REGION)
    workload = simulator.world.workload(simulator.scenario.account_id(0), REGION)
    assert workload
    for cluster in workload.clusters:
        listed = client.list_services(cluster=cluster.arn, maxResults=100, **named)["serviceArns"]
        assert listed == [service.arn for service in cluster.services if wanted(service)]


def test_the_truth_has_every_verdict_on_services(gallery: Scenario) -> None:
    """And NOT_EVALUATED, where what a service runs by cannot be asked."""
    fault = Fault(FaultKind.DENY_IAM, api="ecs:DescribeServiceRevisions")
    denied = Scenario(density=0.0, gallery=gallery.gallery, disabled_regions=(), faults=(fault,))
    seen = {one.arn: one.expected for one in Simulator(gallery).truth().services}
    truth = Simulator(denied).truth()
    changed = {
        (seen[one.arn], one.expected) for one in truth.services if one.expected != seen[one.arn]
    }

    assert set(seen.values()) == {
        Status.FAILED,
        Status.PASSED,
        Status.WARNING,
        Status.NOT_APPLICABLE,
    }
    assert changed == {
        (Status.FAILED, Status.NOT_EVALUATED),
        (Status.WARNING, Status.NOT_EVALUATED),
        (Status.PASSED, Status.NOT_EVALUATED),
    }
    assert [gap.status.value for gap in truth.gaps] == ["PARTLY_COVERED"]
