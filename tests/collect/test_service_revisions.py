"""Service revisions are asked for where deployments may not show everything, and only there."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.session import RegionSession
from orgscan.collect.ecs_operations import DescribeServiceRevisionsReply
from orgscan.collect.service_revisions import with_service_revisions
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import AwsvpcConfiguration, Deployment, Service, ServiceRevision

ARN = "arn:aws:ecs:eu-west-1:111122223333"
PUBLIC = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}


def arn(number: int) -> str:
    """Of a service revision."""
    return f"{ARN}:service-revision/prod/api/{number}"


def service(*numbers: int, **more: Any) -> Service:  # noqa: ANN401 - any member
    """A blue/green service with these revisions, two tasks each, or as `more` says."""
    given = {
        "deployment_controller": "ECS",
        "strategy": "BLUE_GREEN",
        "revisions": tuple(
            ServiceRevision(arn=arn(number), desired_count=2, running_count=2, pending_count=0)
            for number in numbers
        ),
        "evidence": ("sha256:service",),
    }
    return Service(
        arn=f"{ARN}:service/prod/api",
        name="api",
        cluster_arn=f"{ARN}:cluster/prod",
        status="ACTIVE",
        **{**given, **more},
    )


class Fake:
    """Answers DescribeServiceRevisions: ENABLED for all but what is gone, refused or silent."""

    def __init__(
        self, *, gone: tuple[int, ...] = (), refused: tuple[int, ...] = (), silent: bool = False
    ) -> None:
        self.asked: list[list[str]] = []
        self._gone = {arn(number) for number in gone}
        self._refused = {arn(number) for number in refused}
        self._silent = silent

    async def call(
        self, operation: Operation[Any], parameters: Parameters
    ) -> Reply[DescribeServiceRevisionsReply]:
        """One call."""
        named: list[str] = parameters["serviceRevisionArns"]
        self.asked.append(named)
        if self._refused.intersection(named):
            raise CallFailed(
                FailureKind.DENIED, api=operation.api, code="AccessDeniedException", message="no"
            )
        shown = [one for one in named if one not in self._gone and not self._silent]
        missing = [] if self._silent else [one for one in named if one in self._gone]
        body = {
            "serviceRevisions": [
                {"serviceRevisionArn": one, "launchType": "FARGATE", "networkConfiguration": PUBLIC}
                for one in shown
            ],
            "failures": [{"arn": one, "reason": "MISSING"} for one in missing],
        }
        return Reply(msgspec.convert(body, DescribeServiceRevisionsReply), "sha256:revisions")

    @property
    def session(self) -> RegionSession:
        """As the collector takes it."""
        return cast(RegionSession, self)


async def test_each_revision_that_holds_tasks_is_described() -> None:
    """What it states joins the counts that DescribeServices gave, and the answer is evidence."""
    fake = Fake()

    (told,), missing = await with_service_revisions(fake.session, (service(1),))

    assert missing is None
    assert fake.asked == [[arn(1)]]
    assert told.evidence == ("sha256:service", "sha256:revisions")
    assert told.revisions == (
        ServiceRevision(
            arn=arn(1),
            awsvpc=AwsvpcConfiguration(subnets=("subnet-1",), assign_public_ip="ENABLED"),
            launch_type="FARGATE",
            desired_count=2,
            running_count=2,
            pending_count=0,
            asked=True,
        ),
    )


@pytest.mark.parametrize(
    "silent_service",
    [
        service(1, strategy="ROLLING"),
        service(1, strategy=None),
        service(1, deployment_controller="CODE_DEPLOY"),
        service(1, deployment_controller="EXTERNAL", managed_by="ECS"),
        service(),
        service(
            revisions=(
                ServiceRevision(arn=arn(1), desired_count=0, running_count=0, pending_count=0),
            )
        ),
        service(revisions=(ServiceRevision(arn="", running_count=1),)),
    ],
)
async def test_nothing_is_asked_where_deployments_or_task_sets_show_all(
    silent_service: Service,
) -> None:
    """Rolling services, those with task sets, and revisions without tasks cost no call."""
    fake = Fake()

    told, missing = await with_service_revisions(fake.session, (silent_service,))

    assert (told, missing, fake.asked) == ((silent_service,), None, [])


@pytest.mark.parametrize(
    "more",
    [
        {"strategy": "LINEAR"},
        {"strategy": "CANARY"},
        {"strategy": "A_NEW_ONE"},
        {"strategy": None, "managed_by": "ECS"},
        {"revisions": (ServiceRevision(arn=arn(1)),)},
    ],
)
async def test_whatever_may_run_by_more_than_is_shown_is_asked(more: dict[str, Any]) -> None:
    """Every strategy but rolling, Express services, and revisions that do not say their tasks."""
    fake = Fake()

    await with_service_revisions(fake.session, (service(1, **more),))

    assert fake.asked == [[arn(1)]]


async def test_twenty_revisions_fit_into_a_call_whatever_service_they_are_of() -> None:
    """Each is asked once."""
    fake = Fake()
    services = (service(*range(15)), service(*range(15, 41)), service(1))

    told, missing = await with_service_revisions(fake.session, services)

    assert [len(named) for named in fake.asked] == [20, 20, 1]
    assert missing is None
    assert all(revision.asked for one in told for revision in one.revisions)


async def test_a_denied_call_is_missing_and_loses_nothing_else() -> None:
    """After one batch is denied one by one, no other is; the services stay as they were."""
    fake = Fake(refused=tuple(range(50)))
    services = (service(*range(45)),)

    (told,), missing = await with_service_revisions(fake.session, services)

    assert [len(named) for named in fake.asked] == [20, *[1] * 20, 20, 5]
    assert missing is not None
    assert missing.status is CoverageStatus.DENIED
    assert missing.api == "ecs:DescribeServiceRevisions"
    assert missing.reason.startswith("45 service revisions could not be described: ")
    assert {revision.unseen for revision in told.revisions} == {
        "ecs:DescribeServiceRevisions: denied, and AWS gives no reason; check the role's policy"
    }
    assert told.evidence == ("sha256:service",)


async def test_one_denied_revision_costs_no_other_its_answer() -> None:
    """Permissions can name revisions; the rest of the batch is asked again singly."""
    fake = Fake(refused=(2,))

    (told,), missing = await with_service_revisions(fake.session, (service(1, 2, 3),))

    assert fake.asked == [[arn(1), arn(2), arn(3)], [arn(1)], [arn(2)], [arn(3)]]
    assert [bool(one.unseen) for one in told.revisions] == [False, True, False]
    assert missing is not None
    assert missing.reason.startswith("1 service revision could not be described: ")


@pytest.mark.parametrize(("fake", "code"), [(Fake(gone=(1,)), "MISSING"), (Fake(silent=True), "")])
async def test_a_revision_that_the_answer_leaves_out_is_missing(fake: Fake, code: str) -> None:
    """By an entry in `failures[]`, or in silence."""
    (told,), missing = await with_service_revisions(fake.session, (service(1),))

    why = (
        f"ecs:DescribeServiceRevisions answered without it ({code or 'no reason given'}); "
        "AWS describes no service revision made before 2024-10-25"
    )
    assert told.revisions[0].unseen == why
    assert missing is not None
    assert (missing.error_code, missing.reason) == (
        code,
        f"1 service revision could not be described: {why}",
    )


async def test_a_revision_too_old_to_be_described_is_made_good_by_its_deployment() -> None:
    """The deployment whose id ends with the same number states the same."""
    shown = Deployment(id="ecs-svc/1", status="PRIMARY")

    (told,), missing = await with_service_revisions(
        Fake(gone=(1,)).session, (service(1, deployments=(shown,)),)
    )

    assert told.revisions[0].unseen != ""
    assert missing is None
