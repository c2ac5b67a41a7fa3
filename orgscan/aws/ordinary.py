"""Ordinary aiobotocore clients, one per service and region, shared by all accounts.

A client holds no credentials of its own: each call carries them, and a call without them fails
instead of falling back to the caller's. Retries are the engine's, so botocore makes one attempt.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import aiohttp
import botocore.exceptions as botocore_errors
import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioCredentials
from aiobotocore.session import AioSession
from botocore import xform_name
from botocore.parsers import ResponseParserError

from orgscan import __version__
from orgscan.aws.answers import no_answer, refused, require_answer
from orgscan.aws.credentials import Credentials
from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.protocols.interface import Refusal
from orgscan.aws.receipt import Receipt, request_id
from orgscan.aws.redaction import redacted, without_token

T = TypeVar("T")

_CREDENTIALS = "orgscan_credentials"
_LONGEST_STREAM = 1 << 20
_A_PART = 1 << 16
_USER_AGENT = AioConfig(user_agent_extra=f"orgscan/{__version__}")


class OrdinaryClients:
    """The clients, made when first used and closed together."""

    def __init__(self, session: AioSession, *, connections: int, timeout: float) -> None:
        """Take what clients are made with.

        Args:
            session: knows profile, region, endpoints and certificates.
            connections: the most that one client holds open.
            timeout: seconds for connecting, and for each wait for data.
        """
        self._session = session
        self._config = AioConfig(
            retries={"total_max_attempts": 1, "mode": "standard"},
            max_pool_connections=connections,
            connect_timeout=timeout,
            read_timeout=timeout,
            parameter_validation=True,
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = asyncio.Lock()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def client(self, service: str, region: str) -> Any:  # noqa: ANN401 - botocore makes clients at run time; they have no type
        """The one client of `service` in `region`."""
        if (service, region) not in self._clients:
            async with self._making:
                if (service, region) not in self._clients:
                    self._clients[service, region] = await self._make(service, region)
        return self._clients[service, region]

    async def _make(self, service: str, region: str) -> Any:  # noqa: ANN401 - as `client`
        client = await self._stack.enter_async_context(
            new_client(self._session, service, region, self._config)
        )
        client.meta.events.register("provide-client-params", _bind_credentials)
        client.meta.events.register("before-parse", _keep_and_check)
        return client

    async def attempt(
        self,
        operation: Operation[T],
        parameters: Parameters,
        *,
        region: str,
        credentials: Credentials,
    ) -> Reply[T]:
        """Make one call, once.

        Raises:
            CallFailed: AWS refused, or no whole answer came.
        """
        with _as_failure(operation.api, credentials):
            client = await self.client(operation.service, region)
        answer = _Answer()
        _ANSWER.set(answer)
        try:
            parsed = await _ask(client, operation, parameters, credentials)
        except CallFailed as failed:
            failed.receipt = _receipt(operation.api, client, answer, credentials)
            raise
        receipt = _receipt(operation.api, client, answer, credentials)
        return Reply(parsed, receipt=receipt)


async def _ask(
    client: Any,  # noqa: ANN401 - clients are made at run time and have no type
    operation: Operation[T],
    parameters: Parameters,
    credentials: Credentials,
) -> T:
    with _as_failure(operation.api, credentials):
        method = getattr(client, xform_name(operation.name))
        parsed = await method(**parameters, **{_CREDENTIALS: credentials})
        stream = parsed.get("Body")
        if stream is not None:
            parsed["Body"] = _ANSWER.get().body = await _streamed(operation.api, stream)
        return msgspec.convert(parsed, operation.reply, strict=False)


@contextmanager
def _as_failure(api: str, credentials: Credentials) -> Iterator[None]:
    """What botocore raises, as the failure of a call."""
    try:
        yield
    except botocore_errors.ClientError as error:
        raise _refusal(api, error, credentials) from None
    except _NO_ANSWER as error:
        raise _no_answer(api, error) from None
    except _WRONG_TYPES as error:
        raise _malformed(api, error) from None


class _Answer(msgspec.Struct):
    """What came, as it came; status 0 until something has."""

    status: int = 0
    request_id: str = ""
    body: bytes = b""


# botocore gives its handlers no other way to tell one call from the next.
_ANSWER: ContextVar[_Answer] = ContextVar("orgscan_answer")


def _receipt(
    api: str,
    client: Any,  # noqa: ANN401 - as in `_ask`
    answer: _Answer,
    credentials: Credentials,
) -> Receipt:
    is_good = 200 <= answer.status < 300
    body = redacted(api, answer.body) if is_good else without_token(answer.body, credentials)
    return Receipt(
        endpoint=client.meta.endpoint_url,
        caller=credentials.arn,
        status=answer.status,
        request_id=answer.request_id,
        body=body,
    )


async def _streamed(api: str, stream: Any) -> bytes:  # noqa: ANN401 - botocore's streams have no types
    """A body that botocore hands over unread, such as an S3 object's; too long a one is refused.

    A read gives what has come so far, and only an empty one says that this was all.
    """
    read = bytearray()
    try:
        async with stream:
            while len(read) <= _LONGEST_STREAM and (part := await stream.read(_A_PART)):
                read += part
    except _NO_ANSWER as error:
        raise _no_answer(api, error) from None
    if len(read) > _LONGEST_STREAM:
        raise CallFailed(
            FailureKind.REFUSED, api=api, code="TooLong", message="the object is not read whole"
        )
    return bytes(read)


@asynccontextmanager
async def new_client(
    session: AioSession, service: str, region: str, config: AioConfig
) -> AsyncIterator[Any]:
    """A client without usable credentials: each call's own take their place.

    Raises:
        CallFailed: there is no endpoint for it, or the one configured is no URL.
    """
    # The stubs know a client type for each literal service name; ours is not a literal.
    create: Callable[..., AbstractAsyncContextManager[Any]] = session.create_client
    async with AsyncExitStack() as stack:
        try:
            client = await stack.enter_async_context(
                create(
                    service,
                    region_name=region,
                    config=_USER_AGENT.merge(config),
                    aws_access_key_id="unused",
                    aws_secret_access_key="unused",  # noqa: S106 - a placeholder
                )
            )
            # botocore would find out while it signs.
            _ = urlsplit(client.meta.endpoint_url).port
        # A ValueError is about AWS_ENDPOINT_URL.
        except (ValueError, *NO_ENDPOINT) as error:
            raise no_endpoint(f"{service}:*", error) from None
        yield client


NO_ENDPOINT = (
    botocore_errors.BaseEndpointResolverError,
    botocore_errors.EndpointProviderError,
    botocore_errors.InvalidRegionError,
)
"""What botocore raises where it knows no endpoint, such as FIPS where the partition has none."""


def no_endpoint(api: str, error: Exception) -> CallFailed:
    """The failure of a call that has nowhere to go."""
    return CallFailed(FailureKind.UNREACHABLE, api=api, code="NoEndpoint", message=str(error))


def _bind_credentials(params: Parameters, context: dict[str, Any], **_: object) -> Parameters:
    given = dict(params)
    credentials = given.pop(_CREDENTIALS, None)
    if not isinstance(credentials, Credentials):
        raise RuntimeError("a call without credentials of its own")  # noqa: TRY004 - not the caller's type error but our bug
    signing = context.setdefault("signing", {})
    signing["request_credentials"] = AioCredentials(
        credentials.access_key, credentials.secret_key, credentials.token
    )
    return given


def _keep_and_check(
    operation_model: Any,  # noqa: ANN401 - botocore's models have no types
    response_dict: dict[str, Any],
    **_: object,
) -> None:
    answer = _ANSWER.get()
    answer.status = response_dict["status_code"]
    headers = {name.lower(): value for name, value in response_dict["headers"].items()}
    answer.request_id = request_id(headers)
    if not isinstance(response_dict["body"], bytes):
        return  # a stream, which is read by whoever called, and not parsed
    answer.body = response_dict["body"]
    service = operation_model.service_model
    api = f"{service.signing_name}:{operation_model.name}"
    require_answer(api, service.protocol, answer.status, answer.body)


_NO_ANSWER = (
    botocore_errors.ConnectionError,
    botocore_errors.HTTPClientError,
    ResponseParserError,
    botocore_errors.IncompleteReadError,
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    *NO_ENDPOINT,
)
# botocore's parsers trust a good status: a member of another type than modelled ends in one.
_WRONG_TYPES = (AttributeError, KeyError, TypeError, ValueError)


def _malformed(api: str, error: Exception) -> CallFailed:
    return CallFailed(
        FailureKind.REFUSED,
        api=api,
        code="MalformedAnswer",
        message=f"{type(error).__name__}: {error}",
    )


def _refusal(api: str, error: botocore_errors.ClientError, credentials: Credentials) -> CallFailed:
    detail = error.response.get("Error", {})
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = str(detail.get("Message") or "").encode(errors="surrogatepass")
    message = without_token(message, credentials)
    said = Refusal(str(detail.get("Code") or ""), message.decode(errors="replace"))
    return refused(api, status, said)


def _no_answer(api: str, error: Exception) -> CallFailed:
    if isinstance(error, NO_ENDPOINT):
        return no_endpoint(api, error)
    # botocore's own classes take a reset for an endpoint that cannot be reached.
    cause = error.kwargs.get("error") if isinstance(error, botocore_errors.BotoCoreError) else None
    return no_answer(api, cause or error)
