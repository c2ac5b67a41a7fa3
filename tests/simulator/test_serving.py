"""A simulator is served on the running loop, or on a thread of its own."""

from __future__ import annotations

import threading

import aiohttp
import pytest
from aiobotocore.session import get_session

from orgscan.simulator import Endpoint, Scenario, Simulator


async def test_it_serves_on_the_running_loop() -> None:
    """An asynchronous client lists the accounts of the same process."""
    simulator = Simulator(Scenario(accounts=5))
    async with (
        simulator.serve() as endpoint,
        get_session().create_client(
            "organizations",
            region_name=endpoint.region,
            endpoint_url=endpoint.url,
            aws_access_key_id=endpoint.access_key_id,
            aws_secret_access_key=endpoint.secret_access_key,
        ) as client,
    ):
        answer = await client.list_accounts()
    assert len(answer["Accounts"]) == 5


async def test_it_is_gone_when_it_is_no_longer_served() -> None:
    """The port is closed."""
    async with Simulator(Scenario()).serve() as endpoint:
        assert endpoint.url.startswith("http://127.0.0.1:")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(endpoint.url)


def test_its_thread_ends_with_it() -> None:
    """No thread is left behind."""
    with Simulator(Scenario()).serve_in_thread() as endpoint:
        assert isinstance(endpoint, Endpoint)
        assert "simulator" in {thread.name for thread in threading.enumerate()}
    assert "simulator" not in {thread.name for thread in threading.enumerate()}


def test_two_simulators_serve_side_by_side() -> None:
    """Each on a port of its own."""
    with (
        Simulator(Scenario(seed=1)).serve_in_thread() as one,
        Simulator(Scenario(seed=2)).serve_in_thread() as two,
    ):
        assert one.url != two.url
        assert one.access_key_id != two.access_key_id


def test_a_server_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than leaving its caller waiting."""
    simulator = Simulator(Scenario())

    def fail() -> None:
        raise OSError("no more sockets")

    monkeypatch.setattr(simulator, "serve", fail)
    served = simulator.serve_in_thread()
    with pytest.raises(RuntimeError, match="the simulator did not start"):
        served.__enter__()
