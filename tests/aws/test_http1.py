"""The small HTTP client reads every answer whole, or says that it did not, and mixes none."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from orgscan.aws.http1 import ConnectError, DirectClient, destination
from orgscan.aws.http_answer import Answer, AnswerReader, BadAnswerError

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Amzn-ErrorType: a:b\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nhel\r\n2;note=x\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n"
)
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN


@pytest.fixture
async def client() -> DirectClient:
    """A client that waits a second at most."""
    return DirectClient(tls=ssl.create_default_context(), connections=2, timeout=1.0)


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[URL]:
    """A server on loopback for as long as it takes."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield URL(f"http://127.0.0.1:{port}/")


async def request(reader: asyncio.StreamReader) -> bytes:
    """One whole request, head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
    return head + await reader.readexactly(int(length.partition(b":")[2]))


def answering(*answers: bytes) -> tuple[Serve, list[bytes]]:
    """Serves one connection after another, an answer for each request; and what was asked."""
    asked: list[bytes] = []
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while left:
                asked.append(await request(reader))
                writer.write(left.pop(0))
        except asyncio.IncompleteReadError:
            pass
        writer.close()

    return serve, asked


async def post(client: DirectClient, url: URL, body: bytes = b"{}") -> Answer:
    """A call as the lean path makes it."""
    return await client.post(destination(url, "signed.example"), {"X-Test": "1"}, body)


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED, INTERIM], ids=["length", "chunks", "interim"])
@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(0, 120), max_size=8))
def test_an_answer_reads_the_same_however_it_is_cut_into_pieces(
    answer: bytes, cuts: list[int]
) -> None:
    """Nothing is whole before the last byte, and then it is all there."""
    reader = AnswerReader()
    edges = sorted({0, len(answer), *(cut for cut in cuts if cut < len(answer))})
    pieces = [answer[a:b] for a, b in pairwise(edges)]
    results = [reader.feed(piece) for piece in pieces]

    assert results[:-1] == [None] * (len(pieces) - 1)
    found = results[-1]
    assert found is not None
    assert (found.status, found.body) == (200, b"hello")
    assert reader.keeps_alive


@given(data=st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_refused_and_nothing_else(data: bytes) -> None:
    """A server that speaks anything but HTTP cannot crash the sweep."""
    reader = AnswerReader()
    try:
        answer = reader.feed(data)
    except BadAnswerError:
        return
    assert answer is None or 200 <= answer.status <= 999


async def test_a_request_is_what_was_signed(client: DirectClient) -> None:
    """The signed host, the headers, the body, and nothing that would ask for compression."""
    serve, asked = answering(PLAIN)
    async with serving(serve) as url:
        answer = await post(client, url / "below", b"payload")
        await client.close()

    assert answer == Answer(200, {"content-length": "5", "x-amzn-errortype": "a:b"}, b"hello")
    head, _, body = asked[0].partition(b"\r\n\r\n")
    assert body == b"payload"
    assert head.decode().split("\r\n") == [
        "POST /below HTTP/1.1",
        "Host: signed.example",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Content-Length: 7",
        "X-Test: 1",
    ]


async def test_connections_are_kept_and_used_again(client: DirectClient) -> None:
    """Ten calls one after another, one connection."""
    connections = 0
    serve, asked = answering(*[PLAIN] * 10)

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await serve(reader, writer)

    async with serving(counting) as url:
        for _ in range(10):
            await post(client, url)
        await client.close()

    assert (connections, len(asked)) == (1, 10)


async def test_a_kept_connection_that_died_is_replaced_and_the_call_made_again(
    client: DirectClient,
) -> None:
    """The server closes after the first answer without having said that it would."""
    closed = asyncio.Event()
    answered = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        await request(reader)
        answered += 1
        writer.write(PLAIN)
        await writer.drain()
        writer.close()
        closed.set()

    async with serving(serve) as url:
        await post(client, url)
        await closed.wait()
        assert (await post(client, url)).body == b"hello"
        await client.close()

    assert answered == 2


async def test_a_call_that_was_cancelled_leaves_its_answer_to_nobody(client: DirectClient) -> None:
    """Its connection is closed: the late answer must not become the next call's."""
    asked, may_answer = asyncio.Event(), asyncio.Event()
    serve, _ = answering(PLAIN)

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if asked.is_set():
            await serve(reader, writer)
            return
        await request(reader)
        asked.set()
        await may_answer.wait()
        writer.write(PLAIN.replace(b"hello", b"wrong"))
        writer.close()

    async with serving(late) as url:
        call = asyncio.create_task(post(client, url))
        await asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        may_answer.set()
        assert (await post(client, url)).body == b"hello"
        await client.close()


@pytest.mark.parametrize(
    "answer",
    [
        PLAIN + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nextra",
        CHUNKED + b"extra",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
    ids=["a second answer", "bytes after the chunks", "close", "HTTP/1.0"],
)
def test_a_connection_with_more_to_say_is_not_used_again(answer: bytes) -> None:
    """What was not asked for belongs to no call."""
    reader = AnswerReader()
    found = reader.feed(answer)

    assert found is not None
    assert found.body == b"hello"
    assert not reader.keeps_alive


async def test_an_answer_without_length_ends_with_its_connection(client: DirectClient) -> None:
    """As old proxies and load balancers answer."""
    serve, _ = answering(b"HTTP/1.1 503 Slow Down\r\n\r\n<html>wait</html>")
    async with serving(serve) as url:
        answer = await post(client, url)

    assert (answer.status, answer.body) == (503, b"<html>wait</html>")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (PLAIN[:-2], "cut short"),
        (CHUNKED[:-12], "cut short"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "cut short"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "not an HTTP answer"),
        (b"HTTP/1.1 OK\r\n\r\n", "not an HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "no length"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "no header"),
        *[
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size, "no chunk's size")
            for size in (b"zz\r\n", b"-5\r\n", b"0x5\r\n", b"\r\n", b"fffffffff\r\n")
        ],
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000, "does not end"),
    ],
)
async def test_what_is_cut_short_or_no_http_is_refused(
    client: DirectClient, answer: bytes, says: str
) -> None:
    """A half answer is never read as a whole one."""
    serve, _ = answering(answer)
    async with serving(serve) as url:
        with pytest.raises(BadAnswerError, match=says):
            await post(client, url)


async def test_a_server_that_says_nothing_is_waited_for_no_longer_than_agreed() -> None:
    """The deadline holds for all of a call."""
    client = DirectClient(tls=ssl.create_default_context(), connections=1, timeout=0.05)
    hold = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hold.wait()
        writer.close()

    async with serving(silent) as url:
        with pytest.raises(TimeoutError):
            await post(client, url)
        hold.set()


async def test_a_port_that_nobody_listens_on_cannot_be_connected(client: DirectClient) -> None:
    """The error names host and port."""
    with pytest.raises(ConnectError, match=r"127\.0\.0\.1:9: "):
        await post(client, URL("http://127.0.0.1:9/"))


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rb"])
async def test_a_header_cannot_smuggle_in_another(client: DirectClient, value: str) -> None:
    """Nothing is sent at all."""
    with pytest.raises(ValueError, match="line break"):
        await client.post(destination(URL("http://127.0.0.1:9/"), "h"), {"X": value}, b"")


async def test_a_call_beyond_the_most_connections_waits_for_its_place() -> None:
    """Whoever waited longest is next, and whoever went away meanwhile holds up nobody."""
    hold, ended, arrived = asyncio.Event(), asyncio.Event(), asyncio.Semaphore(0)

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                await request(reader)
                arrived.release()
                await hold.wait()
                writer.write(PLAIN)
        writer.close()
        ended.set()

    client = DirectClient(tls=ssl.create_default_context(), connections=1, timeout=10.0)
    async with serving(slow) as url:
        first = asyncio.create_task(post(client, url))
        await arrived.acquire()
        gone, second = (asyncio.create_task(post(client, url)) for _ in range(2))
        await asyncio.sleep(0)
        assert arrived.locked()  # nobody else has got through
        gone.cancel()
        hold.set()
        answers = await asyncio.gather(first, second)
        third = await post(client, url)
        await client.close()
        await ended.wait()

    assert [answer.body for answer in (*answers, third)] == [b"hello"] * 3
    assert gone.cancelled()
