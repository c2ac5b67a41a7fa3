"""The pre-flight: read, then judge."""

from __future__ import annotations

from orgscan.aws.session import RegionSession
from orgscan.remediation.preflight.interface import Preflight, PreflightRequest
from orgscan.remediation.preflight.judge import judge
from orgscan.remediation.preflight.read import read


async def preflight(session: RegionSession, request: PreflightRequest) -> Preflight:
    """Whether tasks get out of their subnets without a public address. Changes nothing.

    What cannot be read makes checks UNPROVEN; it raises nothing.

    Args:
        session: the account-region that the tasks run in.
        request: what is to start, and where.
    """
    return judge(await read(session, request), request)
