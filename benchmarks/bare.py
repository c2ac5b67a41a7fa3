"""The least that a Python program can do to call ECS over aiohttp: sign, send, read.

Nothing is retried, paced, counted, parsed or looked at. It shares no code with orgscan, which it
is the measure for.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Self

import aiohttp

from orgscan.simulator import Credentials

_TARGET = "AmazonEC2ContainerServiceV20141113."

Call = tuple[Credentials, str, str, bytes]
"""Who calls, in which region, which operation, with which body."""


class BareClient:
    """One pool of connections to one server."""

    def __init__(self, url: str, connections: int) -> None:
        self._url = url
        self._signer = _Signer(url)
        connector = aiohttp.TCPConnector(limit=connections)
        self._http = aiohttp.ClientSession(connector=connector, auto_decompress=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def call(self, call: Call) -> None:
        """Make one call.

        Raises:
            RuntimeError: the answer was not 200.
        """
        credentials, region, operation, body = call
        headers = self._signer.headers(credentials, region, operation, body)
        async with self._http.post(self._url, data=body, headers=headers) as response:
            answer = await response.read()
            if response.status != 200:
                raise RuntimeError(answer.decode())


async def make_all(
    calls: Iterable[Call], call: Callable[[Call], Awaitable[object]], at_once: int
) -> None:
    """Make the calls, so many at once."""
    pending = iter(calls)

    async def worker() -> None:
        for one in pending:
            await call(one)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(worker())


class _Signer:
    """Signature Version 4 for ECS, with the keys that it derived."""

    def __init__(self, url: str) -> None:
        self._host = url.partition("//")[2]
        self._keys: dict[tuple[str, str, str], bytes] = {}

    def headers(
        self, credentials: Credentials, region: str, operation: str, body: bytes
    ) -> dict[str, str]:
        """The headers of a signed call."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "host": self._host,
            "x-amz-date": stamp,
            "x-amz-security-token": credentials.session_token or "",
            "x-amz-target": _TARGET + operation,
        }
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{stamp[:8]}/{region}/ecs/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        key = self._key(credentials, stamp[:8], region)
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        who = f"{credentials.access_key_id}/{scope}"
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={who}, SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def _key(self, credentials: Credentials, date: str, region: str) -> bytes:
        name = (credentials.access_key_id, date, region)
        key = self._keys.get(name)
        if key is None:
            key = ("AWS4" + credentials.secret_access_key).encode()
            for part in (date, region, "ecs", "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._keys[name] = key
        return key
