"""The EventBridge Scheduler reads, with the members that are used, by AWS's own names."""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.collect.launchers.run_task import EcsParametersShape

# Starts low and finds out: AWS lets accounts have it raised, so no figure holds for all.
_READ = Bucket("scheduler read", burst=20, rate=10, ceiling=50)


class TargetSummaryShape(msgspec.Struct, rename="pascal"):
    """`TargetSummary`."""

    arn: str | None = None


class ScheduleSummaryShape(msgspec.Struct, rename="pascal"):
    """`ScheduleSummary`; the model requires none of its members."""

    arn: str | None = None
    group_name: str | None = None
    name: str = ""
    state: str | None = None
    target: TargetSummaryShape | None = None


class ListSchedulesReply(msgspec.Struct, rename="pascal"):
    """scheduler:ListSchedules."""

    schedules: list[ScheduleSummaryShape] = []
    next_token: str | None = None


class TargetShape(msgspec.Struct, rename="pascal"):
    """`Target`; `input` may hold anything, secrets too, and is read for RunTask's members only."""

    arn: str | None = None
    ecs_parameters: EcsParametersShape | None = None
    input: str | None = None


class GetScheduleReply(msgspec.Struct, rename="pascal"):
    """scheduler:GetSchedule."""

    state: str | None = None
    target: TargetShape | None = None


LIST_SCHEDULES = Operation(
    service="scheduler", name="ListSchedules", reply=ListSchedulesReply, bucket=_READ
)
GET_SCHEDULE = Operation(
    service="scheduler", name="GetSchedule", reply=GetScheduleReply, bucket=_READ
)
