"""What holds for any facts, however odd."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from orgscan.controls.ecs_taskset_no_public_ip import EcsTaskSetNoPublicIp
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import (
    AwsvpcConfiguration,
    Corroboration,
    EcsFacts,
    Service,
    TaskSet,
    Unseen,
)
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Status
from orgscan.model.organization import Account
from orgscan.model.outcome import NotCollected

ACCOUNT = Account(id="111122223333", name="</script>\x1b[2J\u202e", state="ACTIVE")

texts = st.text(max_size=60)
values = st.one_of(st.sampled_from(["ENABLED", "DISABLED", None]), texts)
awsvpcs = st.builds(AwsvpcConfiguration, assign_public_ip=values)
corroborations = st.one_of(
    st.just(Corroboration()),
    st.builds(Corroboration, asked=st.just(value=True), refused=texts),
    st.builds(
        Corroboration,
        asked=st.just(value=True),
        seen=st.just(value=True),
        awsvpc=st.none() | awsvpcs,
    ),
)
task_sets = st.builds(
    TaskSet,
    arn=st.uuids().map(lambda unique: f"arn:aws:ecs:r:a:task-set/c/s/ecs-svc/{unique}"),
    id=texts,
    cluster_arn=texts,
    service_arn=texts,
    service_name=texts,
    deployment_controller=st.sampled_from(["EXTERNAL", "CODE_DEPLOY", ""]),
    status=st.sampled_from(["PRIMARY", "ACTIVE", "DRAINING", ""]) | texts,
    awsvpc=st.none() | awsvpcs,
    launch_type=st.sampled_from(["FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES", None]) | texts,
    capacity_providers=st.sampled_from([(), ("FARGATE",), ("FARGATE_SPOT",), ("my-asg",)]),
    tags=st.dictionaries(texts, texts, max_size=2),
    corroboration=corroborations,
    evidence=st.just(("sha256:" + "0" * 64,)),
)
services = st.builds(
    Service,
    arn=texts,
    name=texts,
    cluster_arn=texts,
    deployment_controller=st.sampled_from(["ECS", "EXTERNAL", "CODE_DEPLOY"]),
    status=texts,
    task_sets=st.lists(task_sets, max_size=5).map(tuple),
)
unseen = st.builds(
    Unseen,
    resource_type=st.sampled_from(["AWS::ECS::Cluster", "AWS::ECS::Service"]),
    arn=st.uuids().map(lambda unique: f"arn:aws:ecs:r:a:cluster/{unique}"),
    cluster_arn=texts,
    why=st.builds(
        NotCollected,
        status=st.sampled_from(CoverageStatus),
        reason=texts,
        api=texts,
        error_code=texts,
        message=texts,
    ),
)
facts = st.builds(
    EcsFacts,
    services=st.lists(services, max_size=4).map(tuple),
    unseen=st.lists(unseen, max_size=4).map(tuple),
)
# Other work on the machine must not decide whether an example is too slow.
unhurried = settings(deadline=None)


def judged(seen: EcsFacts) -> list[tuple[TaskSet, Finding]]:
    """Each task set of the facts beside the finding in its place."""
    sets = [task_set for service in seen.services for task_set in service.task_sets]
    findings = list(EcsTaskSetNoPublicIp().evaluate(ACCOUNT, "eu-west-1", RegionFacts(ecs=seen)))
    return list(zip(sets, findings, strict=False))


def stated(task_set: TaskSet) -> set[str]:
    """Every value of assignPublicIp that an answer holds for the task set."""
    answers = (task_set.awsvpc, task_set.corroboration.awsvpc)
    return {
        answer.assign_public_ip
        for answer in answers
        if answer is not None and answer.assign_public_ip is not None
    }


@unhurried
@given(facts)
def test_every_task_set_and_everything_unseen_has_exactly_one_finding(seen: EcsFacts) -> None:
    """Nothing is dropped, nothing is doubled, and what was not seen is NOT_EVALUATED."""
    findings = list(EcsTaskSetNoPublicIp().evaluate(ACCOUNT, "eu-west-1", RegionFacts(ecs=seen)))
    sets = [task_set.arn for service in seen.services for task_set in service.task_sets]
    dark = [thing.arn for thing in seen.unseen]

    assert [finding.resource.arn for finding in findings] == sets + dark
    assert len({finding.key for finding in findings}) == len(findings)
    assert {
        finding.resource.arn for finding in findings if finding.status is Status.NOT_EVALUATED
    } == set(dark)


@unhurried
@given(facts)
def test_nothing_passes_without_a_stated_disabled_that_nothing_contradicts(seen: EcsFacts) -> None:
    """PASSED means that the configuration states DISABLED and states nothing else."""
    for task_set, finding in judged(seen):
        assert (finding.status is Status.PASSED) == (stated(task_set) == {"DISABLED"})


@unhurried
@given(facts)
def test_a_task_set_fails_exactly_where_enabled_is_stated(seen: EcsFacts) -> None:
    """No status, launch type or corroboration talks an ENABLED away."""
    for task_set, finding in judged(seen):
        assert (finding.status is Status.FAILED) == ("ENABLED" in stated(task_set))


@unhurried
@given(facts)
def test_a_verdict_on_a_task_set_is_printable_text_on_one_line(seen: EcsFacts) -> None:
    """Whatever a response holds, the reason is plain ASCII without control characters."""
    for _, finding in judged(seen):
        assert finding.reason.isascii()
        assert finding.reason.isprintable()


@unhurried
@given(facts)
def test_the_same_facts_always_give_the_same_findings(seen: EcsFacts) -> None:
    """A control has no memory, no clock and no environment."""
    control = EcsTaskSetNoPublicIp()

    first = list(control.evaluate(ACCOUNT, "eu-west-1", RegionFacts(ecs=seen)))

    assert list(control.evaluate(ACCOUNT, "eu-west-1", RegionFacts(ecs=seen))) == first
