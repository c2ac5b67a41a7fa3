"""Where a service lies in a region and how it is spoken to: botocore's answer, asked once.

botocore prepares one request, which is stopped before it is sent. So partitions, FIPS,
dual-stack, `AWS_ENDPOINT_URL`, service-specific endpoints, proxies and the user agent are all
just as in botocore, by public events alone.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import ProxyConfiguration
from botocore.regions import EndpointResolverBuiltins
from botocore.utils import get_environ_proxies, normalize_url_path, validate_region_name
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


class Endpoints:
    """Where services lie, each endpoint learnt when it is first called.

    One client of a service tells of all regions: one of EC2 takes 25 ms to make, which would be a
    quarter of what a sweep of a hundred accounts takes.
    """

    def __init__(self, session: AioSession, stack: AsyncExitStack) -> None:
        """Take what clients are made with.

        Args:
            session: knows profile, endpoints and proxies.
            stack: closes the clients.
        """
        self._session = session
        self._stack = stack
        self._known: dict[tuple[str, str], Endpoint] = {}
        self._tellers: dict[str, _Teller] = {}
        self._learning = asyncio.Lock()

    def known(self, service: str, region: str) -> Endpoint | None:
        """What was learnt already."""
        return self._known.get((service, region))

    async def learn(self, service: str, operation: str, region: str) -> Endpoint:
        """Let botocore prepare a call, and read off where and how it would have sent it.

        Args:
            service: botocore's name of a service that speaks AWS JSON 1.1 or a query protocol.
            operation: AWS's name of any of its operations.
            region: AWS's name of the region.

        Raises:
            CallFailed: there is no endpoint for it, or the one configured is no URL.
        """
        async with self._learning:
            found = self._known.get((service, region))
            if found is None:
                teller = await self._teller(service, region)
                found = self._known[service, region] = await teller.tell(operation, region)
            return found

    async def _teller(self, service: str, region: str) -> _Teller:
        teller = self._tellers.get(service)
        if teller is None:
            # The request is never sent, so that it need not have the operation's required members.
            config = AioConfig(parameter_validation=False)
            client = await self._stack.enter_async_context(
                new_client(self._session, service, region, config)
            )
            teller = self._tellers[service] = _Teller(client)
        return teller


class _Teller:
    """A client, stopped before it sends, and told for which region it would."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - clients are made at run time and have no type
        self._client = client
        self._model = client.meta.service_model
        self._region = ""
        self._has_resolved = False
        client.meta.events.register_first("before-endpoint-resolution", self._resolve)
        client.meta.events.register_first("before-sign", self._sign)
        client.meta.events.register_first("before-send", _stop)

    async def tell(self, operation: str, region: str) -> Endpoint:
        """The service's endpoint in a region; one call at a time.

        Raises:
            CallFailed: there is none.
        """
        service = self._model.service_name
        self._region, self._has_resolved = region, False
        try:
            validate_region_name(region)
            await getattr(self._client, xform_name(operation))()
        except _PreparedRequest as prepared:
            if not self._has_resolved:
                raise RuntimeError(f"botocore has no rules for {service}") from None
            return _read(prepared.request, _protocol(self._model, operation))
        except NO_ENDPOINT as error:
            raise no_endpoint(f"{service}:{operation}", error) from None
        raise RuntimeError(f"botocore sent {operation} although it was to be stopped")

    def _resolve(self, builtins: dict[str, object], **_: object) -> None:
        """Resolve the endpoint by botocore's rules, as a client of the region would."""
        builtins[EndpointResolverBuiltins.AWS_REGION.value] = self._region
        self._has_resolved = True

    def _sign(self, request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's requests have no type
        """Sign for the region, unless the rules have said for which."""
        request.context.setdefault("signing", {}).setdefault("region", self._region)


async def learn_endpoint(
    session: AioSession, service: str, operation: str, region: str
) -> Endpoint:
    """One endpoint, as `Endpoints.learn`."""
    async with AsyncExitStack() as stack:
        return await Endpoints(session, stack).learn(service, operation, region)


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
