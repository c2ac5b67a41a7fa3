"""What comes between a call and its answer: custom endpoints, proxies, certificates, bad networks.

Everything holds on both paths, and the lean one has all of it from botocore.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.session import AioSession
from aiohttp import web

from orgscan import __version__
from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.tls import tls_context
from orgscan.collect.ecs_operations import LIST_CLUSTERS
from orgscan.collect.network_interfaces import DESCRIBE_NETWORK_INTERFACES
from orgscan.errors import CallerError

Listen = Callable[..., Awaitable[str]]
Callers = Callable[..., Awaitable[Any]]

ARNS = b'{"clusterArns":["arn:aws:ecs:eu-west-1:111122223333:cluster/prod"]}'


async def answer(_: web.BaseRequest) -> web.Response:
    """Say that there is one cluster."""
    return web.Response(body=ARNS)


async def test_a_service_of_its_own_goes_to_its_own_endpoint(
    path: str, listen: Listen, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`AWS_ENDPOINT_URL_ECS` beats `AWS_ENDPOINT_URL`; paths in either are kept."""
    heard: list[str] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        heard.append(request.raw_path)
        body = ARNS if "ecs" in request.raw_path else b"<DescribeNetworkInterfacesResponse/>"
        return web.Response(body=body)

    url = await listen(handle)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"{url}/all/")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", f"{url}/only/ecs")
    attempt = await callers(path)
    await attempt(LIST_CLUSTERS, {})
    await attempt(DESCRIBE_NETWORK_INTERFACES, {})

    # botocore appends the operation's own path.
    assert [one.rstrip("/") for one in heard] == ["/only/ecs", "/all"]


async def test_every_request_says_which_program_makes_it(
    path: str, listen: Listen, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudTrail of the member accounts shows the user agent."""
    heard: list[str] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        heard.extend(request.headers.getall("User-Agent"))
        return web.Response(body=ARNS)

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    await (await callers(path))(LIST_CLUSTERS, {})

    (agent,) = heard
    assert f"orgscan/{__version__}" in agent.split(" ")
    assert "Botocore/" in agent.replace("#", "/")


class Tunnels:
    """A proxy that leads every CONNECT to one server, and remembers what it was asked."""

    def __init__(self, port: int, refuse: bytes = b"") -> None:
        self.heads: list[str] = []
        self._port = port
        self._refuse = refuse

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            if self._refuse:
                writer.write(self._refuse)
                await writer.drain()
            else:
                await self._join(reader, writer)
        writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        async with asyncio.TaskGroup() as group:
            group.create_task(_pump(reader, server_writer))
            group.create_task(_pump(server_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def proxying(tunnels: Tunnels) -> AsyncIterator[str]:
    """Serve the proxy; gives host and port."""
    server = await asyncio.start_server(tunnels.handle, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"


@pytest.mark.parametrize("scheme", ["http://", ""])
async def test_https_goes_through_the_proxy_and_is_verified_there_too(
    path: str,
    scheme: str,
    listen: Listen,
    callers: Callers,
    authority: Any,  # noqa: ANN401 - a class of conftest
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tunnel leads to AWS's own host name, with the proxy's user and password for the proxy."""
    url = await listen(answer, authority.server)
    tunnels = Tunnels(int(url.rpartition(":")[2]))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.bundle))
    async with proxying(tunnels) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}user:p%40ss@{proxy}")
        reply = await (await callers(path))(LIST_CLUSTERS, {})

    assert len(reply.data.cluster_arns) == 1
    (head,) = tunnels.heads
    assert head.startswith("CONNECT ecs.eu-west-1.amazonaws.com:443 HTTP/1.1\r\n")
    assert f"Basic {base64.b64encode(b'user:p@ss').decode()}" in head
    assert "X-Amz" not in head


async def test_http_goes_through_its_proxy_whole(
    path: str, listen: Listen, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain endpoint is asked for by its whole URL."""
    heard: list[str] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        heard.append(str(request.url))
        return web.Response(body=ARNS)

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://aws.example.org")
    monkeypatch.setenv("HTTP_PROXY", await listen(handle))
    await (await callers(path))(LIST_CLUSTERS, {})

    assert heard == ["http://aws.example.org/"]


async def test_no_proxy_is_heeded(
    path: str, listen: Listen, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that `NO_PROXY` names is called directly."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(answer))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{_closed_port()}")
    monkeypatch.setenv("NO_PROXY", "example.org,127.0.0.1")
    reply = await (await callers(path))(LIST_CLUSTERS, {})

    assert len(reply.data.cluster_arns) == 1


@pytest.mark.parametrize(
    "refuse",
    [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", b""],
    ids=["refuses", "is not there"],
)
async def test_a_proxy_that_does_not_serve_makes_the_endpoint_unreachable(
    path: str, refuse: bytes, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the message does not tell its password."""
    async with proxying(Tunnels(0, refuse)) as proxy:
        where = proxy if refuse else f"127.0.0.1:{_closed_port()}"
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@{where}")
        with pytest.raises(CallFailed) as failed:
            await (await callers(path))(LIST_CLUSTERS, {})

    assert failed.value.kind is FailureKind.UNREACHABLE
    assert "hunter2" not in str(failed.value)
    assert "407" in failed.value.message or not refuse


async def test_certificates_of_a_bundle_are_accepted(
    path: str,
    listen: Listen,
    callers: Callers,
    authority: Any,  # noqa: ANN401 - a class of conftest
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`AWS_CA_BUNDLE` names an authority of the company's own."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(answer, authority.server))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.bundle))
    reply = await (await callers(path))(LIST_CLUSTERS, {})

    assert len(reply.data.cluster_arns) == 1


async def test_a_profile_may_name_the_bundle(
    path: str,
    listen: Listen,
    callers: Callers,
    authority: Any,  # noqa: ANN401 - a class of conftest
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`ca_bundle` of the AWS configuration file serves as well."""
    (tmp_path / "config").write_text(f"[default]\nca_bundle = {authority.bundle}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(answer, authority.server))
    reply = await (await callers(path))(LIST_CLUSTERS, {})

    assert len(reply.data.cluster_arns) == 1


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"PYTHONHTTPSVERIFY": "0"},
        {"NODE_TLS_REJECT_UNAUTHORIZED": "0", "CURL_CA_BUNDLE": ""},
        {"AWS_CONFIG_FILE": "verify"},
    ],
    ids=lambda variables: " ".join(variables) or "nothing",
)
async def test_an_unknown_authority_is_refused_whatever_the_environment_says(
    path: str,
    variables: dict[str, str],
    listen: Listen,
    callers: Callers,
    authority: Any,  # noqa: ANN401 - a class of conftest
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is sent to a server that cannot prove who it is."""
    heard: list[str] = []
    (tmp_path / "verify").write_text("[default]\nverify_ssl = false\nverify = false\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value) if value == "verify" else value)

    async def handle(request: web.BaseRequest) -> web.Response:
        heard.append(request.raw_path)
        return web.Response(body=ARNS)

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle, authority.server))
    with pytest.raises(CallFailed) as failed:
        await (await callers(path))(LIST_CLUSTERS, {})

    assert (failed.value.kind, failed.value.code) == (FailureKind.UNREACHABLE, "TLS")
    assert "certificate verify failed" in failed.value.message
    assert "0x" not in failed.value.message
    assert heard == []


async def test_a_certificate_for_another_host_is_refused(
    path: str,
    listen: Listen,
    callers: Callers,
    authority: Any,  # noqa: ANN401 - a class of conftest
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A known authority does not make any host the right one."""
    url = await listen(answer, authority.server)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url.replace("127.0.0.1", "localhost"))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.bundle))
    with pytest.raises(CallFailed) as failed:
        await (await callers(path))(LIST_CLUSTERS, {})

    assert (failed.value.kind, failed.value.code) == (FailureKind.UNREACHABLE, "TLS")


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory"),
        ("", "it holds no certificates"),
        ("no certificate", "it holds no certificates"),
    ],
)
def test_a_bundle_that_cannot_be_used_is_said_before_anything_is_called(
    session: AioSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    content: str | None,
    problem: str,
) -> None:
    """The error names the file and what to do; nothing falls back to other certificates."""
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv(variable, str(bundle))
    with pytest.raises(CallerError) as error:
        tls_context(session)

    assert str(error.value) == (
        f"{bundle}: the certificate bundle cannot be used: {problem}. "
        "Let AWS_CA_BUNDLE, or ca_bundle of the AWS profile, name a PEM file"
    )


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_an_empty_name_of_a_bundle_is_said_and_turns_nothing_off(
    session: AioSession, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Botocore would end with an error of its own."""
    monkeypatch.setenv(variable, " ")
    with pytest.raises(CallerError, match="the certificate bundle has an empty name"):
        tls_context(session)


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced(
    path: str, listen: Listen, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS closes connections that were idle for long; the next call opens another."""
    closed = asyncio.Event()
    ports: set[object] = set()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername"))
        response = web.Response(body=ARNS)
        await response.prepare(request)
        await response.write_eof()
        request.transport.close()
        closed.set()
        return response

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    attempt = await callers(path)
    for _ in range(3):
        await attempt(LIST_CLUSTERS, {})
        await closed.wait()
        # The client's side of the loop has to hear of it: as long as idling would take.
        for _ in range(10):
            await asyncio.sleep(0)
        closed.clear()

    assert len(ports) == 3


async def _reset(request: web.BaseRequest) -> web.StreamResponse:
    await request.read()
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _raw(data: bytes) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        assert isinstance(request.transport, asyncio.Transport)
        request.transport.write(data)
        request.transport.close()
        return web.Response()

    return handle


@pytest.mark.parametrize(
    "handle",
    [
        _reset,
        _raw(b""),
        _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        _raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"),
        _raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        _raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
        _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html></html>\r\n"),
        _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xfe{}"),
        _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
    ids=["reset", "closed", "cut short", "chunk cut short", "bad chunk", "not HTTP", "HTML",
         "garbage", "nothing"],
)  # fmt: skip
async def test_an_answer_that_is_none_is_worth_another_attempt(
    path: str,
    listen: Listen,
    callers: Callers,
    monkeypatch: pytest.MonkeyPatch,
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> None:
    """Cut, spoilt or somebody else's: never an empty list."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    with pytest.raises(CallFailed) as failed:
        await (await callers(path))(LIST_CLUSTERS, {})

    assert failed.value.kind is FailureKind.TRANSIENT
    assert failed.value.message


@pytest.mark.parametrize(
    "body",
    [b"<html><body/></html>", b"{}", b"", b"<!DOCTYPE x><DescribeNetworkInterfacesResponse/>"],
)
async def test_a_page_is_no_list_of_interfaces(
    path: str, listen: Listen, callers: Callers, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    """Well-formed XML that EC2 did not write is no empty answer of EC2."""

    async def handle(_: web.BaseRequest) -> web.Response:
        return web.Response(body=body)

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    with pytest.raises(CallFailed) as failed:
        await (await callers(path))(DESCRIBE_NETWORK_INTERFACES, {})

    assert (failed.value.kind, failed.value.code) == (FailureKind.TRANSIENT, "NotXml")


@pytest.mark.parametrize("is_begun", [False, True])
async def test_a_server_that_hangs_is_timed_out(
    path: str, is_begun: bool, listen: Listen, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before its answer or in the middle of it."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 100
        if is_begun:
            await response.prepare(request)
            await response.write(b"{")
        await asyncio.Event().wait()
        return response

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    with pytest.raises(CallFailed) as failed:
        await (await callers(path, timeout=0.2))(LIST_CLUSTERS, {})

    assert failed.value.kind is FailureKind.TIMED_OUT


async def test_a_refused_connection_makes_the_endpoint_unreachable(
    path: str, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens there."""
    port = _closed_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(CallFailed) as failed:
        await (await callers(path))(LIST_CLUSTERS, {})

    assert (failed.value.kind, failed.value.code) == (FailureKind.UNREACHABLE, "")
    assert f"127.0.0.1:{port}" in failed.value.message


async def test_a_host_that_does_not_resolve_makes_the_endpoint_unreachable(
    path: str, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a region that the partition does not have."""

    async def resolve(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(CallFailed) as failed:
        await (await callers(path))(LIST_CLUSTERS, {}, region="eu-nowhere-1")

    assert failed.value.kind is FailureKind.UNREACHABLE
    assert failed.value.message.endswith(
        "ecs.eu-nowhere-1.amazonaws.com:443: Name or service not known"
    )


@pytest.mark.parametrize(
    ("environ", "region", "says"),
    [
        ({"AWS_ENDPOINT_URL": "proxy.example.org"}, "eu-west-1", "Invalid endpoint"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:99999"}, "eu-west-1", "Port out of range"),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "eu-isoe-west-1", "dualstack"),
        ({}, "no region", "doesn't match a supported format"),
    ],
)
async def test_without_an_endpoint_a_call_fails_and_says_why(
    path: str,
    callers: Callers,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    region: str,
    says: str,
) -> None:
    """What botocore cannot make an endpoint of costs that region, not the run."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CallFailed) as failed:
        await (await callers(path))(LIST_CLUSTERS, {}, region=region)

    assert (failed.value.kind, failed.value.code) == (FailureKind.UNREACHABLE, "NoEndpoint")
    assert says in failed.value.message


async def test_the_lean_path_follows_no_redirect(
    listen: Listen, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session token goes to the endpoint that was asked for and to nobody else."""
    led_to: list[str] = []

    async def elsewhere(request: web.BaseRequest) -> web.Response:
        led_to.append(request.raw_path)
        return web.Response(body=ARNS)

    target = await listen(elsewhere)

    async def handle(_: web.BaseRequest) -> web.Response:
        return web.Response(status=307, headers={"Location": target})

    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(handle))
    with pytest.raises(CallFailed) as failed:
        await (await callers("lean"))(LIST_CLUSTERS, {})

    assert (failed.value.kind, failed.value.status) == (FailureKind.REFUSED, 307)
    assert led_to == []


def _closed_port() -> int:
    """A port that nobody listens on: it was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])
