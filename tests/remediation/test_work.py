"""Several actions of one plan: the canary first, and no further once one fails."""

from __future__ import annotations

import copy
import errno
import os
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.errors import ConfigError, RemediationError
from orgscan.model.remediation import ActionKind, PlannedAction
from orgscan.remediation.actions.registry import ACTIONS
from orgscan.remediation.session_policy import session_policy
from orgscan.remediation.work import Worked, forward


async def test_the_second_service_waits_for_the_first_to_be_done_and_is_spared_its_failure(
    bench: Callable[..., Any],
) -> None:
    """The first never settles: it is taken back, and nothing was asked for the second."""
    at = bench()
    plan = await at.plan()
    second = msgspec.structs.replace(plan.actions[0], id="second")
    both = msgspec.structs.replace(plan, actions=(plan.actions[0], second))
    at.ecs.stuck = True
    worked_on: list[str] = []

    def hands(planned: PlannedAction) -> Any:  # noqa: ANN401 - the fixture's class
        worked_on.append(planned.id)
        return at.hands(planned)

    with at.begin(both) as journal:
        worked = await forward(journal, hands)

    assert not worked.is_done
    assert set(worked_on) == {plan.actions[0].id}


async def test_going_on_after_a_rollback_needs_another_plan(bench: Callable[..., Any]) -> None:
    """What was found unhealthy is not tried again by --resume."""
    at = bench()
    at.ecs.stuck = True
    with at.begin(await at.plan()) as journal:
        await forward(journal, at.hands)
        at.ecs.stuck = False
        calls = len(at.ecs.writes)

        again = await forward(journal, at.hands)

    assert again == Worked(False, "api: taken back, because it had been found unhealthy")
    assert len(at.ecs.writes) == calls


@pytest.mark.parametrize("length", [3, 255])
async def test_a_writing_session_can_change_one_service_and_no_other(
    bench: Callable[..., Any], length: int
) -> None:
    """Names of any length; STS takes 2,048 characters."""
    at = bench()
    planned = await at.planned()
    service = planned.place.service_arn.replace("/api", f"/{'a' * length}")
    place = msgspec.structs.replace(planned.place, service_arn=service, service_name="a" * length)
    planned = msgspec.structs.replace(planned, place=place)

    text = session_policy(planned, ACTIONS[ActionKind.REPLACE_TASK_SET].writes)

    assert len(text) <= 2_048
    first, passing = msgspec.json.decode(text)["Statement"]
    name = "a" * length if length == 3 else f"{'a' * 100}*"
    assert first == {
        "Effect": "Allow",
        "Action": [
            "ecs:CreateTaskSet",
            "ecs:UpdateTaskSet",
            "ecs:UpdateServicePrimaryTaskSet",
            "ecs:DeleteTaskSet",
            "ecs:TagResource",
        ],
        "Resource": [
            f"arn:aws:ecs:eu-west-1:111122223333:service/prod/{name}",
            f"arn:aws:ecs:eu-west-1:111122223333:task-set/prod/{name}/*",
        ],
    }
    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    }


async def test_without_its_journal_nothing_is_called(
    bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the intent is to be written: the call it announces is not made."""
    at = bench()

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with at.begin(await at.plan()) as journal:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(RemediationError, match="nothing is changed without it: No space left"):
            await forward(journal, at.hands)

    assert at.ecs.writes == []


async def test_an_allowlist_that_is_gone_permits_nothing(bench: Callable[..., Any]) -> None:
    """Deleted or broken while a plan is carried out: it stops there, and can be taken back."""
    at = bench()

    def gone() -> Any:  # noqa: ANN401 - it never returns
        raise ConfigError("the file cannot be read", where="a.yaml")

    def hands(planned: PlannedAction) -> Any:  # noqa: ANN401 - the fixture's class
        held = at.hands(planned)
        checks = msgspec.structs.replace(held.checks, allowlist=gone)
        return msgspec.structs.replace(held, checks=checks)

    with at.begin(await at.plan()) as journal:
        worked = await forward(journal, hands)

    assert worked == Worked(
        False,
        "api: ecs:CreateTaskSet was not called: the allowlist cannot be read now: a.yaml: the file "
        "cannot be read",
    )
    assert at.ecs.writes == []


async def test_two_public_sets_of_one_service_are_replaced_one_after_the_other(
    bench: Callable[..., Any],
) -> None:
    """What the first change made is this plan's own, and disturbs the second one in nothing."""
    at = bench()
    canary = copy.deepcopy(at.ecs.sets[0]) | {
        "id": "ecs-svc/1000000000000000002",
        "taskSetArn": f"{at.ecs.sets[0]['taskSetArn'][:-1]}2",
        "status": "ACTIVE",
    }
    at.ecs.sets.append(canary)
    first = await at.planned()
    at.place = msgspec.structs.replace(at.place, resource_arn=canary["taskSetArn"])
    second = await at.planned()
    both = msgspec.structs.replace(await at.plan(), actions=(first, second))

    with at.begin(both) as journal:
        worked = await forward(journal, at.hands_of)

    assert worked == Worked(True)
    assert sorted(
        (one["status"], one["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"])
        for one in at.ecs.sets
        if one["status"] != "DRAINING"
    ) == [("ACTIVE", "DISABLED"), ("PRIMARY", "DISABLED")]
