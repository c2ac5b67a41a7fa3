"""Both paths to AWS, servers on loopback that they call, and botocore's own reading of answers."""

from __future__ import annotations

import datetime as dt
import functools
import ipaddress
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import botocore.session
import msgspec
import pytest
from aiobotocore.session import AioSession
from aiohttp import web
from botocore.parsers import create_parser
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from orgscan.aws.credentials import Credentials
from orgscan.aws.endpoints import Endpoint, learn_endpoint
from orgscan.aws.lean import LeanClient
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.ordinary import OrdinaryClients
from orgscan.aws.tls import tls_context

Attempt = Callable[..., Awaitable[Reply[Any]]]
"""`attempt(operation, parameters, credentials=…, region=…)`: one call, once."""

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_HOSTS = ("ecs.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's AWS or proxy settings reaches a test."""
    for name in os.environ:
        if name.upper().startswith("AWS_") or name.upper().endswith(("_PROXY", "_CA_BUNDLE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@pytest.fixture(scope="session")
def service_models() -> object:
    """What reads botocore's service models, each of them once."""
    return AioSession().get_component("data_loader")


@pytest.fixture
def session(service_models: object) -> AioSession:
    """A botocore session of the test's own environment."""
    session = AioSession()
    session.register_component("data_loader", service_models)
    return session


@pytest.fixture
def credentials_of() -> Callable[[int], Credentials]:
    """Return a function that gives the credentials of one of many accounts."""

    def make(number: int) -> Credentials:
        return Credentials(
            account_id=f"{number:012d}",
            access_key=f"ASIA{number:016d}",
            secret_key=f"secret of {number}",
            token=f"token of {number}",
        )

    return make


@pytest.fixture
async def listen() -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Return a function that serves `listen(handler, tls=None)` on loopback and gives its URL."""
    async with AsyncExitStack() as stack:

        async def start(handler: Handler, tls: ssl.SSLContext | None = None) -> str:
            runner = web.ServerRunner(
                web.Server(handler, access_log=None, handler_cancellation=True),
                shutdown_timeout=0.1,
            )
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
            host, port = runner.addresses[0][:2]
            return f"http{'s' if tls else ''}://{host}:{port}"

        yield start


@pytest.fixture
async def callers(
    session: AioSession, credentials_of: Callable[[int], Credentials]
) -> AsyncIterator[Callable[..., Awaitable[Attempt]]]:
    """Return a function that opens `callers("lean" or "ordinary", timeout=…)`."""
    async with AsyncExitStack() as stack:

        async def open_one(path: str, timeout: float = 10.0) -> Attempt:  # noqa: ASYNC109 - the client's own patience
            opened = (_lean if path == "lean" else _ordinary)(session, timeout)
            send = await stack.enter_async_context(opened)

            async def attempt(
                operation: Operation[Any],
                parameters: Parameters,
                *,
                credentials: Credentials | None = None,
                region: str = "eu-west-1",
            ) -> Reply[Any]:
                return await send(operation, parameters, credentials or credentials_of(1), region)

            return attempt

        yield open_one


@asynccontextmanager
async def _lean(session: AioSession, timeout: float) -> AsyncIterator[Attempt]:  # noqa: ASYNC109 - as open_one
    places: dict[tuple[str, str], Endpoint] = {}
    async with LeanClient(tls=tls_context(session), connections=50, timeout=timeout) as client:

        async def send(
            operation: Operation[Any], parameters: Parameters, credentials: Credentials, region: str
        ) -> Reply[Any]:
            service, name = operation.service, operation.name
            if (service, region) not in places:
                places[service, region] = await learn_endpoint(session, service, name, region)
            endpoint = places[service, region]
            return await client.attempt(
                operation, parameters, endpoint=endpoint, credentials=credentials
            )

        yield send


@asynccontextmanager
async def _ordinary(session: AioSession, timeout: float) -> AsyncIterator[Attempt]:  # noqa: ASYNC109 - as open_one
    async with OrdinaryClients(session, connections=50, timeout=timeout) as clients:

        async def send(
            operation: Operation[Any], parameters: Parameters, credentials: Credentials, region: str
        ) -> Reply[Any]:
            return await clients.attempt(
                operation, parameters, region=region, credentials=credentials
            )

        yield send


@pytest.fixture(params=["lean", "ordinary"])
def path(request: pytest.FixtureRequest) -> str:
    """Each path in turn."""
    return str(request.param)


class Authority(msgspec.Struct, frozen=True):
    """A certificate authority of a test, and a server that it vouches for.

    Attributes:
        bundle: the authority's certificate, as a PEM file.
        server: for 127.0.0.1 and for a few of AWS's own host names.
    """

    bundle: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody knows."""
    return _authority(tmp_path_factory.mktemp("authority"))


def _authority(folder: Path) -> Authority:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName(host) for host in _HOSTS]
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    key_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = (
        _certificate(issuer, issuer, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_id, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    server = (
        _certificate(x509.Name([]), issuer, key.public_key())
        .add_extension(x509.SubjectAlternativeName([*names, address]), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    bundle, chain = folder / "ca.pem", folder / "server.pem"
    bundle.write_bytes(ca.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + server.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    return Authority(bundle, context)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )


@pytest.fixture(scope="session")
def model_of() -> Callable[[Operation[Any]], Any]:
    """Return a function that gives botocore's model of an operation."""
    return _model_of


@functools.cache
def _service_model(service: str) -> Any:  # noqa: ANN401 - botocore's models have no types
    return botocore.session.get_session().get_service_model(service)


def _model_of(operation: Operation[Any]) -> Any:  # noqa: ANN401 - as _service_model
    return _service_model(operation.service).operation_model(operation.name)


@pytest.fixture(scope="session")
def as_botocore_reads() -> Callable[[Operation[Any], bytes], object]:
    """Return a function that lets botocore parse an answer, cut down to the members we read."""

    def read(operation: Operation[Any], body: bytes) -> object:
        model = _model_of(operation)
        parser: Any = create_parser(model.service_model.protocol)
        answer = {"status_code": 200, "headers": {}, "body": body}
        parsed = parser.parse(answer, model.output_shape)
        kind = msgspec.inspect.type_info(operation.reply)
        return msgspec.convert(_cut(parsed, model.output_shape, kind), operation.reply)

    return read


def _cut(value: object, shape: Any, kind: msgspec.inspect.Type) -> object:  # noqa: ANN401 - botocore's models have no types
    match value, kind:
        case _, msgspec.inspect.UnionType(types=types) if value is not None:
            stated = [one for one in types if not isinstance(one, msgspec.inspect.NoneType)]
            return _cut(value, shape, stated[0])
        case dict(), msgspec.inspect.StructType(fields=fields):
            members = {m.serialization.get("name", name): name for name, m in shape.members.items()}
            return {
                field.encode_name: _cut(value[name], shape.members[name], field.type)
                for field in fields
                if (name := members[field.encode_name]) in value
            }
        case list(), msgspec.inspect.ListType(item_type=item):
            return [_cut(entry, shape.member, item) for entry in value]
        case dt.datetime(), _:
            return value.timestamp()
        case _:
            return value
