"""A small HTTP/1.1 client for direct connections: what a signed POST needs, and nothing else.

aiohttp spends three quarters of a hot call on what these calls do not use: cookies, redirects,
compression, URL building, streams (`benchmarks/lean.py` measures both). This keeps connections
alive, verifies TLS by the context it is given, and holds each call to its deadline. Proxies are
left to aiohttp (`orgscan.aws.proxied`).

https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import NamedTuple, cast

from yarl import URL

from orgscan.aws.deadlines import Deadlines
from orgscan.aws.http_answer import Answer, AnswerReader, BadAnswerError

_IDLE_SECONDS = 30.0
_LINES = 5  # of a destination's head, and the one with the length


class Place(NamedTuple):
    """Where connections go; `tls` is whether they are encrypted."""

    host: str
    port: int
    tls: bool


class Destination(NamedTuple):
    """Where requests go; `head` is how each of them begins."""

    place: Place
    head: str


def destination(url: URL, host: str) -> Destination:
    """The destination of a URL.

    Args:
        url: where to.
        host: the Host header, as it is signed.
    """
    place = Place(url.host or "", url.port or 0, url.scheme == "https")
    lines = (
        f"POST {url.raw_path_qs} HTTP/1.1",
        f"Host: {host}",
        "Accept: */*",
        "Accept-Encoding: identity",
        "",
    )
    return Destination(place, "\r\n".join(lines))


class ConnectError(OSError):
    """No connection could be made, by name, route or TLS port."""


class DirectClient:
    """A pool of kept-alive connections, at most so many open at once."""

    def __init__(self, *, tls: ssl.SSLContext, connections: int, timeout: float) -> None:
        """Take what connections are made with.

        Args:
            tls: verifies servers.
            connections: the most that are open at once.
            timeout: seconds for one call, waiting for a connection included.
        """
        # Asked for it, Python asks the system which process this is, each time.
        self._loop = asyncio.get_running_loop()
        self._tls = tls
        self._timeout = timeout
        self._free = asyncio.Semaphore(connections)
        self._deadlines = Deadlines()
        self._idle: defaultdict[Place, deque[_Connection]] = defaultdict(deque)

    async def post(self, to: Destination, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post a body and give the whole answer; redirects are answers like any other.

        A kept-alive connection may be closed by the server in the moment it is used again; where
        nothing of an answer had come, the request is sent once more on a new connection.

        Args:
            to: where to.
            headers: all but Host and Content-Length.
            body: the payload.

        Raises:
            TimeoutError: the answer took too long.
            ConnectError: no connection could be made.
            BadAnswerError: the answer is cut short, or is not HTTP.
            ssl.SSLError: the server is not who it should be.
        """
        request = _request(to.head, headers, body)
        until = self._loop.time() + self._timeout
        await self._admitted(until)
        try:
            idle = self._idle[to.place]
            connection = self._idle_one(idle)
            if connection is not None:
                try:
                    return await connection.ask(request, until)
                except _NothingCameError:
                    pass
            async with asyncio.timeout_at(until):
                connection = await self._connect(to.place, idle)
            return await connection.ask(request, until)
        finally:
            self._free.release()

    async def close(self) -> None:
        """Close every idle connection, and let the loop see to it."""
        for idle in self._idle.values():
            for connection in idle:
                connection.close()
        self._idle.clear()
        await asyncio.sleep(0)

    async def _admitted(self, until: float) -> None:
        """Wait until one more connection may be open; mostly there is nothing to wait for."""
        if self._free.locked():
            async with asyncio.timeout_at(until):
                await self._free.acquire()
        else:
            await self._free.acquire()

    def _idle_one(self, idle: deque[_Connection]) -> _Connection | None:
        now = self._loop.time()
        while idle:
            # The one used last is the one most likely to be open still.
            connection = idle.pop()
            if connection.is_reusable and now - connection.used_at < _IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def _connect(self, place: Place, idle: deque[_Connection]) -> _Connection:
        try:
            _, connection = await self._loop.create_connection(
                lambda: _Connection(self._loop, idle, self._deadlines),
                place.host,
                place.port,
                ssl=self._tls if place.tls else None,
                server_hostname=place.host if place.tls else None,
            )
        except ssl.SSLError:
            raise
        except OSError as error:
            raise ConnectError(f"{place.host}:{place.port}: {error.strerror or error}") from None
        return connection


def _request(head: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    head = f"{head}Content-Length: {len(body)}\r\n{''.join(lines)}"
    # A line break in a value would begin a header, or a request, of somebody else's making.
    expected = _LINES + len(lines)
    if head.count("\n") != expected or head.count("\r") != expected:
        raise ValueError("a header holds a line break")
    return head.encode("latin-1") + b"\r\n" + body


class _NothingCameError(BadAnswerError):
    """The connection ended before the first byte of an answer."""


class _Connection(asyncio.Protocol):
    """One connection, one call at a time; between calls it is among the idle ones."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, idle: deque[_Connection], deadlines: Deadlines
    ) -> None:
        self.used_at = loop.time()
        self._loop = loop
        self._idle = idle
        self._deadlines = deadlines
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._reader = AnswerReader()
        self._is_open = True

    @property
    def is_reusable(self) -> bool:
        """Whether another call may use it."""
        return self._is_open and self._waiting is None

    async def ask(self, request: bytes, until: float) -> Answer:
        """Send a request and wait for its answer.

        Args:
            request: all of it.
            until: the loop's time by which the answer has to be there.
        """
        if not self._is_open or self._transport is None:
            raise _NothingCameError("the connection had been closed")
        self._reader = AnswerReader()
        waiting: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting = waiting
        self._deadlines.add(self, until)
        self._transport.write(request)
        try:
            answer = await waiting
        except BaseException:
            # Cut short, out of time or cancelled: what comes later must not reach another call.
            self.close()
            raise
        finally:
            self._deadlines.drop(self)
            self._waiting = None
        self.used_at = self._loop.time()
        if self.is_reusable:
            self._idle.append(self)
        else:
            self.close()
        return answer

    def expire(self) -> None:
        """As `Expiring.expire`: the call has taken too long."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(TimeoutError("no whole answer came in time"))

    def close(self) -> None:
        """End it at once; nothing is left to be said."""
        self._is_open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As `asyncio.Protocol`."""
        # uvloop's transports are Transports by what they do, not by their class.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """As `asyncio.Protocol`."""
        waiting = self._waiting
        if waiting is None or waiting.done():
            # Nobody asked: whatever this is, it must not become the next call's answer.
            self.close()
            return
        try:
            answer = self._reader.feed(data)
        except BadAnswerError as error:
            self._is_open = False
            waiting.set_exception(error)
            return
        if answer is not None:
            self._is_open = self._reader.keeps_alive
            waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """As `asyncio.Protocol`."""
        self._is_open = False
        waiting = self._waiting
        if waiting is None or waiting.done():
            return
        answer = self._reader.ended() if exc is None else None
        if answer is not None:
            waiting.set_result(answer)
        elif self._reader.is_empty:
            waiting.set_exception(_NothingCameError(f"no answer came: {exc or 'closed'}"))
        else:
            waiting.set_exception(BadAnswerError(f"the answer was cut short: {exc or 'closed'}"))
