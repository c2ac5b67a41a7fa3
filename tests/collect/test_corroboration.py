"""Task sets are asked for by id as a second source, for as long as that may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.collect.ecs import collect_ecs
from orgscan.model.ecs import Corroboration, EcsFacts
from orgscan.model.outcome import Collected

ARN = "arn:aws:ecs:eu-west-1:111122223333"
CLUSTER = f"{ARN}:cluster/prod"
BY_ID = "ecs:DescribeTaskSets"


def _service(name: str) -> dict[str, object]:
    task_set = {
        "id": f"ecs-svc/{name}",
        "taskSetArn": f"{ARN}:task-set/prod/{name}/ecs-svc/{name}",
        "status": "PRIMARY",
        "networkConfiguration": {"awsvpcConfiguration": {"assignPublicIp": "DISABLED"}},
    }
    return {
        "serviceArn": f"{ARN}:service/prod/{name}",
        "serviceName": name,
        "clusterArn": CLUSTER,
        "deploymentController": {"type": "EXTERNAL"},
        "status": "ACTIVE",
        "taskSets": [task_set],
    }


ANSWERS: dict[str, list[object]] = {
    "ecs:ListClusters": [{"clusterArns": [CLUSTER]}],
    "ecs:ListServices": [{"serviceArns": [f"{ARN}:service/prod/{name}" for name in "abc"]}],
    "ecs:DescribeServices": [{"services": [_service(name) for name in "abc"]}],
}


def _corroborations(outcome: object) -> list[Corroboration]:
    assert isinstance(outcome, Collected)
    assert isinstance(outcome.facts, EcsFacts)
    return [service.task_sets[0].corroboration for service in outcome.facts.services]


async def test_without_time_for_it_no_set_is_asked_for(canned: Callable[..., Any]) -> None:
    """The sets are there all the same, as DescribeServices shows them."""
    session = canned(ANSWERS)
    outcome = await collect_ecs(session, corroborate_seconds=0.0)

    assert _corroborations(outcome) == [Corroboration()] * 3
    assert BY_ID not in {api for api, _ in session.asked}


async def test_what_the_time_is_too_short_for_is_not_asked_and_nothing_is_lost(
    canned: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer counts; the second never comes, and the sets after it are as they were."""
    session = canned({**ANSWERS, BY_ID: [{"taskSets": [{"id": "ecs-svc/a"}]}]})
    answer = session.call

    async def call(operation: Any, parameters: Any) -> Any:  # noqa: ANN401 - as the session's own
        if operation.api == BY_ID and parameters["taskSets"] != ["ecs-svc/a"]:
            await asyncio.Event().wait()
        return await answer(operation, parameters)

    monkeypatch.setattr(session, "call", call)
    outcome = await collect_ecs(session, corroborate_seconds=0.2)

    assert _corroborations(outcome) == [
        Corroboration(asked=True, seen=True),
        Corroboration(),
        Corroboration(),
    ]
