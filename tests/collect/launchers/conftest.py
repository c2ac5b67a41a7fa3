"""An account-region whose answers are given beforehand, in the form botocore gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec
import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.session import RegionSession

T = TypeVar("T")


class CannedSession(RegionSession):
    """Answers each API's calls one after the other; a failure among the answers is raised.

    Attributes:
        asked: what was called, with the parameters, in order.
    """

    def __init__(self, answers: dict[str, list[object]]) -> None:
        """Take the answers by API, such as `events:ListRules`; the last one is repeated."""
        self.region = "eu-west-1"
        self.api_calls = 0
        self.asked: list[tuple[str, Parameters]] = []
        self._answers: dict[str, Iterator[object]] = {
            api: iter(given) for api, given in answers.items()
        }
        self._count: dict[str, int] = defaultdict(int)

    async def call(self, operation: Operation[T], parameters: Parameters) -> Reply[T]:
        """The next answer, read as the engine reads it."""
        self.asked.append((operation.api, parameters))
        self._count[operation.api] += 1
        answer = next(self._answers[operation.api])
        if isinstance(answer, CallFailed):
            raise answer
        digest = f"sha256:{operation.api} {self._count[operation.api]}"
        return Reply(msgspec.convert(answer, operation.reply, strict=False), digest)


@pytest.fixture
def canned() -> Callable[..., CannedSession]:
    """Makes such an account-region: `canned({"events:ListRules": [{...}, {...}]})`."""
    return CannedSession


@pytest.fixture
def denied() -> Callable[[str], CallFailed]:
    """A denial of an API."""

    def make(api: str) -> CallFailed:
        return CallFailed(FailureKind.DENIED, api=api, code="AccessDeniedException", status=403)

    return make


@pytest.fixture
def ecs_parameters() -> dict[str, Any]:
    """`EcsParameters` of public tasks on Fargate."""
    awsvpc = {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}
    return {
        "TaskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/app:1",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"awsvpcConfiguration": awsvpc},
    }
