"""A service as it is now, read anew before every decision."""

from __future__ import annotations

import math

import msgspec

from orgscan.aws.session import RegionSession
from orgscan.model.remediation import Place, Shape, Starting
from orgscan.remediation.operations import DESCRIBE_SERVICES, DESCRIBE_TASK_SETS

ACTIVE = frozenset({"Created", "Queued", "InProgress", "Baking", "Ready"})
"""What a CodeDeploy deployment is called while it is under way."""

MARKER = "orgscan:action"
"""The tag on every task set that orgscan made; its value is the token of the call that made it."""


class SetState(msgspec.Struct, frozen=True):
    """A task set, by what decisions rest on; `shape` is all of it."""

    shape: Shape

    @property
    def id(self) -> str:
        """`ecs-svc/` and a number."""
        return str(self.shape.get("id", ""))

    @property
    def status(self) -> str:
        """PRIMARY, ACTIVE or DRAINING."""
        return str(self.shape.get("status", ""))

    @property
    def is_primary(self) -> bool:
        """Whether it serves."""
        return self.status == "PRIMARY"

    @property
    def is_draining(self) -> bool:
        """Whether it is going, and nothing can be asked of it any more."""
        return self.status == "DRAINING"

    @property
    def scale(self) -> float:
        """In percent of the service's desired count."""
        return float((self.shape.get("scale") or {}).get("value") or 0.0)

    @property
    def computed(self) -> int:
        """How many tasks AWS has worked out that it is to have."""
        return int(self.shape.get("computedDesiredCount") or 0)

    @property
    def running(self) -> int:
        """How many of its tasks run."""
        return int(self.shape.get("runningCount") or 0)

    @property
    def pending(self) -> int:
        """How many of its tasks are starting."""
        return int(self.shape.get("pendingCount") or 0)

    @property
    def is_steady(self) -> bool:
        """What AWS calls steady; alone it says nothing, since a set at 0 % is steady at once."""
        return self.shape.get("stabilityStatus") == "STEADY_STATE"

    @property
    def marker(self) -> str:
        """The token of the call that made it, if orgscan did."""
        tags = self.shape.get("tags") or ()
        return next((tag.get("value", "") for tag in tags if tag.get("key") == MARKER), "")

    @property
    def target_groups(self) -> tuple[str, ...]:
        """ARNs of the target groups that its tasks are registered in."""
        found = (one.get("targetGroupArn") for one in self.shape.get("loadBalancers") or ())
        return tuple(arn for arn in found if arn)

    def has_reached(self, scale: float, desired: int) -> bool:
        """Whether a scale is seen, the count worked out from it, and as many tasks run.

        Each of these lags behind the one before.

        Args:
            scale: in percent.
            desired: the service's desired count.
        """
        expected = expected_count(scale, desired)
        return (
            self.scale == scale
            and self.computed == expected
            and self.pending == 0
            and self.running >= expected
        )

    def is_settled(self, scale: float, desired: int) -> bool:
        """As `has_reached`, and AWS calls it steady too."""
        return self.has_reached(scale, desired) and self.is_steady


def expected_count(scale: float, desired: int) -> int:
    """ECS rounds up; the product is rounded first, so that 100 % of 3 stays 3."""
    return math.ceil(round(desired * scale / 100.0, 6))


class Releases(msgspec.Struct, frozen=True, kw_only=True):
    """The CodeDeploy side of a service.

    Attributes:
        application: its name; `group` that of the deployment group.
        group_info: `DeploymentGroupInfo`.
        deployments: `DeploymentInfo` of every deployment since the one that made the primary set.
        appspec: the AppSpec that serves now; None where there is none, as for a service's first.
        source: where that AppSpec comes from, for a person.
        unreadable: why the AppSpec could not be read; empty where it could.
    """

    application: str
    group: str
    group_info: Shape
    deployments: tuple[Shape, ...] = ()
    appspec: Shape | None = None
    source: str = ""
    unreadable: str = ""

    @property
    def active(self) -> Shape | None:
        """The deployment under way; CodeDeploy has one a group at most."""
        return next((one for one in self.deployments if one.get("status") in ACTIVE), None)

    def made_by(self, token: str) -> Shape | None:
        """The deployment that a call with this token made, by its description."""
        return next((one for one in self.deployments if token in str(one.get("description"))), None)


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """A service, all of it.

    Attributes:
        service: as DescribeServices shows it; None where it is gone.
        sets: its task sets with their tags, DRAINING ones included.
        healthy: by id, how many tasks of a set that is behind a target group are healthy there;
            None where nobody asked.
        releases: what CodeDeploy has to do with it; None under the other controllers.
        digest: of the answer.
    """

    service: Shape | None
    sets: tuple[SetState, ...] = ()
    healthy: dict[str, int] = {}
    releases: Releases | None = None
    digest: str = ""

    @property
    def controller(self) -> str:
        """ECS where the answer names none: that is how AWS says so."""
        return str(((self.service or {}).get("deploymentController") or {}).get("type") or "ECS")

    @property
    def is_active(self) -> bool:
        """Whether the service is there and takes changes."""
        return self.service is not None and self.service.get("status") == "ACTIVE"

    @property
    def desired(self) -> int:
        """How many tasks the service is to have."""
        return int((self.service or {}).get("desiredCount") or 0)

    def starting(self, of: Shape, tasks: int) -> Starting:
        """The tasks that start where a set or service is rolled out once more."""
        return Starting(
            task_definition=str(of.get("taskDefinition", "")),
            tasks=tasks,
            platform_version=of.get("platformVersion"),
            execute_command=bool((self.service or {}).get("enableExecuteCommand")),
        )

    @property
    def primary(self) -> SetState | None:
        """The set that serves."""
        return next((one for one in self.sets if one.is_primary), None)

    def set_of(self, id_or_arn: str) -> SetState | None:
        """A set by its id or its ARN."""
        known = (one for one in self.sets if id_or_arn in {one.id, one.shape.get("taskSetArn")})
        return next(known, None)

    def made_by(self, token: str) -> SetState | None:
        """The set that a call with this token made."""
        return next((one for one in self.sets if one.marker == token), None)


async def read_service(session: RegionSession, place: Place) -> Live:
    """The service, and for the EXTERNAL controller its task sets by id, for their tags.

    Raises:
        CallFailed: it could not be read.
    """
    reply = await session.call(
        DESCRIBE_SERVICES,
        {"cluster": place.cluster_arn, "services": [place.service_arn], "include": ["TAGS"]},
    )
    found = [one for one in reply.data.services if one.get("serviceArn") == place.service_arn]
    if not found:
        return Live(service=None, digest=reply.digest)
    shown = list(found[0].get("taskSets") or ())
    live = Live(service=found[0], sets=_states(shown), digest=reply.digest)
    if live.controller != "EXTERNAL" or not shown:
        return live
    tagged = await session.call(
        DESCRIBE_TASK_SETS,
        {
            "cluster": place.cluster_arn,
            "service": place.service_arn,
            "taskSets": [one.id for one in live.sets],
            "include": ["TAGS"],
        },
    )
    by_id = {one.get("id"): one for one in tagged.data.task_sets}
    # One that has gone in between is as DescribeServices showed it.
    return msgspec.structs.replace(
        live, sets=_states([by_id.get(one.get("id"), one) for one in shown])
    )


def _states(shapes: list[Shape]) -> tuple[SetState, ...]:
    return tuple(SetState(shape) for shape in shapes)
