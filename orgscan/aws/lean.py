"""The lean path: hot AWS JSON calls without botocore between us and the wire.

Ordinary clients cost 1.4-2.0 ms of CPU for each call, most of it in building, validating and
parsing what these few operations do not need (`benchmarks/engine.py` measures both). What only
botocore knows, where an endpoint lies, how it signs, which proxy and certificates apply, is
taken from botocore once per region (`orgscan.aws.endpoints`).
"""

from __future__ import annotations

import hashlib
import ssl
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
import msgspec

from orgscan.aws.credentials import Credentials
from orgscan.aws.endpoints import Endpoint
from orgscan.aws.failure import CallFailed, FailureKind, kind_of
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.sigv4 import Signer

T = TypeVar("T")


class LeanClient:
    """One HTTP client and one connection pool for every account and region."""

    def __init__(self, *, tls: ssl.SSLContext, connections: int, timeout: float) -> None:
        """Take what the pool needs; it opens on entering.

        Args:
            tls: verifies servers; shared, because making one costs 50 ms.
            connections: the most that are open at once.
            timeout: seconds that one attempt may take, connecting included.
        """
        self._tls = tls
        self._connections = connections
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._signer = Signer()
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            limit=self._connections, ssl=self._tls, keepalive_timeout=30, ttl_dns_cache=300
        )
        self._http = aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            auto_decompress=False,
            # Proxies are botocore's business: it has said which one applies to the endpoint.
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def attempt(
        self,
        operation: Operation[T],
        parameters: Parameters,
        *,
        endpoint: Endpoint,
        credentials: Credentials,
    ) -> Reply[T]:
        """Sign, send and read one request, once.

        Raises:
            CallFailed: AWS refused, or no whole answer came.
        """
        body = msgspec.json.encode(parameters)
        headers = self._signer.headers(
            credentials, endpoint=endpoint, operation=operation.name, body=body
        )
        headers["User-Agent"] = endpoint.user_agent
        status, error_type, answer = await self._send(operation.api, endpoint, headers, body)
        if status != 200:
            raise _refusal(operation.api, status, error_type, answer)
        try:
            data = msgspec.json.decode(answer, type=operation.reply)
        except msgspec.ValidationError as error:
            raise CallFailed(
                FailureKind.REFUSED, api=operation.api, code="MalformedAnswer", message=str(error)
            ) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise CallFailed(
                FailureKind.TRANSIENT, api=operation.api, code="NotJson", message=str(error)
            ) from None
        return Reply(data, f"sha256:{hashlib.sha256(answer).hexdigest()}")

    async def _send(
        self, api: str, endpoint: Endpoint, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        if self._http is None:
            raise RuntimeError("the client is used outside its `async with`")
        try:
            async with self._http.post(
                endpoint.url, data=body, headers=headers, proxy=endpoint.proxy
            ) as answer:
                return (
                    answer.status,
                    answer.headers.get("x-amzn-errortype", ""),
                    await answer.read(),
                )
        except TimeoutError as error:
            raise CallFailed(FailureKind.TIMED_OUT, api=api, message=str(error)) from None
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            raise CallFailed(
                FailureKind.UNREACHABLE, api=api, code="TLS", message=str(error)
            ) from None
        except aiohttp.ClientConnectorError as error:
            raise CallFailed(FailureKind.UNREACHABLE, api=api, message=str(error)) from None
        except (aiohttp.ClientError, OSError) as error:
            # Cut short, reset, or not HTTP at all.
            message = f"{type(error).__name__}: {error}"
            raise CallFailed(FailureKind.TRANSIENT, api=api, message=message) from None


class _ErrorBody(msgspec.Struct):
    type: str = msgspec.field(name="__type", default="")
    message: str | None = None
    Message: str | None = None


_ERROR_BODY = msgspec.json.Decoder(_ErrorBody)


def _refusal(api: str, status: int, error_type: str, answer: bytes) -> CallFailed:
    """Read an error of the AWS JSON protocol as botocore reads it.

    https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
    """
    try:
        body = _ERROR_BODY.decode(answer)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        body = _ErrorBody()
    code = (body.type or error_type).split(":", 1)[0].rsplit("#", 1)[-1]
    message = body.message or body.Message or ""
    return CallFailed(
        kind_of(code, message, status),
        api=api,
        code=code or str(status),
        message=message,
        status=status,
    )
