"""EventBridge Pipes: ListPipes, then DescribePipe where the target may be an ECS cluster."""

from __future__ import annotations

from msgspec.structs import replace

from orgscan.aws.session import RegionSession
from orgscan.collect.launchers.describing import complete_all
from orgscan.collect.launchers.interface import Collector, Gathered
from orgscan.collect.launchers.pipes_operations import DESCRIBE_PIPE, LIST_PIPES, PipeShape
from orgscan.collect.launchers.run_task import NO_PARAMETERS, is_ecs, launch_of
from orgscan.collect.listing import list_all
from orgscan.model.launcher import Launcher, LauncherKind

_PAGE = 100


async def gather(session: RegionSession) -> Gathered:
    """The pipes that start ECS tasks."""
    listed = await list_all(
        session,
        LIST_PIPES,
        {"Limit": _PAGE},
        cursor_member="NextToken",
        page=lambda page: (page.pipes, page.next_token),
    )

    async def complete(pipe: Launcher) -> Launcher | None:
        return await _with_target(session, pipe)

    pipes = [_pipe(shape, digest) for shape, digest in listed.items if is_ecs(shape.target)]
    done = await complete_all(pipes, complete)
    return Gathered(done.launchers, listed.missing + done.missing)


def _pipe(shape: PipeShape, digest: str) -> Launcher:
    return Launcher(
        kind=LauncherKind.PIPE,
        arn=shape.arn or f"pipe/{shape.name}",
        name=shape.name,
        state=shape.desired_state,
        evidence=(digest,),
    )


async def _with_target(session: RegionSession, pipe: Launcher) -> Launcher | None:
    reply = await session.call(DESCRIBE_PIPE, {"Name": pipe.name})
    shape = reply.data
    whole = replace(pipe, state=shape.desired_state or pipe.state, evidence=(reply.digest,))
    if not shape.target:
        return replace(whole, unreadable="shows no target in AWS's answer")
    if not is_ecs(shape.target):
        return None
    parameters = shape.target_parameters.ecs_task_parameters if shape.target_parameters else None
    if parameters is None:
        return replace(whole, unreadable=NO_PARAMETERS)
    return replace(whole, launches=(launch_of(parameters, cluster=shape.target),))


PIPES = Collector(
    name="launchers.pipes",
    about="EventBridge Pipes",
    operations=(LIST_PIPES, DESCRIBE_PIPE),
    gather=gather,
)
