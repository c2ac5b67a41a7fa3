"""A timestamp is asked for, and checked before it is kept."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from rfc3161_client import decode_timestamp_response

from orgscan.errors import EvidenceError
from orgscan.evidence.authority import Authority

MESSAGE = b"0123 manifest-sha256.txt\n"
_SECONDS = 30
_CONFIG = """\
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
"""
_SUBJECT = "/CN=authority of a test"

Serve = Callable[[Callable[[bytes], web.Response]], Awaitable[str]]


@pytest.fixture(scope="session")
def openssl_tsa(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], bytes]:
    """Answers timestamp queries as `openssl ts` does."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, which plays the authority")
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))

    def run(*arguments: str | Path) -> None:
        subprocess.run(  # noqa: S603 - openssl, by a list of arguments
            [openssl, *map(str, arguments)], check=True, capture_output=True, timeout=_SECONDS
        )

    run(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", _SUBJECT,
        "-keyout", folder / "tsa.key", "-out", folder / "tsa.pem",
        "-addext", "extendedKeyUsage=critical,timeStamping",
    )  # fmt: skip

    def answer(query: bytes) -> bytes:
        (folder / "query").write_bytes(query)
        run(
            "ts", "-reply", "-config", folder / "tsa.cnf",
            "-queryfile", folder / "query", "-out", folder / "answer",
        )  # fmt: skip
        return (folder / "answer").read_bytes()

    return answer


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves a function of the query on loopback, and gives its address."""
    runners = []

    async def start(answer: Callable[[bytes], web.Response]) -> str:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            assert request.headers["Content-Type"] == "application/timestamp-query"
            return await asyncio.to_thread(answer, await request.read())

        runner = web.ServerRunner(web.Server(handle, access_log=None))
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}/stamp"

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_an_authoritys_answer_is_kept_as_it_is(
    serve: Serve, openssl_tsa: Callable[[bytes], bytes]
) -> None:
    """DER that `openssl ts -verify` reads; it names the message by its digest."""
    url = await serve(lambda query: web.Response(body=openssl_tsa(query)))
    stamp = await Authority(url).stamp(MESSAGE)

    assert decode_timestamp_response(stamp).status == 0


async def test_a_timestamp_of_something_else_is_refused(
    serve: Serve, openssl_tsa: Callable[[bytes], bytes]
) -> None:
    """An answer that was given before, to another question."""
    kept: list[bytes] = []

    def replay(query: bytes) -> web.Response:
        kept.append(openssl_tsa(query))
        return web.Response(body=kept[0])

    url = await serve(replay)
    await Authority(url).stamp(MESSAGE)
    with pytest.raises(EvidenceError, match="one of something else"):
        await Authority(url).stamp(MESSAGE)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (web.Response(status=503), "answers with status 503"),
        (web.Response(status=302, headers={"Location": "http://127.0.0.1/"}), "status 302"),
        (web.Response(body=b"<html>sign in</html>"), "this is no timestamp"),
        (web.Response(body=b""), "this is no timestamp"),
        (web.Response(body=b"0" * 100_000), "longer than any timestamp"),
    ],
)
async def test_what_is_no_timestamp_is_said(serve: Serve, answer: web.Response, says: str) -> None:
    """With the address, and what to do."""
    url = await serve(lambda _: answer)
    with pytest.raises(EvidenceError, match=says) as refused:
        await Authority(url).stamp(MESSAGE)

    assert refused.value.where == url


async def test_an_authority_that_is_not_there_is_said(unused_tcp_port: int) -> None:
    """Nothing listens."""
    with pytest.raises(EvidenceError, match="cannot be reached"):
        await Authority(f"http://127.0.0.1:{unused_tcp_port}/").stamp(MESSAGE)
