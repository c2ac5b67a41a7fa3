"""The HTTP server: a request in, the door's reply out, and faults carried out on the line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from orgscan.simulator.door import Door, Reply
from orgscan.simulator.scenario import FaultKind
from orgscan.simulator.wire.signature import Incoming

_GARBAGE = b"\xff\xfe<html>neither JSON nor XML\x00"
_CUT = frozenset({FaultKind.HANG, FaultKind.RESET, FaultKind.TRUNCATE, FaultKind.LOSE_REQUEST})


class Transport:
    """Serves one door; `latency` is in seconds."""

    def __init__(self, door: Door, clock: Callable[[], float], latency: float) -> None:
        self._door = door
        self._clock = clock
        self._latency = latency
        self._stopping = asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request."""
        body = await request.read()
        incoming = Incoming(request.method, request.raw_path, request.headers, body)
        reply = self._door.answer(incoming, self._clock())
        if self._latency:
            await self._wait(self._latency)
        if reply.fault is not None:
            return await self._spoil(request, reply, reply.fault.kind, reply.fault.seconds)
        return web.Response(status=reply.status, headers=reply.headers, body=reply.body)

    def stop(self) -> None:
        """Let go of every call that waits."""
        self._stopping.set()

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _spoil(
        self, request: web.BaseRequest, reply: Reply, kind: FaultKind, seconds: float
    ) -> web.StreamResponse:
        response = web.Response(status=reply.status, headers=reply.headers, body=reply.body)
        if kind in {FaultKind.SLOW, FaultKind.HANG}:
            await self._wait(seconds)
        if kind is FaultKind.GARBAGE:
            return web.Response(status=200, headers=reply.headers, body=_GARBAGE)
        if kind not in _CUT or request.transport is None:
            return response
        if kind is FaultKind.TRUNCATE:
            half = reply.body[: len(reply.body) // 2]
            head = f"HTTP/1.1 {reply.status} OK\r\nContent-Length: {len(reply.body)}\r\n"
            head += "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
            request.transport.write(head.encode() + b"\r\n" + half)
            request.transport.close()
        else:
            request.transport.abort()
        return response


@contextlib.asynccontextmanager
async def listen(
    door: Door, clock: Callable[[], float], latency: float, port: int = 0
) -> AsyncIterator[str]:
    """Serve on the loopback interface of the running loop; gives the URL."""
    transport = Transport(door, clock, latency)
    server = web.Server(transport.handle, access_log=None, handler_cancellation=True)
    runner = web.ServerRunner(server, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=2_048)
        await site.start()
        host, bound = runner.addresses[0][:2]
        yield f"http://{host}:{bound}"
    finally:
        transport.stop()
        await runner.cleanup()
