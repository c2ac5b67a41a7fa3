"""The pre-flight of a planned action: whether its tasks get out without a public address."""

from __future__ import annotations

from orgscan.aws.session import RegionSession
from orgscan.model.remediation import PlannedAction, Proof
from orgscan.remediation.actions.copying import awsvpc_of
from orgscan.remediation.preflight.interface import PreflightRequest
from orgscan.remediation.preflight.preflight import preflight


async def prove(session: RegionSession, planned: PlannedAction) -> Proof:
    """What the pre-flight says of the subnets that the tasks are to start in."""
    awsvpc, starting = awsvpc_of(planned.after), planned.starting
    made = await preflight(
        session,
        PreflightRequest(
            account_id=planned.place.account_id,
            task_definition=starting.task_definition,
            subnets=tuple(awsvpc["subnets"]),
            security_groups=tuple(awsvpc["securityGroups"]),
            tasks=starting.tasks,
            platform_version=starting.platform_version,
            execute_command=starting.execute_command,
        ),
    )
    return Proof(verdict=made.verdict, lines=made.lines)
