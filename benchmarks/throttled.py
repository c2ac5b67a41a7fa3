"""A large account-region under AWS's documented token buckets: what is refused, lost and waited.

`python -m benchmarks.throttled [--services N]` reads the same account-region in three ways, each
in a process of its own and against a server of its own, all at the same time: by orgscan's engine
and its pacing, and by ordinary aiobotocore clients with botocore's retry modes `adaptive` and
`standard`, which walk the same way and make the same calls. The server counts what it refuses.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import xform_name
from botocore.exceptions import ClientError

from benchmarks.calls import Held
from benchmarks.serving import in_child, serving
from orgscan.aws.caller import open_session
from orgscan.aws.credentials import Credentials
from orgscan.aws.engine import Engine, Limits
from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.session import RegionSession
from orgscan.collect.ecs import collect_ecs
from orgscan.model.ecs import EcsFacts
from orgscan.model.outcome import Collected
from orgscan.simulator import Scenario
from orgscan.simulator.simulator import new_event_loop

WAYS = ("orgscan", "adaptive", "standard")
_REGION = "us-east-1"
_CLUSTERS = 4

T = TypeVar("T")


class Throttled(msgspec.Struct, frozen=True):
    """How one way of reading the account-region went.

    Attributes:
        calls: that the server saw, refused ones included.
        refused: by a token bucket.
        lost_services: that were there and were not read.
        lost_task_sets: that DescribeTaskSets did not tell of, since it was refused to the end.
    """

    way: str
    services: int
    calls: int
    refused: int
    lost_services: int
    lost_task_sets: int
    seconds: float

    @property
    def share(self) -> float:
        """Of all calls, those that were refused."""
        return self.refused / self.calls

    @property
    def title(self) -> str:
        """The way, in words."""
        return self.way if self.way == "orgscan" else f"aiobotocore, `{self.way}`"

    def line(self) -> str:
        """As below `HEADER`."""
        lost = f"{self.lost_services:,}, {self.lost_task_sets:,}"
        refused = f"{self.refused:,} {self.share:.1%}"
        return f"{self.title:24} {self.calls:7,} {refused:>13} {lost:>25} {self.seconds:8.1f}"


HEADER = f"{'way':24} {'calls':>7} {'refused':>13} {'lost services, task sets':>25} {'s':>8}"


def main() -> None:
    """Print one line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=2_000)
    options = parser.parse_args()
    print(HEADER)
    for one in measure_throttled(options.services):
        print(one.line())


def measure_throttled(services: int) -> list[Throttled]:
    """Read an account-region of so many services in each way."""
    with ThreadPoolExecutor(len(WAYS)) as threads:
        return list(threads.map(lambda way: _measure(way, services), WAYS))


def _measure(way: str, services: int) -> Throttled:
    scenario = Scenario(
        regions=(_REGION,),
        disabled_regions=(),
        density=1.0,
        clusters=_CLUSTERS,
        services=services // _CLUSTERS,
        buckets=True,
    )
    with serving(scenario) as served:
        read, lost_task_sets, seconds = in_child(_read, way, served.environ)
        seen = served.seen()
    return Throttled(
        way=way,
        services=services,
        calls=sum(seen.calls.values()),
        refused=seen.throttled,
        lost_services=services - read,
        lost_task_sets=lost_task_sets,
        seconds=seconds,
    )


def _read(way: str, environ: dict[str, str]) -> tuple[int, int, float]:
    """Services read, task sets not told of, and seconds."""
    os.environ.update(environ)
    read = _by_engine() if way == "orgscan" else _by_client(way)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        started = time.monotonic()
        facts = runner.run(read)
    lost = sum(
        bool(task_set.corroboration.refused)
        for service in facts.services
        for task_set in service.task_sets
    )
    return len(facts.services), lost, time.monotonic() - started


def _caller() -> Held:
    key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    return Held(Credentials(account_id="", access_key=key, secret_key=secret))


async def _by_engine() -> EcsFacts:
    async with Engine(open_session(None), Limits(), connections=10) as engine:
        return await _collected(RegionSession(engine, _caller(), _REGION))


async def _by_client(mode: str) -> EcsFacts:
    session = AioSession()
    # Numbers, as in the answer itself, instead of datetimes.
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=float)
    make: Any = session.create_client
    async with (
        Engine(open_session(None), Limits(), connections=1) as engine,
        make("ecs", region_name=_REGION, config=AioConfig(retries={"mode": mode})) as client,
    ):
        return await _collected(_ClientSession(engine, client))


async def _collected(session: RegionSession) -> EcsFacts:
    outcome = await collect_ecs(session, corroborate_seconds=3_600.0)
    return outcome.facts if isinstance(outcome, Collected) else EcsFacts()


class _ClientSession(RegionSession):
    """Calls by an ordinary client; how often it tries, and when, is botocore's."""

    def __init__(self, engine: Engine, client: Any) -> None:  # noqa: ANN401 - clients are made at run time and have no type
        super().__init__(engine, _caller(), _REGION)
        self._client = client

    async def call(self, operation: Operation[T], parameters: Parameters) -> Reply[T]:
        try:
            answer = await getattr(self._client, xform_name(operation.name))(**parameters)
        except ClientError as error:
            detail = error.response["Error"]
            raise CallFailed(
                FailureKind.THROTTLED,
                api=operation.api,
                code=detail["Code"],
                message=detail["Message"],
            ) from None
        return Reply(msgspec.convert(answer, operation.reply, strict=False), "")


if __name__ == "__main__":
    main()
