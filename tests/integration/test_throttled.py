"""A large account-region under AWS's documented token buckets gives all it has, at their pace.

A clock of the test's own makes minutes pass in seconds: scan and simulator run on one event loop,
whose time stands still while anything happens and jumps to whatever is waited for next. Of task-set
calls, about which AWS documents nothing, the simulator allows five a second.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from orgscan.config.settings import Settings
from orgscan.scan.pipeline import Request, scan
from orgscan.simulator import Endpoint, Record, Scenario, Simulator
from orgscan.sweep.stop import Stop

pytestmark = pytest.mark.integration

Environ = Callable[[Endpoint], dict[str, str]]

_LOOPBACK_SECONDS = 0.001  # within which what was sent on loopback has arrived
_SERVICES = 2_000


class _Selector(selectors.DefaultSelector):
    """Instead of waiting for a timer it lets that time pass at once, if no message is under way."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - as the base class
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        events = super().select(_LOOPBACK_SECONDS)
        if not events:
            self.passed += timeout
        return events


class _AtOnce(ThreadPoolExecutor):
    """Does its work when it is given it: no time passes while a thread is at work."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as the base class
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose time is that which its selector let pass."""

    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)
        self.set_default_executor(_AtOnce())

    def time(self) -> float:
        return self._clock.passed


class _Swept(msgspec.Struct, frozen=True):
    report: dict[str, Any]
    record: Record


def _sweep(output: Path, environ_of: Environ, *, buckets: bool) -> _Swept:
    """Scan one account that has 2,000 services in one region."""
    loop, began = _Loop(), time.time()
    simulator = Simulator(
        Scenario(
            regions=("us-east-1",),
            disabled_regions=(),
            density=1.0,
            clusters=4,
            services=_SERVICES // 4,
            buckets=buckets,
        ),
        clock=lambda: began + loop.time(),
    )
    settings = Settings(
        output=output, format=("json",), account=(simulator.scenario.account_id(2),)
    )

    async def served() -> Path:
        async with simulator.serve() as endpoint:
            with patch.dict(os.environ, environ_of(endpoint), clear=True):
                return (await scan(Request(settings=settings), Stop())).directory

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        directory = runner.run(served())
    report = msgspec.json.decode((directory / "report.json").read_bytes())
    return _Swept(report, simulator.record)


def test_2000_services_under_the_documented_buckets_lose_nothing(
    tmp_path: Path, environ_of: Environ
) -> None:
    """The findings are those of a sweep without throttles; at most a tenth of calls is refused."""
    calm = _sweep(tmp_path / "calm", environ_of, buckets=False)
    paced = _sweep(tmp_path / "paced", environ_of, buckets=True)
    refused = paced.record.throttled.total()

    assert sum(paced.report["totals"]["services_by_controller"].values()) == _SERVICES
    assert paced.report["findings"] == calm.report["findings"]
    assert [entry["status"] for entry in paced.report["coverage"]] == ["COVERED"]
    assert 0 < refused <= 0.1 * paced.record.calls.total()
    assert paced.report["totals"]["throttled"] == refused
