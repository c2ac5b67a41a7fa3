"""Step Functions: ListStateMachines, then each machine's definition."""

from __future__ import annotations

from msgspec.structs import replace

from orgscan.aws.failure import CallFailed
from orgscan.aws.session import RegionSession
from orgscan.collect.launchers.asl import read_definition
from orgscan.collect.launchers.describing import complete_all
from orgscan.collect.launchers.interface import Collector, Gathered
from orgscan.collect.launchers.states_operations import (
    DESCRIBE_STATE_MACHINE,
    LIST_STATE_MACHINES,
)
from orgscan.collect.listing import list_all
from orgscan.model.launcher import Launcher, LauncherKind

_PAGE = 1000
_ENCRYPTED = (
    "has a definition that is encrypted with a customer managed key, which AWS did not use for the "
    "read role (kms:Decrypt)"
)
_NOT_DECRYPTED = frozenset({"KmsAccessDeniedException", "KmsInvalidStateException"})


async def gather(session: RegionSession) -> Gathered:
    """The state machines that start ECS tasks, and those whose definition does not tell."""
    listed = await list_all(
        session,
        LIST_STATE_MACHINES,
        {"maxResults": _PAGE},
        cursor_member="nextToken",
        page=lambda page: (page.state_machines, page.next_token),
    )

    async def complete(machine: Launcher) -> Launcher | None:
        return await _with_definition(session, machine)

    machines = [
        Launcher(
            kind=LauncherKind.STATE_MACHINE,
            arn=shape.state_machine_arn,
            name=shape.name or shape.state_machine_arn.rpartition(":")[2],
            evidence=(digest,),
        )
        for shape, digest in listed.items
    ]
    done = await complete_all(machines, complete)
    return Gathered(done.launchers, listed.missing + done.missing)


async def _with_definition(session: RegionSession, machine: Launcher) -> Launcher | None:
    try:
        reply = await session.call(DESCRIBE_STATE_MACHINE, {"stateMachineArn": machine.arn})
    except CallFailed as failed:
        if failed.code in _NOT_DECRYPTED:
            return replace(machine, unreadable=_ENCRYPTED)
        raise
    definition = read_definition(reply.data.definition or "")
    if not definition.launches and not definition.unreadable:
        return None
    return replace(
        machine,
        state=reply.data.status,
        launches=definition.launches,
        unreadable=definition.unreadable,
        evidence=(reply.digest,),
    )


STATES = Collector(
    name="launchers.states",
    about="Step Functions state machines",
    operations=(LIST_STATE_MACHINES, DESCRIBE_STATE_MACHINE),
    gather=gather,
)
