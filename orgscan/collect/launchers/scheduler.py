"""EventBridge Scheduler: ListSchedules, then GetSchedule where the target may be ECS.

A schedule starts tasks by a templated target (the cluster's ARN with `EcsParameters`), or by the
universal target of RunTask, whose input is the request itself.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

from __future__ import annotations

from msgspec.structs import replace

from orgscan.aws.session import RegionSession
from orgscan.collect.launchers.describing import complete_all
from orgscan.collect.launchers.interface import Collector, Gathered
from orgscan.collect.launchers.request import plain_request
from orgscan.collect.launchers.run_task import NO_PARAMETERS, is_ecs, launch_of
from orgscan.collect.launchers.scheduler_operations import (
    GET_SCHEDULE,
    LIST_SCHEDULES,
    ScheduleSummaryShape,
    TargetShape,
)
from orgscan.collect.listing import list_all
from orgscan.model.launcher import Launcher, LauncherKind

_PAGE = 100
_UNIVERSAL = ":scheduler:::aws-sdk:ecs:runtask"


async def gather(session: RegionSession) -> Gathered:
    """The schedules of every group that start ECS tasks."""
    listed = await list_all(
        session,
        LIST_SCHEDULES,
        {"MaxResults": _PAGE},
        cursor_member="NextToken",
        page=lambda page: (page.schedules, page.next_token),
    )
    groups = {}
    schedules = []
    for shape, digest in listed.items:
        target = shape.target.arn if shape.target else None
        if is_ecs(target) or _is_universal(target):
            schedule = _schedule(shape, digest)
            groups[schedule.arn] = shape.group_name
            schedules.append(schedule)

    async def complete(schedule: Launcher) -> Launcher | None:
        return await _with_target(session, groups[schedule.arn], schedule)

    done = await complete_all(schedules, complete)
    return Gathered(done.launchers, listed.missing + done.missing)


def _is_universal(target: str | None) -> bool:
    return (target or "").lower().endswith(_UNIVERSAL)


def _schedule(shape: ScheduleSummaryShape, digest: str) -> Launcher:
    return Launcher(
        kind=LauncherKind.SCHEDULE,
        arn=shape.arn or f"schedule/{shape.group_name or 'default'}/{shape.name}",
        name=shape.name,
        state=shape.state,
        evidence=(digest,),
    )


async def _with_target(
    session: RegionSession, group: str | None, schedule: Launcher
) -> Launcher | None:
    parameters = {"Name": schedule.name} | ({"GroupName": group} if group else {})
    reply = await session.call(GET_SCHEDULE, parameters)
    state = reply.data.state or schedule.state
    whole = replace(schedule, state=state, evidence=(reply.digest,))
    target = reply.data.target
    if target is None or not target.arn:
        return replace(whole, unreadable="shows no target in AWS's answer")
    return _with_launch(whole, target)


def _with_launch(schedule: Launcher, target: TargetShape) -> Launcher | None:
    if _is_universal(target.arn):
        return replace(schedule, launches=(plain_request(target.input),))
    if not is_ecs(target.arn):
        return None
    if target.ecs_parameters is None:
        return replace(schedule, unreadable=NO_PARAMETERS)
    return replace(schedule, launches=(launch_of(target.ecs_parameters, cluster=target.arn),))


SCHEDULER = Collector(
    name="launchers.scheduler",
    about="EventBridge Scheduler schedules, in every group",
    operations=(LIST_SCHEDULES, GET_SCHEDULE),
    gather=gather,
)
