"""A timestamping authority, asked over HTTP (RFC 3161)."""

from __future__ import annotations

import hashlib

import aiohttp
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from orgscan.errors import EvidenceError

_SECONDS = 30.0
_LONGEST_ANSWER = 64 * 1024
_GRANTED = frozenset({0, 1})  # granted, and granted with modifications


class Authority:
    """`orgscan.evidence.signing.Timestamper`; its answer is checked before it is kept."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def stamp(self, message: bytes) -> bytes:
        """As `Timestamper.stamp`."""
        request = (
            TimestampRequestBuilder()
            .data(message)
            .hash_algorithm(HashAlgorithm.SHA256)
            .nonce(nonce=True)
            .cert_request(cert_request=True)
            .build()
        )
        answer = await self._post(request.as_bytes())
        try:
            response = decode_timestamp_response(answer)
            granted = response.status in _GRANTED
            info = response.tst_info if granted else None
        except ValueError as error:
            raise self._error(f"this is no timestamp: {error}") from None
        if info is None:
            raise self._error(f"the authority refuses (status {response.status})")
        if info.nonce != request.nonce or (
            info.message_imprint.message != hashlib.sha256(message).digest()
        ):
            raise self._error("the timestamp is one of something else")
        return answer

    async def _post(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
                session.post(
                    self._url, data=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                read = await answer.content.read(_LONGEST_ANSWER + 1)
                while read and len(read) <= _LONGEST_ANSWER:
                    more = await answer.content.read(_LONGEST_ANSWER)
                    if not more:
                        break
                    read += more
                if answer.status != 200:
                    raise self._error(f"the authority answers with status {answer.status}")
        except TimeoutError:
            raise self._error(f"the authority does not answer within {_SECONDS:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise self._error(f"the authority cannot be reached: {error}") from None
        if len(read) > _LONGEST_ANSWER:
            raise self._error("the answer is longer than any timestamp")
        return read

    def _error(self, what: str) -> EvidenceError:
        return EvidenceError(
            what, where=self._url, mend="Check --tsa-url, or leave the timestamp out"
        )
