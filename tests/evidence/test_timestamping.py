"""Timestamps of an authority that openssl plays, on loopback."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from orgscan.errors import EvidenceError
from orgscan.evidence.timestamp import HttpTimestamper

_MESSAGE = b"0f" * 32 + b"  manifest-sha256.txt\n"
_CONFIG = """\
[tsa]
default_tsa = authority
[authority]
serial = {here}/serial
signer_cert = {here}/tsa.pem
signer_key = {here}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
ess_cert_id_alg = sha256
"""


async def openssl(here: Path, *arguments: str) -> tuple[int, str]:
    """Run openssl; its status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        "openssl",
        *arguments,
        cwd=here,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


class Authority:
    """`openssl ts -reply` behind HTTP.

    Attributes:
        digests: the hash algorithms that it takes.
        instead_of_query: the query that is answered whatever is asked; None: the one asked.
        answers: what is sent whatever is asked; None: a timestamp.
    """

    def __init__(self, here: Path) -> None:
        self.here = here
        self.digests = "sha256"
        self.instead_of_query: bytes | None = None
        self.answers: web.StreamResponse | None = None
        self.content_types: list[str] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.url = ""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One timestamp."""
        query = await request.read()
        self.content_types.append(request.content_type)
        await self.may_answer.wait()
        if self.answers is not None:
            return self.answers
        (self.here / "query.tsq").write_bytes(self.instead_of_query or query)
        (self.here / "tsa.cnf").write_text(_CONFIG.format(here=self.here, digests=self.digests))
        await openssl(
            self.here,
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-queryfile",
            "query.tsq",
            "-out",
            "tsr",
        )
        return web.Response(
            body=(self.here / "tsr").read_bytes(), content_type="application/timestamp-reply"
        )


def _make_certificate(here: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")])
    now = dt.datetime.now(dt.UTC)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    (here / "tsa.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (here / "tsa.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture
async def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Authority]:
    """An authority that answers at once."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    _make_certificate(tmp_path)
    one = Authority(tmp_path)
    runner = web.ServerRunner(
        web.Server(one.answer, access_log=None, handler_cancellation=True), shutdown_timeout=0.1
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = "http://{}:{}/tsr".format(*runner.addresses[0][:2])
    yield one
    await runner.cleanup()


def timestamper(authority: Authority, timeout: float = 30.0) -> HttpTimestamper:
    """A timestamper of the authority."""
    return HttpTimestamper(authority.url, ssl.create_default_context(), timeout=timeout)


async def refusal(authority: Authority, timeout: float = 30.0) -> str:  # noqa: ASYNC109 - the timestamper's own patience
    """What is said where there is no timestamp."""
    with pytest.raises(EvidenceError) as refused:
        await timestamper(authority, timeout).stamp(_MESSAGE)
    before = "127.0.0.1: the timestamping authority gives no timestamp: "
    after = ". Check the URL, or name another authority with --tsa-url"
    said = str(refused.value)
    assert said.startswith(before)
    assert said.endswith(after)
    return said.removeprefix(before).removesuffix(after)


async def test_openssl_verifies_the_timestamp_of_a_message(
    authority: Authority, tmp_path: Path
) -> None:
    """The response is kept as it came, and holds with no tool of ours."""
    (tmp_path / "message").write_bytes(_MESSAGE)

    (tmp_path / "stamp.tsr").write_bytes(await timestamper(authority).stamp(_MESSAGE))

    command = ["ts", "-verify", "-data", "message", "-in", "stamp.tsr", "-CAfile", "tsa.pem"]
    status, _ = await openssl(tmp_path, *command)
    assert status == 0
    (tmp_path / "message").write_bytes(_MESSAGE + b"\n")
    status, _ = await openssl(tmp_path, *command)
    assert status == 1
    assert authority.content_types == ["application/timestamp-query"]


async def test_a_timestamp_of_something_else_is_refused(authority: Authority) -> None:
    """An answer to another question proves nothing of this bundle."""
    other = TimestampRequestBuilder().data(b"another").hash_algorithm(HashAlgorithm.SHA256)
    authority.instead_of_query = other.build().as_bytes()

    assert await refusal(authority) == "its timestamp is one of something else"


async def test_a_timestamp_given_before_is_refused(authority: Authority) -> None:
    """The same message was stamped at another time: the nonce tells."""
    earlier = TimestampRequestBuilder().data(_MESSAGE).hash_algorithm(HashAlgorithm.SHA256)
    authority.instead_of_query = earlier.build().as_bytes()

    assert await refusal(authority) == "its timestamp answers another request (the nonce differs)"


async def test_a_timestamp_without_a_nonce_is_refused(authority: Authority) -> None:
    """Such an answer may be an old one played again."""
    without = TimestampRequestBuilder().data(_MESSAGE).hash_algorithm(HashAlgorithm.SHA256)
    authority.instead_of_query = without.nonce(nonce=False).build().as_bytes()

    assert await refusal(authority) == "its timestamp answers another request (the nonce differs)"


async def test_an_authority_that_refuses_is_quoted(authority: Authority) -> None:
    """This one takes no SHA-256."""
    authority.digests = "sha512"

    assert await refusal(authority) == (
        "it refuses: REJECTION 'Message digest algorithm is not supported.'"
    )


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (web.Response(status=503), "it answers with HTTP status 503"),
        (
            web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}),
            "it answers with HTTP status 302",
        ),
        (web.Response(body=b"<html>sign in</html>"), "its answer is no timestamp response"),
        (web.Response(body=b""), "its answer is no timestamp response"),
        (web.Response(body=bytes(256 * 1024 + 1)), "its answer is larger than 256 KiB"),
    ],
    ids=["unavailable", "redirect", "a page", "nothing", "too much"],
)
async def test_what_is_no_timestamp_is_refused(
    authority: Authority, answer: web.StreamResponse, says: str
) -> None:
    """Nothing but a timestamp ends in a bundle, and redirects lead nowhere."""
    authority.answers = answer

    assert await refusal(authority) == says


async def test_an_authority_that_hangs_is_given_up(authority: Authority) -> None:
    """A run does not wait for it for ever."""
    authority.may_answer.clear()

    assert await refusal(authority, timeout=0.05) == "it did not answer within 0.05 s"


async def test_an_authority_without_a_certificate_that_we_trust_is_not_asked(
    authority: Authority,
) -> None:
    """Over HTTPS the server is verified, as everywhere."""
    authority.url = authority.url.replace("http:", "https:")

    assert (await refusal(authority)).startswith("it cannot be reached (Client")
    assert authority.content_types == []


@pytest.mark.parametrize(
    "url", ["", "tsa.example.org", "ftp://tsa.example.org", "http://[", "http://h:x/"]
)
def test_what_is_no_url_is_refused_at_once(url: str) -> None:
    """Before anything is swept."""
    with pytest.raises(EvidenceError) as refused:
        HttpTimestamper(url, ssl.create_default_context())

    assert str(refused.value) == (
        "--tsa-url: this is no URL of a timestamping authority. "
        "Write it as https://tsa.example.org/path"
    )


def test_a_credential_in_the_url_is_refused_and_not_shown() -> None:
    """It would end in the configuration that a bundle holds."""
    with pytest.raises(EvidenceError) as refused:
        HttpTimestamper("https://me:hunter2@tsa.example.org", ssl.create_default_context())

    assert str(refused.value) == (
        "--tsa-url: a credential does not belong in the URL of a timestamping authority. "
        "Leave it out, and name an authority that asks for none"
    )
