"""Has a timestamping authority say when something was there (RFC 3161, over HTTP)."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from urllib.parse import urlsplit

import aiohttp
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    decode_timestamp_response,
)

from orgscan.errors import EvidenceError

# A response with the authority's whole chain has 4 to 10 KiB.
_MOST_BYTES = 256 * 1024
_SHA256 = "2.16.840.1.101.3.4.2.1"
_MEND = "Check the URL, or name another authority with --tsa-url"


class HttpTimestamper:
    """A timestamping authority at a URL.

    Responses are signed by the authority, so plain HTTP, which most authorities speak, will do:
    whoever checks a bundle checks that signature. Here is checked that the authority answered what
    it was asked.
    """

    def __init__(self, url: str, tls: ssl.SSLContext, *, timeout: float = 30.0) -> None:
        """Take the authority.

        Args:
            url: http or https, without credentials.
            tls: how a server is verified.
            timeout: seconds for all of one request.

        Raises:
            EvidenceError: this is no such URL.
        """
        self._host = _host_of(url)
        self._url = url
        self._tls = tls
        self._timeout = timeout

    async def stamp(self, message: bytes) -> bytes:
        """The DER of the authority's TimeStampResp over the SHA-256 of a message.

        Raises:
            EvidenceError: it gives none, or one of something else.
        """
        request = (
            TimestampRequestBuilder()
            .data(message)
            .hash_algorithm(HashAlgorithm.SHA256)
            .nonce(nonce=True)
            .cert_request(cert_request=True)
            .build()
        )
        answer = await self._post(request.as_bytes())
        self._require_answer_to(request, answer, hashlib.sha256(message).digest())
        return answer

    async def _post(self, body: bytes) -> bytes:
        try:
            # The total also bounds a server that sends a byte now and then.
            async with (
                asyncio.timeout(self._timeout),
                aiohttp.ClientSession(trust_env=True) as session,
                session.post(
                    self._url,
                    data=body,
                    headers={
                        "Content-Type": "application/timestamp-query",
                        "Accept": "application/timestamp-reply",
                    },
                    ssl=self._tls,
                    allow_redirects=False,
                ) as response,
            ):
                if response.status != 200:
                    raise self._error(f"it answers with HTTP status {response.status}")
                return await self._whole(response)
        except TimeoutError:
            raise self._error(f"it did not answer within {self._timeout:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise self._error(f"it cannot be reached ({type(error).__name__}: {error})") from None

    async def _whole(self, response: aiohttp.ClientResponse) -> bytes:
        held = bytearray()
        async for chunk in response.content.iter_any():
            held += chunk
            if len(held) > _MOST_BYTES:
                raise self._error(f"its answer is larger than {_MOST_BYTES // 1024} KiB")
        return bytes(held)

    def _require_answer_to(self, request: TimeStampRequest, answer: bytes, digest: bytes) -> None:
        try:
            response = decode_timestamp_response(answer)
        except ValueError:
            raise self._error("its answer is no timestamp response") from None
        # The library that bundles are verified by takes no other status, GRANTED_WITH_MODS neither.
        if response.status != PKIStatus.GRANTED:
            raise self._error(f"it refuses: {_refusal(response)}")
        try:
            info = response.tst_info
            imprint, nonce = info.message_imprint, info.nonce
        except ValueError:
            raise self._error("its answer holds no timestamp") from None
        if imprint.hash_algorithm.dotted_string != _SHA256 or imprint.message != digest:
            raise self._error("its timestamp is one of something else")
        if nonce != request.nonce:
            raise self._error("its timestamp answers another request (the nonce differs)")

    def _error(self, what: str) -> EvidenceError:
        return EvidenceError(
            f"the timestamping authority gives no timestamp: {what}", where=self._host, mend=_MEND
        )


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in {"http", "https"}:
        raise EvidenceError(
            "this is no URL of a timestamping authority",
            where="--tsa-url",
            mend="Write it as https://tsa.example.org/path",
        )
    if parts.username is not None or parts.password is not None:
        # Not shown: errors end in logs.
        raise EvidenceError(
            "a credential does not belong in the URL of a timestamping authority",
            where="--tsa-url",
            mend="Leave it out, and name an authority that asks for none",
        )
    return host


def _refusal(response: TimeStampResponse) -> str:
    """The authority's status and its words, which are a stranger's, so quoted and cut."""
    try:
        name = PKIStatus(response.status).name
    except ValueError:
        name = str(response.status)
    said = ascii(" ".join(response.status_string))[:200]
    return f"{name} {said}"
