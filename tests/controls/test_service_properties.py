"""What holds for any services, deployments and service revisions, however odd."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from orgscan.controls.ecs_service_no_public_ip import EcsServiceNoPublicIp
from orgscan.model.ecs import (
    AwsvpcConfiguration,
    Deployment,
    EcsFacts,
    Placement,
    Service,
    ServiceRevision,
)
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Status
from orgscan.model.organization import Account

ACCOUNT = Account(id="111122223333", name="</script>\x1b[2J\u202e", state="ACTIVE")

texts = st.text(max_size=60)
counts = st.none() | st.integers(0, 3)
values = st.one_of(st.sampled_from(["ENABLED", "DISABLED", None]), texts)
placed = {
    "awsvpc": st.none() | st.builds(AwsvpcConfiguration, assign_public_ip=values),
    "launch_type": st.sampled_from(["FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES", None]),
    "capacity_providers": st.sampled_from([(), ("FARGATE",), ("FARGATE_SPOT",), ("my-asg",)]),
    "desired_count": counts,
    "running_count": counts,
    "pending_count": counts,
}
numbers = st.integers(1, 4)
deployments = st.builds(
    Deployment,
    id=numbers.map(lambda number: f"ecs-svc/{number}") | texts,
    status=st.sampled_from(["PRIMARY", "ACTIVE", "INACTIVE", ""]) | texts,
    **placed,
)
arns = numbers.map(lambda number: f"arn:aws:ecs:r:a:service-revision/c/s/{number}") | texts
revisions = st.one_of(
    st.builds(ServiceRevision, arn=arns, asked=st.just(value=True), **placed),
    st.builds(
        ServiceRevision,
        arn=arns,
        asked=st.just(value=True),
        unseen=st.sampled_from(["denied", "throttled"]),
    ),
    st.builds(ServiceRevision, arn=arns),
)
services = st.builds(
    Service,
    arn=st.uuids().map(lambda unique: f"arn:aws:ecs:r:a:service/c/{unique}"),
    name=texts,
    cluster_arn=texts,
    deployment_controller=st.sampled_from(["ECS", "EXTERNAL", "CODE_DEPLOY", "NEW"]),
    status=st.sampled_from(["ACTIVE", "DRAINING", "INACTIVE", ""]) | texts,
    strategy=st.sampled_from(["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY", None]) | texts,
    managed_by=st.sampled_from(["CUSTOMER", "ECS", None]),
    deployments=st.lists(deployments, max_size=3).map(tuple),
    revisions=st.lists(revisions, max_size=3, unique_by=lambda one: one.number).map(tuple),
    **placed,
)
facts = st.builds(EcsFacts, services=st.lists(services, max_size=3).map(tuple))
# Other work on the machine must not decide whether an example is too slow.
unhurried = settings(deadline=None)


def judged(seen: EcsFacts) -> list[tuple[Service, Finding]]:
    """Each service that is judged beside the finding in its place."""
    own = [service for service in seen.services if not service.uses_task_sets]
    findings = EcsServiceNoPublicIp().evaluate(ACCOUNT, "eu-west-1", RegionFacts(ecs=seen))
    return list(zip(own, findings, strict=True))


def stated(placement: Placement) -> str | None:
    """Its value of assignPublicIp."""
    return placement.awsvpc.assign_public_ip if placement.awsvpc else None


def run_by(service: Service) -> list[Placement]:
    """The service itself and whatever else it may run tasks by."""
    newest = [one for one in service.deployments if one.status == "PRIMARY" or one.holds_tasks]
    return [service, *newest]


@unhurried
@given(facts)
def test_every_service_without_task_sets_has_exactly_one_finding(seen: EcsFacts) -> None:
    """Nothing is dropped and nothing is doubled."""
    assert [finding.resource.arn for _, finding in judged(seen)] == [
        service.arn for service in seen.services if not service.uses_task_sets
    ]


@unhurried
@given(facts)
def test_whatever_still_holds_tasks_and_states_enabled_fails_the_service(seen: EcsFacts) -> None:
    """No status, age, launch type or other deployment talks an ENABLED away."""
    for service, finding in judged(seen):
        if "ENABLED" in map(stated, run_by(service)):
            assert finding.status is Status.FAILED


@unhurried
@given(facts)
def test_nothing_passes_that_states_anything_but_disabled(seen: EcsFacts) -> None:
    """PASSED means a stated DISABLED, nothing else stated, and no task by what was not seen."""
    for service, finding in judged(seen):
        if finding.status is not Status.PASSED:
            continue
        shown = [*run_by(service), *(one for one in service.revisions if one.asked)]
        assert set(map(stated, shown)) - {None} == {"DISABLED"}
        numbers_shown = {one.number for one in service.deployments}
        assert all(one.number in numbers_shown for one in service.revisions if one.unseen)


@unhurried
@given(facts)
def test_a_verdict_on_a_service_is_printable_text_on_one_line(seen: EcsFacts) -> None:
    """Whatever a response holds, the reason is plain ASCII without control characters."""
    for _, finding in judged(seen):
        assert finding.reason.isascii()
        assert finding.reason.isprintable()
