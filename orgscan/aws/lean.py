"""The lean path: the hot calls, without botocore between us and the wire.

Ordinary clients cost 1.4-2.0 ms of CPU for each call, most of it in building, validating and
parsing what these few operations do not need (`benchmarks/lean.py` measures both). What only
botocore knows, where an endpoint lies, how it signs, which proxy and certificates apply, is
taken from botocore once per region (`orgscan.aws.endpoints`).
"""

from __future__ import annotations

import ssl
from types import TracebackType
from typing import Self, TypeVar

import aiohttp

from orgscan.aws.answers import no_answer, refused
from orgscan.aws.credentials import Credentials
from orgscan.aws.endpoints import Endpoint
from orgscan.aws.failure import CallFailed
from orgscan.aws.http1 import DirectClient
from orgscan.aws.http_answer import Answer
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.proxied import ProxiedClient
from orgscan.aws.receipt import Receipt, request_id
from orgscan.aws.redaction import redacted, without_token
from orgscan.aws.sigv4 import Signer

T = TypeVar("T")


class LeanClient:
    """One HTTP client and one connection pool for every account and region."""

    def __init__(self, *, tls: ssl.SSLContext, connections: int, timeout: float) -> None:
        """Take what the pools need; they open on entering.

        Args:
            tls: verifies servers; shared, because making one costs 50 ms.
            connections: the most that are open at once.
            timeout: seconds that one attempt may take, connecting included.
        """
        self._signer = Signer()
        self._direct = DirectClient(tls=tls, connections=connections, timeout=timeout)
        self._proxied = ProxiedClient(tls=tls, connections=connections, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._direct.close()
        await self._proxied.close()

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
        try:
            if endpoint.proxy is None:
                answer = await self._direct.post(endpoint.destination, headers, body)
            else:
                answer = await self._proxied.post(endpoint.url, endpoint.proxy, headers, body)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            failed = no_answer(operation.api, error)
            failed.receipt = Receipt(endpoint=endpoint.address, caller=credentials.arn)
            raise failed from None
        return _read(operation, answer, endpoint, credentials)


def _read(
    operation: Operation[T], answer: Answer, endpoint: Endpoint, credentials: Credentials
) -> Reply[T]:
    is_good = answer.status == 200
    body = answer.body
    kept = redacted(operation.api, body) if is_good else without_token(body, credentials)
    receipt = Receipt(
        endpoint=endpoint.address,
        caller=credentials.arn,
        status=answer.status,
        request_id=request_id(answer.headers),
        body=kept,
    )
    try:
        if not is_good:
            error_type = answer.headers.get("x-amzn-errortype", "")
            refusal = endpoint.protocol.refusal(answer.status, error_type, kept)
            raise refused(operation.api, answer.status, refusal)
        data = endpoint.protocol.decode(operation, body)
    except CallFailed as failed:
        failed.receipt = receipt
        raise
    return Reply(data, receipt=receipt)
