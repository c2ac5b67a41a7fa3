"""A small HTTP/1.1 client for direct connections: what a signed POST needs, and nothing else.

aiohttp spends three quarters of a hot call on what these calls do not use: cookies, redirects,
compression, URL building, streams (`benchmarks/lean.py` measures both). This keeps connections
alive, verifies TLS by the context it is given, reads answers by Content-Length, in chunks or until
the end, and holds each call to its deadline. Proxies are left to aiohttp (`orgscan.aws.proxied`).

https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple, cast

from yarl import URL

from orgscan.aws.deadlines import Deadlines

_IDLE_SECONDS = 30.0
_LINES = 5  # of a destination's head, and the one with the length
_LONGEST_HEAD = 64 * 1024
_LONGEST_BODY = 256 * 1024 * 1024
_HEX_DIGITS = b"0123456789abcdefABCDEF"


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


class Answer(NamedTuple):
    """A whole answer; header names are in lower case, and of repeated ones the last holds."""

    status: int
    headers: dict[str, str]
    body: bytes


class ConnectError(OSError):
    """No connection could be made, by name, route or TLS port."""


class BadAnswerError(OSError):
    """What came back is cut short, or is not HTTP."""


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
        self._free = connections
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._deadlines = Deadlines()
        self._idle: dict[Place, deque[_Connection]] = {}

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
        if self._free:
            self._free -= 1
        else:
            await self._admitted(until)
        try:
            idle = self._idle_at(to.place)
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
            self._leave()

    async def close(self) -> None:
        """Close every idle connection, and let the loop see to it."""
        for idle in self._idle.values():
            for connection in idle:
                connection.close()
        self._idle.clear()
        await asyncio.sleep(0)

    async def _admitted(self, until: float) -> None:
        """Wait until a call has ended, and take its place."""
        place = self._loop.create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout_at(until):
                await place
        except BaseException:
            if place.done() and not place.cancelled():
                self._leave()  # it was given in the moment that nobody wanted it any more
            raise

    def _leave(self) -> None:
        """Give the place to whoever has waited longest."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._free += 1

    def _idle_at(self, place: Place) -> deque[_Connection]:
        idle = self._idle.get(place)
        if idle is None:
            idle = self._idle[place] = deque()
        return idle

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
        self._reader = _Reader()
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
        self._reader = _Reader()
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


class _Reader:
    """Reads one answer from the bytes as they come."""

    def __init__(self) -> None:
        self.keeps_alive = False
        self._data = bytearray()
        self._status = 0
        self._headers: dict[str, str] = {}
        self._length: int | None = None
        self._chunks: _Chunks | None = None
        self._has_head = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come at all."""
        return not self._data and not self._has_head

    def feed(self, data: bytes) -> Answer | None:
        """Take some bytes; gives the answer once it is whole.

        Raises:
            BadAnswerError: this is not HTTP, or larger than any answer of AWS.
        """
        if self._has_head:
            self._data += data
        else:
            rest = self._past_head(bytes(self._data + data) if self._data else data)
            if rest is None:
                return None
            if len(rest) == self._length:
                return self._answer(rest)  # mostly all of it comes at once
            self._data = bytearray(rest)
        if len(self._data) > _LONGEST_BODY:
            raise BadAnswerError("the answer does not end")
        if self._chunks is not None:
            whole = self._chunks.feed(self._data)
            if whole is None:
                return None
            self.keeps_alive = self.keeps_alive and not self._data
            return self._answer(whole)
        if self._length is None or len(self._data) < self._length:
            return None
        # Bytes beyond the answer belong to nothing that was asked.
        self.keeps_alive = self.keeps_alive and len(self._data) == self._length
        return self._answer(bytes(self._data[: self._length]))

    def _past_head(self, data: bytes) -> bytes | None:
        """What follows the head; None, and all is kept, where that has not come yet."""
        while not self._has_head:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                if len(data) > _LONGEST_HEAD:
                    raise BadAnswerError("the answer's head does not end")
                self._data = bytearray(data)
                return None
            self._read_head(data[:end])
            data = data[end + 4 :]
        return data

    def ended(self) -> Answer | None:
        """The connection was closed in order: the end of an answer that states no length."""
        if self._has_head and self._length is None and self._chunks is None:
            return self._answer(bytes(self._data))
        return None

    def _answer(self, body: bytes) -> Answer:
        return Answer(self._status, self._headers, body)

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        if version not in {"HTTP/1.1", "HTTP/1.0"} or not rest[:3].isdecimal():
            raise BadAnswerError(f"this is not an HTTP answer: {first[:40]!r}")
        self._status = int(rest[:3])
        if 100 <= self._status < 200:
            return  # an interim answer; the real one follows
        self._headers = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise BadAnswerError(f"this is no header: {line[:40]!r}")
            self._headers[name.lower()] = value.strip()
        self._has_head = True
        self._read_framing(version)

    def _read_framing(self, version: str) -> None:
        connection = self._headers.get("connection", "").lower()
        self.keeps_alive = version == "HTTP/1.1" and connection != "close"
        if "chunked" in self._headers.get("transfer-encoding", "").lower():
            self._chunks = _Chunks()
            return
        length = self._headers.get("content-length")
        if length is not None:
            if not (length.isascii() and length.isdecimal()):
                raise BadAnswerError(f"this is no length: {length[:40]!r}")
            self._length = int(length)
        elif self._status in {204, 304}:
            self._length = 0
        else:
            self.keeps_alive = False


class _Chunks:
    """Reads a chunked body (RFC 9112, 7.1); trailers are passed over."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._in_trailers = False

    def feed(self, data: bytearray) -> bytes | None:
        """Take whole chunks off `data`; gives the body once the last one has come."""
        while True:
            end = data.find(b"\r\n")
            if end < 0:
                if len(data) > _LONGEST_HEAD:
                    raise BadAnswerError("a chunk's size does not end")
                return None
            if self._in_trailers:
                del data[: end + 2]
                if end == 0:
                    return bytes(self._body)
                continue
            size = self._size(bytes(data[:end]))
            if size == 0:
                del data[: end + 2]
                self._in_trailers = True
                continue
            if len(data) < end + 2 + size + 2:
                return None
            self._body += data[end + 2 : end + 2 + size]
            if len(self._body) > _LONGEST_BODY:
                raise BadAnswerError("the answer does not end")
            del data[: end + 2 + size + 2]

    @staticmethod
    def _size(line: bytes) -> int:
        digits = line.partition(b";")[0].strip()
        # Python's own reading would take signs, underscores and prefixes too.
        if not digits or digits.strip(_HEX_DIGITS) or len(digits) > 8:
            raise BadAnswerError(f"this is no chunk's size: {digits[:40]!r}")
        return int(digits, 16)
