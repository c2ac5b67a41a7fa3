"""Amazon EventBridge Scheduler: schedules, by templated and by universal targets."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.launchers import (
    arn,
    ecs_parameters,
    launchers,
    one_page,
    run_task_request,
)
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.launcher_recipes import UNIVERSAL, Kind
from orgscan.simulator.world.launchers import Launcher


class _ListSchedules(msgspec.Struct, rename="pascal"):
    max_results: int = 100
    next_token: str | None = None
    schedule_group: str | None = None
    name_prefix: str = ""
    state: str | None = None


class _GetSchedule(msgspec.Struct):
    name: str = msgspec.field(name="Name")
    group: str = msgspec.field(name="groupName", default="default")


def list_schedules(call: Call, request: _ListSchedules) -> Tree:
    """Of every group, with the ARN of each target and no more of it."""
    schedules: list[Tree] = [
        {**_head(one), "Target": {"Arn": _target_arn(call, one)}}
        for one in launchers(call, Kind.SCHEDULE)
        if request.schedule_group in {None, one.parent}
        and request.state in {None, one.state}
        and one.name.startswith(request.name_prefix)
    ]
    listing = f"schedules {request.schedule_group} {request.state} {request.name_prefix}"
    page, token = one_page(call, schedules, request.next_token, request.max_results, listing)
    answer: dict[str, Tree] = {"Schedules": page}
    return answer if token is None else answer | {"NextToken": token}


def get_schedule(call: Call, request: _GetSchedule) -> Tree:
    """Names are unique in their group only."""
    for one in launchers(call, Kind.SCHEDULE):
        if (one.name, one.parent) == (request.name, request.group):
            return {
                **_head(one),
                "ScheduleExpression": "cron(0 3 * * ? *)",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": _target(call, one),
            }
    message = f"Schedule {request.name} does not exist."
    raise Refusal("ResourceNotFoundException", message, 404)


def _head(schedule: Launcher) -> dict[str, Tree]:
    return {
        "Arn": schedule.arn,
        "Name": schedule.name,
        "GroupName": schedule.parent,
        "State": schedule.state,
        "CreationDate": schedule.created,
    }


def _target_arn(call: Call, schedule: Launcher) -> str:
    if schedule.recipe.form == UNIVERSAL:
        return f"arn:{call.scenario.partition}:scheduler:::aws-sdk:ecs:runTask"
    return schedule.cluster_arn if schedule.places else arn(call, "lambda", "function:nightly")


def _target(call: Call, schedule: Launcher) -> Tree:
    target: dict[str, Tree] = {
        "Arn": _target_arn(call, schedule),
        "RoleArn": f"arn:{call.scenario.partition}:iam::{call.account}:role/scheduler",
    }
    for place in schedule.places:
        if schedule.recipe.form == UNIVERSAL:
            request = run_task_request(schedule, place)
            target["Input"] = msgspec.json.encode(request).decode()
        else:
            target["EcsParameters"] = ecs_parameters(schedule, place)
    return target


OPERATIONS = (
    Operation("ListSchedules", _ListSchedules, list_schedules),
    Operation("GetSchedule", _GetSchedule, get_schedule),
)
