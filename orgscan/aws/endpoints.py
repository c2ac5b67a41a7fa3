"""Where a service lies in a region and how it is spoken to: botocore's answer, asked once.

botocore prepares one request, which is stopped before it is sent. So partitions, FIPS,
dual-stack, `AWS_ENDPOINT_URL`, service-specific endpoints, proxies and the user agent are all
just as in botocore, by public events alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import ProxyConfiguration
from botocore.utils import get_environ_proxies, normalize_url_path
from yarl import URL

from orgscan.aws.http1 import Destination, destination
from orgscan.aws.ordinary import NO_ENDPOINT, new_client, no_endpoint
from orgscan.aws.protocols.ec2query import Ec2Query
from orgscan.aws.protocols.interface import WireProtocol
from orgscan.aws.protocols.json11 import Json11
from orgscan.aws.protocols.query import Query
from orgscan.aws.protocols.restjson import RestJson


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What the lean path needs to call one service in one region.

    Attributes:
        url: where calls are posted to.
        host: as signed and sent, with the port where it is not the scheme's own.
        path: as signed; `/`, unless a custom endpoint lies below another path.
        protocol: how calls and answers are written.
        proxy: None for a direct connection.
    """

    url: URL
    host: str
    path: str
    signing_region: str
    signing_name: str
    protocol: WireProtocol
    user_agent: str
    proxy: URL | None = None

    @cached_property
    def address(self) -> str:
        """The URL as evidence has it."""
        return str(self.url)

    @cached_property
    def destination(self) -> Destination:
        """The URL as direct calls take it: made once, because that costs as much as signing."""
        return destination(self.url, self.host)


class _PreparedRequest(Exception):  # noqa: N818 - stops botocore before it sends; no failure
    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.request = request


async def learn_endpoint(
    session: AioSession, service: str, operation: str, region: str
) -> Endpoint:
    """Let botocore prepare a call, and read off where and how it would have sent it.

    Args:
        session: knows profile, endpoints and proxies.
        service: botocore's name of a service that speaks AWS JSON 1.1 or the EC2 query protocol.
        operation: AWS's name of any of its operations.
        region: AWS's name of the region.

    Raises:
        CallFailed: there is no endpoint for it, or the one configured is no URL.
    """
    # The request is never sent, so that it need not have the operation's required members.
    config = AioConfig(parameter_validation=False)
    async with new_client(session, service, region, config) as client:
        try:
            prepared = await _prepare(client, operation)
        except NO_ENDPOINT as error:
            raise no_endpoint(f"{service}:{operation}", error) from None
        return _read(prepared, _protocol(client.meta.service_model, operation))


async def _prepare(client: Any, operation: str) -> AWSPreparedRequest:  # noqa: ANN401 - clients are made at run time and have no type
    client.meta.events.register_first("before-send", _stop)
    try:
        await getattr(client, xform_name(operation))()
    except _PreparedRequest as prepared:
        return prepared.request
    raise RuntimeError(f"botocore sent {operation} although it was to be stopped")


def _stop(request: AWSPreparedRequest, **_: object) -> None:
    raise _PreparedRequest(request)


def _protocol(service: Any, operation: str) -> WireProtocol:  # noqa: ANN401 - botocore's service model has no type
    match service.protocol, service.metadata:
        case "json", {"targetPrefix": prefix, "jsonVersion": "1.1"}:
            return Json11(prefix)
        case "ec2", {"apiVersion": version}:
            return Ec2Query(version)
        case "query", {"apiVersion": version}:
            return Query(version)
        case "rest-json", _:
            return RestJson(operation)
        case other, _:
            raise RuntimeError(f"the lean path does not speak {other}")


def _read(request: AWSPreparedRequest, protocol: WireProtocol) -> Endpoint:
    parts = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    scope = headers["authorization"].split("Credential=", 1)[1].split(",", 1)[0].split("/")
    _, _, region, name, _ = scope
    # Mends a proxy without a scheme, as in `HTTPS_PROXY=proxy:3128`.
    proxies = ProxyConfiguration(get_environ_proxies(request.url))
    proxy = proxies.proxy_url_for(request.url)
    return Endpoint(
        url=URL(request.url, encoded=True),
        host=_host(parts),
        path=quote(normalize_url_path(parts.path), safe="/~"),
        signing_region=region,
        signing_name=name,
        protocol=protocol,
        user_agent=headers["user-agent"],
        proxy=URL(proxy) if proxy else None,
    )


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    bracketed = f"[{name}]" if ":" in name else name
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    return bracketed if parts.port in {None, standard} else f"{bracketed}:{parts.port}"


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
