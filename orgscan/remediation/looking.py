"""A pre-flight on its own: one account-region, by the read role, without a plan."""

from __future__ import annotations

import re

from orgscan.aws.engine import Limits
from orgscan.aws.entrance import entrance
from orgscan.aws.session import RegionSession
from orgscan.config.settings import Settings
from orgscan.errors import RemediationError
from orgscan.model.organization import ACTIVE, Account
from orgscan.remediation.preflight.interface import Preflight, PreflightRequest
from orgscan.remediation.preflight.preflight import preflight

_TASK_DEFINITION = re.compile(
    r"arn:[a-z-]+:ecs:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):task-definition/[\w-]+:\d+",
    re.ASCII,
)


def place_of(task_definition: str) -> tuple[str, str]:
    """Account and region of a task definition's ARN.

    Raises:
        RemediationError: it is none, or has no revision.
    """
    found = _TASK_DEFINITION.fullmatch(task_definition)
    if found is None:
        raise RemediationError(
            f"{task_definition!r} is not the ARN of a task definition with its revision",
            mend="Give it as arn:aws:ecs:REGION:ACCOUNT:task-definition/FAMILY:REVISION",
        )
    return found["account"], found["region"]


async def look(settings: Settings, request: PreflightRequest) -> Preflight:
    """The pre-flight, in the account-region of the task definition. Changes nothing.

    Args:
        settings: the read role and what goes with it.
        request: what is to start, and where.

    Raises:
        RemediationError: the task definition is not named by its ARN.
        CallerError: there are no credentials, or AWS does not accept them.
    """
    account_id, region = place_of(request.task_definition)
    account = Account(id=account_id, name="", state=ACTIVE, ou_path="", is_management=False)
    async with entrance(settings, Limits()) as way_in:
        source = way_in.sources(settings, "orgscan-preflight")(account, None)
        return await preflight(RegionSession(way_in.engine, source, region), request)
