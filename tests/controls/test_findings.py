"""What a finding holds besides its verdict, and what becomes of what was not seen."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import AwsvpcConfiguration, EcsFacts, Service, TaskSet, Unseen
from orgscan.model.finding import AccountRef, Finding, Observed, Resource, Severity, Status
from orgscan.model.outcome import NotCollected

Evaluate = Callable[[EcsFacts], list[Finding]]

ARN = "arn:aws:ecs:eu-west-1:111122223333"
HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[31mred\x1b[0m\x07",
    "abc\u202edcba\u2066",
    "two\nlines\r\nand a\ttab",
    "=HYPERLINK(1)|pipe",
    "\x00",
]
DENIED = NotCollected(
    status=CoverageStatus.DENIED,
    reason="the role may not call ecs:ListServices; allow it in the role's policy",
    api="ecs:ListServices",
    error_code="AccessDeniedException",
    message="User: arn:aws:sts::111122223333:assumed-role/x is not authorized",
)


def test_a_finding_says_which_task_set_of_which_service_in_which_account(
    service: Service, evaluate: Evaluate
) -> None:
    """Everything that a reader needs to find the task set is in the finding."""
    assert evaluate(EcsFacts(services=(service,))) == [
        Finding(
            key=(
                "ecs-taskset-no-public-ip|111122223333|eu-west-1|"
                "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/1"
            ),
            control_id="ecs-taskset-no-public-ip",
            status=Status.PASSED,
            severity=Severity.INFORMATIONAL,
            reason="This PRIMARY task set (serving) states assignPublicIp DISABLED.",
            account=AccountRef(id="111122223333", name="payments", ou_path="r-ab12/ou-ab12-1"),
            region="eu-west-1",
            resource=Resource(
                type="AWS::ECS::TaskSet",
                arn=f"{ARN}:task-set/prod/api/ecs-svc/1",
                id="ecs-svc/1",
                cluster_arn=f"{ARN}:cluster/prod",
                service_arn=f"{ARN}:service/prod/api",
                service_name="api",
                deployment_controller="EXTERNAL",
                status="PRIMARY",
                launch_type="FARGATE",
                scale_percent=100.0,
                created_at="2026-11-01T09:00:00Z",
                tags={"team": "payments"},
            ),
            observed=Observed(
                assign_public_ip="DISABLED",
                subnets=("subnet-1", "subnet-2"),
                security_groups=("sg-1",),
                platform_version="1.4.0",
                task_definition=f"{ARN}:task-definition/api:7",
                running_count=3,
                desired_count=4,
            ),
            evidence=("sha256:" + "0" * 64,),
        )
    ]


def test_a_service_without_task_sets_gives_no_finding(service: Service, evaluate: Evaluate) -> None:
    """Rolling services, and external ones that have not started, are counted elsewhere."""
    empty = msgspec.structs.replace(service, task_sets=())

    assert evaluate(EcsFacts(services=(empty,))) == []


def test_the_sets_of_one_service_are_judged_apart(
    service: Service, task_set: TaskSet, evaluate: Evaluate
) -> None:
    """A canary that states ENABLED fails beside a primary that passes."""
    canary = msgspec.structs.replace(
        task_set,
        arn=f"{ARN}:task-set/prod/api/ecs-svc/2",
        id="ecs-svc/2",
        status="ACTIVE",
        awsvpc=AwsvpcConfiguration(assign_public_ip="ENABLED"),
    )
    both = msgspec.structs.replace(service, task_sets=(task_set, canary))

    findings = evaluate(EcsFacts(services=(both,)))

    assert [(finding.resource.id, finding.status) for finding in findings] == [
        ("ecs-svc/1", Status.PASSED),
        ("ecs-svc/2", Status.FAILED),
    ]


def test_services_of_one_name_in_two_clusters_do_not_multiply(
    service: Service, task_set: TaskSet, evaluate: Evaluate
) -> None:
    """Two services named alike, with one set each, give two findings with keys of their own."""
    twin_set = msgspec.structs.replace(
        task_set,
        arn=f"{ARN}:task-set/prod-2/api/ecs-svc/1",
        cluster_arn=f"{ARN}:cluster/prod-2",
        service_arn=f"{ARN}:service/prod-2/api",
    )
    twin = Service(
        arn=f"{ARN}:service/prod-2/api",
        name="api",
        cluster_arn=f"{ARN}:cluster/prod-2",
        deployment_controller="EXTERNAL",
        status="ACTIVE",
        task_sets=(twin_set,),
    )

    findings = evaluate(EcsFacts(services=(service, twin)))

    assert [finding.resource.cluster_arn for finding in findings] == [
        f"{ARN}:cluster/prod",
        f"{ARN}:cluster/prod-2",
    ]
    assert len({finding.key for finding in findings}) == 2


def test_members_that_a_task_set_leaves_out_come_from_its_service(
    finding_on: Callable[..., Finding],
) -> None:
    """A response without clusterArn and serviceArn still says where the task set is."""
    resource = finding_on(
        cluster_arn="", service_arn="", service_name="", deployment_controller=""
    ).resource

    assert (
        resource.cluster_arn,
        resource.service_arn,
        resource.service_name,
        resource.deployment_controller,
    ) == (f"{ARN}:cluster/prod", f"{ARN}:service/prod/api", "api", "EXTERNAL")


def test_members_that_nobody_states_stay_empty(
    finding_on: Callable[..., Finding], task_set: TaskSet
) -> None:
    """Nothing that AWS left out is filled with a guess."""
    finding = finding_on(
        status="",
        launch_type=None,
        platform_version=None,
        task_definition=None,
        scale_percent=None,
        running_count=None,
        created_at=None,
    )

    assert finding.resource == Resource(
        type="AWS::ECS::TaskSet",
        arn=task_set.arn,
        id="ecs-svc/1",
        cluster_arn=f"{ARN}:cluster/prod",
        service_arn=f"{ARN}:service/prod/api",
        service_name="api",
        deployment_controller="EXTERNAL",
        tags={"team": "payments"},
    )
    assert (finding.observed.platform_version, finding.observed.running_count) == (None, None)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_and_tags_are_data_and_never_part_of_a_sentence(
    hostile: str, finding_on: Callable[..., Finding]
) -> None:
    """Names and tags arrive unchanged where renderers expect them, and nowhere else."""
    finding = finding_on(service_name=hostile, tags={hostile: hostile})

    assert finding.resource.service_name == hostile
    assert finding.resource.tags == {hostile: hostile}
    assert finding.reason == "This PRIMARY task set (serving) states assignPublicIp DISABLED."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b[31mred", r"'\x1b[31mred'"),
        ("DISABLED\n", r"'DISABLED\n'"),
        ("abc\u202edcba", r"'abc\u202edcba'"),
        ("it's", '"it\'s"'),
        ("A" * 41, f"'{'A' * 40}...'"),
    ],
)
def test_an_undocumented_value_is_quoted_so_that_it_cannot_act(
    value: str, shown: str, finding_on: Callable[..., Finding]
) -> None:
    """Control and direction characters are spelled out, and a long value is cut."""
    finding = finding_on(awsvpc=AwsvpcConfiguration(assign_public_ip=value))

    assert finding.status is Status.WARNING
    assert finding.reason == (
        f"This PRIMARY task set (serving) states assignPublicIp {shown}. "
        "AWS documents only ENABLED and DISABLED."
    )


def test_a_service_that_could_not_be_described_is_not_evaluated(evaluate: Evaluate) -> None:
    """It keeps its name, and the finding says why nothing in it was judged."""
    arn = f"{ARN}:service/prod/web"
    unseen = Unseen(
        resource_type="AWS::ECS::Service",
        arn=arn,
        cluster_arn=f"{ARN}:cluster/prod",
        why=NotCollected(
            status=CoverageStatus.ERROR,
            reason="it was gone when it was described (MISSING)",
            api="ecs:DescribeServices",
        ),
        evidence=("sha256:" + "1" * 64,),
    )

    assert evaluate(EcsFacts(unseen=(unseen,))) == [
        Finding(
            key=f"ecs-taskset-no-public-ip|111122223333|eu-west-1|{arn}",
            control_id="ecs-taskset-no-public-ip",
            status=Status.NOT_EVALUATED,
            severity=Severity.MEDIUM,
            reason=(
                "This service could not be seen, so nothing in it was judged: "
                "it was gone when it was described (MISSING)"
            ),
            account=AccountRef(id="111122223333", name="payments", ou_path="r-ab12/ou-ab12-1"),
            region="eu-west-1",
            resource=Resource(
                type="AWS::ECS::Service",
                arn=arn,
                id="web",
                cluster_arn=f"{ARN}:cluster/prod",
                service_arn=arn,
                service_name="web",
            ),
            observed=Observed(),
            evidence=("sha256:" + "1" * 64,),
        )
    ]


def test_a_cluster_whose_services_could_not_be_listed_is_not_evaluated(
    service: Service, evaluate: Evaluate
) -> None:
    """It stands beside the findings on what was seen, and takes none of them away."""
    arn = f"{ARN}:cluster/dark"
    unseen = Unseen(resource_type="AWS::ECS::Cluster", arn=arn, cluster_arn=arn, why=DENIED)

    seen, dark = evaluate(EcsFacts(services=(service,), unseen=(unseen,)))

    assert seen.status is Status.PASSED
    assert dark.status is Status.NOT_EVALUATED
    assert dark.resource == Resource(type="AWS::ECS::Cluster", arn=arn, id="dark", cluster_arn=arn)
    assert dark.reason == (
        "Not every service of this cluster could be seen, and those not seen were not judged: "
        "the role may not call ecs:ListServices; allow it in the role's policy"
    )


def test_messages_of_aws_are_no_part_of_a_findings_identity(evaluate: Evaluate) -> None:
    """The same cluster denied in other words has the same key."""
    arn = f"{ARN}:cluster/dark"
    in_other_words = msgspec.structs.replace(DENIED, reason="denied", message="request id 4711")
    keys = {
        evaluate(
            EcsFacts(
                unseen=(
                    Unseen(resource_type="AWS::ECS::Cluster", arn=arn, cluster_arn=arn, why=why),
                )
            )
        )[0].key
        for why in (DENIED, in_other_words)
    }

    assert keys == {f"ecs-taskset-no-public-ip|111122223333|eu-west-1|{arn}"}


@pytest.mark.parametrize(
    ("api", "error_code", "reason"),
    [
        (
            "ecs:DescribeServices",
            "ServerException",
            "ecs:DescribeServices gave no answer that could be used (ServerException)",
        ),
        ("", "", "the call gave no answer that could be used"),
    ],
)
def test_something_unseen_without_a_reason_still_says_what_is_known(
    api: str, error_code: str, reason: str, evaluate: Evaluate
) -> None:
    """The call and AWS's code stand in for a reason that is empty."""
    why = NotCollected(status=CoverageStatus.ERROR, reason="", api=api, error_code=error_code)
    unseen = Unseen(resource_type="AWS::ECS::Cluster", arn="dark", cluster_arn="", why=why)

    (finding,) = evaluate(EcsFacts(unseen=(unseen,)))

    assert finding.reason == (
        "Not every service of this cluster could be seen, and those not seen were not judged: "
        f"{reason}"
    )
    assert finding.resource == Resource(type="AWS::ECS::Cluster", arn="dark", id="dark")
