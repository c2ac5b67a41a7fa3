"""Calls through a proxy, by aiohttp, which knows CONNECT and proxies that want a password."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

import aiohttp
from yarl import URL

from orgscan.aws.http_answer import Answer


class ProxiedClient:
    """One session for all proxies, made when the first call needs it."""

    def __init__(self, *, tls: ssl.SSLContext, connections: int, timeout: float) -> None:
        """Take what the session is made with.

        Args:
            tls: verifies servers, the proxy too where it is spoken to by https.
            connections: the most that are open at once.
            timeout: seconds for one call.
        """
        self._tls = tls
        self._connections = connections
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._http: aiohttp.ClientSession | None = None

    async def post(self, url: URL, proxy: URL, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post a body and give the whole answer.

        Args:
            url: where to; its host has to be the one that was signed.
            proxy: the way there.
            headers: all but Host and Content-Length.
            body: the payload.

        Raises:
            TimeoutError: the answer took too long.
            aiohttp.ClientError: no whole answer came.
        """
        if self._http is None:
            self._http = self._open()
        # AWS sends no redirects, and the session token is not for whoever one would lead to.
        async with self._http.post(
            url, data=body, headers=headers, proxy=proxy, allow_redirects=False
        ) as answer:
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, found, await answer.read())

    async def close(self) -> None:
        """Close the session, where there is one."""
        if self._http is not None:
            await self._http.close()

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._connections, ssl=self._tls, keepalive_timeout=30, ttl_dns_cache=300
        )
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # Which proxy applies, botocore has said.
            trust_env=False,
        )
