"""The specification of `ecs-service-no-public-ip`: each row a situation, its status, its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest

from orgscan.controls.ecs_service_no_public_ip import EcsServiceNoPublicIp
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import (
    AwsvpcConfiguration,
    Deployment,
    EcsFacts,
    Service,
    ServiceRevision,
    Unseen,
)
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import AccountRef, Finding, Observed, Resource, Severity, Status
from orgscan.model.organization import Account
from orgscan.model.outcome import NotCollected

ARN = "arn:aws:ecs:eu-west-1:111122223333"
DENIED = "ecs:DescribeServiceRevisions: the read role lacks the action"


def vpc(assign_public_ip: str | None) -> AwsvpcConfiguration:
    """A network configuration that states this value, or none."""
    return AwsvpcConfiguration(
        subnets=("subnet-9",), security_groups=("sg-9",), assign_public_ip=assign_public_ip
    )


def deployment(number: int, stated: str | None, **more: Any) -> Deployment:  # noqa: ANN401 - any member
    """The PRIMARY deployment on Fargate with two running tasks, or as `more` says."""
    given = {
        "status": "PRIMARY",
        "awsvpc": vpc(stated),
        "launch_type": "FARGATE",
        "desired_count": 2,
        "running_count": 2,
        "pending_count": 0,
    }
    return Deployment(id=f"ecs-svc/{number}", **{**given, **more})


def old(number: int, stated: str | None, **more: Any) -> Deployment:  # noqa: ANN401 - any member
    """A deployment that is being replaced and has one task left."""
    left = {"status": "ACTIVE", "desired_count": 0, "running_count": 1}
    return deployment(number, stated, **{**left, **more})


def revision(number: int, stated: str | None, **more: Any) -> ServiceRevision:  # noqa: ANN401 - any member
    """A service revision on Fargate that was described, with two running tasks."""
    given = {
        "awsvpc": vpc(stated),
        "launch_type": "FARGATE",
        "desired_count": 2,
        "running_count": 2,
        "pending_count": 0,
        "asked": True,
    }
    return ServiceRevision(arn=f"{ARN}:service-revision/prod/api/{number}", **{**given, **more})


def unseen(number: int) -> ServiceRevision:
    """A service revision that could not be described."""
    return revision(number, None, awsvpc=None, launch_type=None, unseen=DENIED)


NONE_LEFT = {"desired_count": 0, "running_count": 0, "pending_count": 0}
GETS_ONE = "With ENABLED its tasks get a public IPv4 address"
PASSES = "the deployment is transient and goes by itself when it has been replaced."
NO_DEFAULT = (
    "uses awsvpc networking and states no assignPublicIp. The documents disagree on the default: "
    "the ECS API reference says DISABLED for create-service and update-service; the control "
    "document and published copies of CIS AWS Compute Services Benchmark 3.2 say ENABLED."
)
EXPRESS = (
    "ECS manages an Express service, which has no assignPublicIp to set: only other subnets "
    "(UpdateExpressGatewayService) can change it."
)
INCOMPLETE = (
    "runs on Fargate, which always uses awsvpc networking, but no network configuration was "
    "returned for it. The answer is incomplete, so nothing can be concluded from it."
)
NO_AWSVPC = (
    "states no awsvpc network configuration. With the bridge, host and none network modes there is "
    "no assignPublicIp to set."
)


class Row(NamedTuple):
    """One situation, as changes to a rolling Fargate service that states DISABLED."""

    situation: str
    service: dict[str, object]
    status: Status
    reason: str


SPECIFICATION = [
    Row(
        "DISABLED, one deployment",
        {},
        Status.PASSED,
        "This service states assignPublicIp DISABLED.",
    ),
    Row(
        "ENABLED, one deployment",
        {"awsvpc": vpc("ENABLED"), "deployments": (deployment(1, "ENABLED"),)},
        Status.FAILED,
        f"This service states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "the old deployment is still ENABLED while the new one is DISABLED",
        {"deployments": (deployment(2, "DISABLED"), old(1, "ENABLED"))},
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/1 "
        f"(1 running task) states assignPublicIp ENABLED. {GETS_ONE}; {PASSES}",
    ),
    Row(
        "two old deployments are still ENABLED",
        {"deployments": (deployment(3, "DISABLED"), old(2, "ENABLED"), old(1, "ENABLED"))},
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/2 "
        "(1 running task) states assignPublicIp ENABLED. Its ACTIVE deployment ecs-svc/1 "
        f"(1 running task) states assignPublicIp ENABLED. {GETS_ONE}; {PASSES}",
    ),
    Row(
        "the old deployment is ENABLED and has only pending tasks",
        {
            "deployments": (
                deployment(2, "DISABLED"),
                old(1, "ENABLED", running_count=0, pending_count=1),
            )
        },
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/1 "
        f"(0 running tasks) states assignPublicIp ENABLED. {GETS_ONE}; {PASSES}",
    ),
    Row(
        "the old deployment is ENABLED and does not say how many tasks it has",
        {"deployments": (deployment(2, "DISABLED"), old(1, "ENABLED", running_count=None))},
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/1 "
        f"states assignPublicIp ENABLED. {GETS_ONE}; {PASSES}",
    ),
    Row(
        "the old deployment was ENABLED and has no task any more",
        {"deployments": (deployment(2, "DISABLED"), old(1, "ENABLED", **NONE_LEFT))},
        Status.PASSED,
        "This service states assignPublicIp DISABLED.",
    ),
    Row(
        "the new deployment is ENABLED while the old one is DISABLED",
        {
            "awsvpc": vpc("ENABLED"),
            "deployments": (deployment(2, "ENABLED"), old(1, "DISABLED")),
        },
        Status.FAILED,
        f"This service states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "old and new are ENABLED",
        {
            "awsvpc": vpc("ENABLED"),
            "deployments": (deployment(2, "ENABLED"), old(1, "ENABLED")),
        },
        Status.FAILED,
        "This service states assignPublicIp ENABLED. Its ACTIVE deployment ecs-svc/1 "
        f"(1 running task) states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "ENABLED with nothing running",
        {
            "awsvpc": vpc("ENABLED"),
            "deployments": (deployment(1, "ENABLED", **NONE_LEFT),),
            **NONE_LEFT,
        },
        Status.FAILED,
        f"This service states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "ENABLED, and no deployment is shown",
        {"awsvpc": vpc("ENABLED"), "deployments": ()},
        Status.FAILED,
        f"This service states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "the service and its PRIMARY deployment disagree",
        {"deployments": (deployment(1, "ENABLED"),)},
        Status.FAILED,
        "This service states assignPublicIp DISABLED in its own network configuration and ENABLED "
        f"in its PRIMARY deployment. {GETS_ONE}.",
    ),
    Row(
        "only the PRIMARY deployment states anything",
        {"awsvpc": None},
        Status.PASSED,
        "This service states assignPublicIp DISABLED in its PRIMARY deployment only.",
    ),
    Row(
        "the PRIMARY deployment is silent: absence contradicts nothing",
        {"deployments": (deployment(1, None),)},
        Status.PASSED,
        "This service states assignPublicIp DISABLED.",
    ),
    Row(
        "capacity providers and no launch type",
        {
            "launch_type": None,
            "capacity_providers": ("FARGATE_SPOT",),
            "awsvpc": vpc("ENABLED"),
            "deployments": (
                deployment(
                    1, "ENABLED", launch_type=None, capacity_providers=("FARGATE_SPOT", "FARGATE")
                ),
            ),
        },
        Status.FAILED,
        f"This service states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "ENABLED on the EC2 launch type, which AWS refuses",
        {"launch_type": "EC2", "awsvpc": vpc("ENABLED"), "deployments": ()},
        Status.FAILED,
        "This service states assignPublicIp ENABLED. AWS refuses ENABLED outside Fargate, and the "
        "service has launch type 'EC2': an anomaly.",
    ),
    Row(
        "ENABLED on capacity providers that are not Fargate's",
        {
            "launch_type": None,
            "capacity_providers": ("my-asg",),
            "awsvpc": vpc("ENABLED"),
            "deployments": (),
        },
        Status.FAILED,
        "This service states assignPublicIp ENABLED. AWS refuses ENABLED outside Fargate, and the "
        "service has other capacity providers: an anomaly.",
    ),
    Row(
        "ENABLED on an old deployment on EC2",
        {"deployments": (deployment(2, "DISABLED"), old(1, "ENABLED", launch_type="EC2"))},
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/1 "
        "(1 running task) states assignPublicIp ENABLED. AWS refuses ENABLED outside Fargate, and "
        f"it has launch type 'EC2': an anomaly; {PASSES}",
    ),
    Row(
        "DISABLED on the EC2 launch type",
        {"launch_type": "EC2", "deployments": ()},
        Status.PASSED,
        "This service states assignPublicIp DISABLED.",
    ),
    Row(
        "absent, with awsvpc networking",
        {"awsvpc": vpc(None), "deployments": (deployment(1, None),)},
        Status.WARNING,
        f"This service {NO_DEFAULT}",
    ),
    Row(
        "absent in the old deployment only",
        {"deployments": (deployment(2, "DISABLED"), old(1, None))},
        Status.WARNING,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/1 "
        f"(1 running task) {NO_DEFAULT}",
    ),
    Row(
        "an undocumented value",
        {"awsvpc": vpc("AUTO"), "deployments": ()},
        Status.WARNING,
        "This service states assignPublicIp 'AUTO'. AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "an undocumented value in the old deployment",
        {"deployments": (deployment(2, "DISABLED"), old(1, "\x1b[2J"))},
        Status.WARNING,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/1 "
        r"(1 running task) states assignPublicIp '\x1b[2J'. AWS documents only ENABLED and "
        "DISABLED.",
    ),
    Row(
        "Fargate without a network configuration",
        {"awsvpc": None, "deployments": (deployment(1, None, awsvpc=None),)},
        Status.WARNING,
        f"This service {INCOMPLETE}",
    ),
    Row(
        "bridge or host networking, a daemon among them",
        {
            "awsvpc": None,
            "launch_type": "EC2",
            "deployments": (deployment(1, None, awsvpc=None, launch_type="EC2"),),
        },
        Status.NOT_APPLICABLE,
        f"This service {NO_AWSVPC}",
    ),
    Row(
        "bridge networking now, while the old deployment is awsvpc and DISABLED",
        {
            "awsvpc": None,
            "launch_type": "EC2",
            "deployments": (
                deployment(2, None, awsvpc=None, launch_type="EC2"),
                old(1, "DISABLED"),
            ),
        },
        Status.PASSED,
        f"This service {NO_AWSVPC} Its ACTIVE deployment ecs-svc/1 (1 running task) states "
        "assignPublicIp DISABLED.",
    ),
    Row(
        "a service that is being deleted",
        {"status": "DRAINING", "awsvpc": vpc("ENABLED")},
        Status.FAILED,
        "This DRAINING service (being deleted) states assignPublicIp ENABLED in its own network "
        f"configuration and DISABLED in its PRIMARY deployment. {GETS_ONE}.",
    ),
    Row(
        "a service that was deleted",
        {"status": "INACTIVE"},
        Status.PASSED,
        "This INACTIVE service (deleted) states assignPublicIp DISABLED.",
    ),
    Row(
        "a status that AWS does not document",
        {"status": "PAUSED\n"},
        Status.PASSED,
        r"This service (status 'PAUSED\n') states assignPublicIp DISABLED.",
    ),
    Row(
        "no status",
        {"status": ""},
        Status.PASSED,
        "This service (no status stated) states assignPublicIp DISABLED.",
    ),
    Row(
        "a deployment whose status and id AWS does not document",
        {"deployments": (deployment(1, "DISABLED"), old(2, "ENABLED", status="\u202eLOST"))},
        Status.FAILED,
        r"This service states assignPublicIp DISABLED. Its '\u202eLOST' deployment ecs-svc/2 "
        f"(1 running task) states assignPublicIp ENABLED. {GETS_ONE}; {PASSES}",
    ),
    Row(
        "blue/green, steady",
        {"strategy": "BLUE_GREEN", "revisions": (revision(1, "DISABLED"),)},
        Status.PASSED,
        "This service states assignPublicIp DISABLED.",
    ),
    Row(
        "blue/green under way: only a service revision shows that blue is ENABLED",
        {
            "strategy": "BLUE_GREEN",
            "revisions": (revision(1, "DISABLED"), revision(7, "ENABLED", running_count=4)),
        },
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its service revision 7 (4 running tasks) "
        f"states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "linear: blue is ENABLED in its deployment and in its revision",
        {
            "strategy": "LINEAR",
            "deployments": (deployment(1, "DISABLED"), old(7, "ENABLED")),
            "revisions": (revision(1, "DISABLED"), revision(7, "ENABLED")),
        },
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/7 "
        f"(1 running task) states assignPublicIp ENABLED. {GETS_ONE}; {PASSES}",
    ),
    Row(
        "linear: the revision of an old deployment states something else than it",
        {
            "strategy": "LINEAR",
            "deployments": (deployment(1, "DISABLED"), old(7, "DISABLED")),
            "revisions": (revision(1, "DISABLED"), revision(7, "ENABLED")),
        },
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its ACTIVE deployment ecs-svc/7 "
        "(1 running task) states assignPublicIp DISABLED in DescribeServices and ENABLED in "
        f"DescribeServiceRevisions. {GETS_ONE}; {PASSES}",
    ),
    Row(
        "canary: the newest is ENABLED, with a tenth of the traffic",
        {
            "strategy": "CANARY",
            "awsvpc": vpc("ENABLED"),
            "deployments": (deployment(2, "ENABLED"),),
            "revisions": (revision(2, "ENABLED"), revision(1, "DISABLED")),
        },
        Status.FAILED,
        f"This service states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "blue/green: the revision of the newest deployment states ENABLED, all else DISABLED",
        {"strategy": "BLUE_GREEN", "revisions": (revision(1, "ENABLED"),)},
        Status.FAILED,
        "This service states assignPublicIp DISABLED in its own network configuration and its "
        f"PRIMARY deployment, but ENABLED in its service revision. {GETS_ONE}.",
    ),
    Row(
        "blue/green: a revision states nothing",
        {"strategy": "BLUE_GREEN", "revisions": (revision(1, "DISABLED"), revision(7, None))},
        Status.WARNING,
        "This service states assignPublicIp DISABLED. Its service revision 7 (2 running tasks) "
        f"{NO_DEFAULT}",
    ),
    Row(
        "blue/green: a revision that no deployment shows could not be described",
        {"strategy": "BLUE_GREEN", "revisions": (revision(1, "DISABLED"), unseen(7))},
        Status.NOT_EVALUATED,
        "This service states assignPublicIp DISABLED. Its service revision 7 (2 running tasks) "
        f"could not be seen: {DENIED}.",
    ),
    Row(
        "blue/green: ENABLED is seen, and another revision could not be described",
        {
            "strategy": "BLUE_GREEN",
            "awsvpc": vpc("ENABLED"),
            "deployments": (),
            "revisions": (unseen(7),),
        },
        Status.FAILED,
        f"This service states assignPublicIp ENABLED. {GETS_ONE}. Its service revision 7 "
        f"(2 running tasks) could not be seen: {DENIED}.",
    ),
    Row(
        "blue/green: a revision could not be described, and its deployment shows the same",
        {"strategy": "BLUE_GREEN", "revisions": (unseen(1),)},
        Status.PASSED,
        "This service states assignPublicIp DISABLED. One service revision could not be described, "
        f"and its deployment was judged: {DENIED}.",
    ),
    Row(
        "blue/green: the answer names no revision, and tasks run",
        {"strategy": "BLUE_GREEN", "running_count": 2},
        Status.NOT_EVALUATED,
        "This service states assignPublicIp DISABLED. Its service revisions could not be seen: the "
        "answer names none, though the service has tasks.",
    ),
    Row(
        "blue/green: the answer names no revision, and nothing runs",
        {"strategy": "BLUE_GREEN", **NONE_LEFT},
        Status.PASSED,
        "This service states assignPublicIp DISABLED.",
    ),
    Row(
        "a strategy that AWS does not document yet is treated like blue/green",
        {"strategy": "SURGE", "revisions": (revision(1, "DISABLED"), revision(7, "ENABLED"))},
        Status.FAILED,
        "This service states assignPublicIp DISABLED. Its service revision 7 (2 running tasks) "
        f"states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
    Row(
        "rolling: revisions are named and were not asked for",
        {"strategy": "ROLLING", "revisions": (revision(7, None, awsvpc=None, asked=False),)},
        Status.PASSED,
        "This service states assignPublicIp DISABLED.",
    ),
    Row(
        "Express, ENABLED",
        {
            "managed_by": "ECS",
            "strategy": "CANARY",
            "awsvpc": vpc("ENABLED"),
            "deployments": (deployment(1, "ENABLED"),),
            "revisions": (revision(1, "ENABLED"),),
        },
        Status.FAILED,
        f"This Express service states assignPublicIp ENABLED. {GETS_ONE}. {EXPRESS}",
    ),
    Row(
        "Express, DISABLED",
        {"managed_by": "ECS", "strategy": "CANARY", "revisions": (revision(1, "DISABLED"),)},
        Status.PASSED,
        "This Express service states assignPublicIp DISABLED.",
    ),
    Row(
        "Express, absent",
        {
            "managed_by": "ECS",
            "strategy": "CANARY",
            "awsvpc": vpc(None),
            "deployments": (deployment(1, None),),
            "revisions": (revision(1, None),),
        },
        Status.WARNING,
        "This Express service uses awsvpc networking and states no assignPublicIp, so its subnets "
        f"decide whether its tasks get a public IPv4 address. {EXPRESS}",
    ),
    Row(
        "a deployment controller that AWS does not document is judged by what it states",
        {"deployment_controller": "OTHER", "awsvpc": vpc("ENABLED"), "deployments": ()},
        Status.FAILED,
        f"This service states assignPublicIp ENABLED. {GETS_ONE}.",
    ),
]


@pytest.fixture
def service() -> Service:
    """A rolling service on Fargate that states DISABLED, with one deployment."""
    return Service(
        arn=f"{ARN}:service/prod/api",
        name="api",
        cluster_arn=f"{ARN}:cluster/prod",
        deployment_controller="ECS",
        status="ACTIVE",
        strategy="ROLLING",
        managed_by="CUSTOMER",
        awsvpc=vpc("DISABLED"),
        launch_type="FARGATE",
        platform_version="1.4.0",
        task_definition=f"{ARN}:task-definition/api:7",
        desired_count=2,
        running_count=2,
        pending_count=0,
        created_at="2026-11-01T09:00:00Z",
        tags={"team": "payments"},
        deployments=(deployment(1, "DISABLED"),),
        evidence=("sha256:" + "0" * 64,),
    )


@pytest.fixture
def evaluate(account: Account) -> Callable[[EcsFacts], list[Finding]]:
    """The findings of the control on one account-region."""

    def findings(facts: EcsFacts) -> list[Finding]:
        return list(EcsServiceNoPublicIp().evaluate(account, "eu-west-1", RegionFacts(ecs=facts)))

    return findings


@pytest.fixture
def finding_on(
    service: Service, evaluate: Callable[[EcsFacts], list[Finding]]
) -> Callable[..., Finding]:
    """The one finding on the ordinary service with some members changed."""

    def finding(**changes: object) -> Finding:
        (found,) = evaluate(EcsFacts(services=(msgspec.structs.replace(service, **changes),)))
        return found

    return finding


@pytest.mark.parametrize("row", SPECIFICATION, ids=lambda row: row.situation)
def test_each_situation_has_its_status_and_reason(
    row: Row, finding_on: Callable[..., Finding]
) -> None:
    """Each situation ends in the status and the sentences that the table gives."""
    finding = finding_on(**row.service)

    assert (finding.status, finding.reason) == (row.status, row.reason)


@pytest.mark.parametrize("controller", ["EXTERNAL", "CODE_DEPLOY"])
def test_a_service_with_task_sets_gives_no_finding(
    controller: str, service: Service, evaluate: Callable[[EcsFacts], list[Finding]]
) -> None:
    """Its own fields repeat one task set's; the control on task sets judges each of them."""
    other = msgspec.structs.replace(
        service, deployment_controller=controller, awsvpc=vpc("ENABLED"), deployments=()
    )

    assert evaluate(EcsFacts(services=(other,))) == []


def test_a_finding_says_which_service_in_which_account(
    finding_on: Callable[..., Finding],
) -> None:
    """Everything that a reader needs to find the service is in the finding."""
    assert finding_on() == Finding(
        key=f"ecs-service-no-public-ip|111122223333|eu-west-1|{ARN}:service/prod/api",
        control_id="ecs-service-no-public-ip",
        status=Status.PASSED,
        severity=Severity.INFORMATIONAL,
        reason="This service states assignPublicIp DISABLED.",
        account=AccountRef(id="111122223333", name="payments", ou_path="r-ab12/ou-ab12-1"),
        region="eu-west-1",
        resource=Resource(
            type="AWS::ECS::Service",
            arn=f"{ARN}:service/prod/api",
            id="api",
            cluster_arn=f"{ARN}:cluster/prod",
            service_arn=f"{ARN}:service/prod/api",
            service_name="api",
            deployment_controller="ECS",
            status="ACTIVE",
            launch_type="FARGATE",
            created_at="2026-11-01T09:00:00Z",
            tags={"team": "payments"},
        ),
        observed=Observed(
            assign_public_ip="DISABLED",
            subnets=("subnet-9",),
            security_groups=("sg-9",),
            platform_version="1.4.0",
            task_definition=f"{ARN}:task-definition/api:7",
            running_count=2,
            desired_count=2,
        ),
        evidence=("sha256:" + "0" * 64,),
    )


def test_what_is_observed_is_that_of_the_deployment_that_decides(
    finding_on: Callable[..., Finding],
) -> None:
    """Subnets and groups of the old deployment, where that is the one that fails."""
    public = AwsvpcConfiguration(subnets=("subnet-public",), assign_public_ip="ENABLED")
    finding = finding_on(
        deployments=(
            deployment(2, "DISABLED"),
            old(1, None, awsvpc=public, task_definition=f"{ARN}:task-definition/api:6"),
        )
    )

    assert finding.severity is Severity.HIGH
    assert finding.observed == Observed(
        assign_public_ip="ENABLED",
        subnets=("subnet-public",),
        task_definition=f"{ARN}:task-definition/api:6",
        running_count=2,
        desired_count=2,
    )


@pytest.mark.parametrize(
    ("revisions", "word"),
    [
        ((), "not asked"),
        ((revision(1, "DISABLED"),), "agrees"),
        ((revision(1, "DISABLED"), revision(7, "ENABLED")), "differs"),
        ((revision(1, "DISABLED"), unseen(7)), "not seen"),
    ],
)
def test_corroboration_says_what_service_revisions_added(
    revisions: tuple[ServiceRevision, ...], word: str, finding_on: Callable[..., Finding]
) -> None:
    """Whether they state what the service itself states."""
    finding = finding_on(strategy="BLUE_GREEN", revisions=revisions)

    assert finding.observed.corroboration == word


def test_a_service_that_could_not_be_described_is_not_evaluated(
    evaluate: Callable[[EcsFacts], list[Finding]],
) -> None:
    """Its controller is unknown, so it may be one that this control judges."""
    arn = f"{ARN}:service/prod/web"
    why = NotCollected(status=CoverageStatus.DENIED, reason="denied", api="ecs:DescribeServices")
    dark = Unseen(
        resource_type="AWS::ECS::Service", arn=arn, cluster_arn=f"{ARN}:cluster/prod", why=why
    )

    (finding,) = evaluate(EcsFacts(unseen=(dark,)))

    assert (finding.status, finding.resource.arn) == (Status.NOT_EVALUATED, arn)
    assert finding.key == f"ecs-service-no-public-ip|111122223333|eu-west-1|{arn}"


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "a\x1b[31m\u202eb\n"])
def test_hostile_names_and_tags_are_data_and_never_part_of_a_sentence(
    hostile: str, finding_on: Callable[..., Finding]
) -> None:
    """Names and tags arrive unchanged where renderers expect them, and nowhere else."""
    finding = finding_on(name=hostile, tags={hostile: hostile})

    assert finding.resource.service_name == hostile
    assert finding.resource.tags == {hostile: hostile}
    assert finding.reason == "This service states assignPublicIp DISABLED."
