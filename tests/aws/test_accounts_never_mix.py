"""However many accounts call at once through one client, each call carries its own credentials."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiobotocore.session import AioSession
from aiohttp import web

from orgscan.aws.credentials import Credentials
from orgscan.aws.ordinary import OrdinaryClients
from orgscan.collect.ecs_operations import LIST_CLUSTERS

CALLS, ACCOUNTS = 200, 50


async def test_every_call_of_many_at_once_carries_its_own_credentials(
    path: str,
    listen: Callable[..., Awaitable[str]],
    callers: Callable[..., Awaitable[Any]],
    credentials_of: Callable[[int], Credentials],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server tells each call the key and the token that came with it, in mixed order."""
    waiting: list[asyncio.Event] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        # Answers go out in batches, the last call first, so that calls overlap all the way.
        mine = asyncio.Event()
        waiting.append(mine)
        if len(waiting) == 40:
            for other in reversed(waiting):
                other.set()
            waiting.clear()
        await mine.wait()
        authorization = request.headers["Authorization"]
        key = authorization.partition("Credential=")[2].partition("/")[0]
        arns = [key, request.headers["X-Amz-Security-Token"], (await request.read()).decode()]
        return web.json_response({"clusterArns": arns})

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    attempt = await callers(path)

    async def one(number: int) -> None:
        given = credentials_of(number % ACCOUNTS)
        reply = await attempt(LIST_CLUSTERS, {"nextToken": str(number)}, credentials=given)
        asked = f'{{"nextToken": "{number}"}}'
        assert reply.data.cluster_arns == [given.access_key, given.token, asked]

    async with asyncio.TaskGroup() as group:
        for number in range(CALLS):
            group.create_task(one(number))


async def test_a_call_without_credentials_fails_closed(
    listen: Callable[..., Awaitable[str]], session: AioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It neither falls back to the caller's own credentials nor is it sent without any."""
    heard: list[str] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        heard.append(request.headers.get("Authorization", ""))
        return web.Response(body=b"{}")

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIACALLER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the caller's")
    async with OrdinaryClients(session, connections=1, timeout=5.0) as clients:
        client = await clients.client("ecs", "eu-west-1")
        with pytest.raises(RuntimeError, match="without credentials of its own"):
            await client.list_clusters()
        with pytest.raises(RuntimeError, match="without credentials of its own"):
            await client.list_clusters(orgscan_credentials=None)

    assert heard == []
