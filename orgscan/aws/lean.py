"""The lean path: the hot calls, without botocore between us and the wire.

Ordinary clients cost 1.4-2.0 ms of CPU for each call, most of it in building, validating and
parsing what these few operations do not need (`benchmarks/lean.py` measures both). What only
botocore knows, where an endpoint lies, how it signs, which proxy and certificates apply, is
taken from botocore once per region (`orgscan.aws.endpoints`).
"""

from __future__ import annotations

import hashlib
import ssl
from types import TracebackType
from typing import Self, TypeVar

import aiohttp

from orgscan.aws.answers import no_answer, refused
from orgscan.aws.credentials import Credentials
from orgscan.aws.endpoints import Endpoint
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
        protocol = endpoint.protocol
        body = protocol.encode(operation.name, parameters)
        headers = self._signer.headers(
            credentials, endpoint=endpoint, operation=operation.name, body=body
        )
        headers["User-Agent"] = endpoint.user_agent
        headers["Accept-Encoding"] = "identity"  # as botocore; digests are of what AWS wrote
        status, error_type, answer = await self._send(operation.api, endpoint, headers, body)
        if status != 200:
            raise refused(operation.api, status, protocol.refusal(status, error_type, answer))
        data = protocol.decode(operation, answer)
        return Reply(data, f"sha256:{hashlib.sha256(answer).hexdigest()}")

    async def _send(
        self, api: str, endpoint: Endpoint, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        if self._http is None:
            raise RuntimeError("the client is used outside its `async with`")
        try:
            async with self._http.post(
                endpoint.url,
                data=body,
                headers=headers,
                proxy=endpoint.proxy,
                # AWS sends none, and the session token is not for whoever it would lead to.
                allow_redirects=False,
            ) as answer:
                return (
                    answer.status,
                    answer.headers.get("x-amzn-errortype", ""),
                    await answer.read(),
                )
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise no_answer(api, error) from None
