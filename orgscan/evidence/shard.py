"""The lines of one account's evidence, checked as they are read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterable, Iterator

import msgspec

from orgscan.errors import NotGenuine
from orgscan.evidence.layout import account_of
from orgscan.model.evidence import Exchange

_GZIP = 16 + zlib.MAX_WBITS
_PART = 1 << 20
_LONGEST_LINE = 1 << 30
"""Bytes; AWS's largest answer, escaped. A line that does not end fills no memory."""


def digests_of(name: str, parts: Iterable[bytes]) -> Iterator[str]:
    """The digest of each exchange, each held to its own body and to the shard's account.

    Args:
        name: of the shard.
        parts: its compressed content.

    Raises:
        NotGenuine: with the number of the line that does not hold.
    """
    decoder = msgspec.json.Decoder(Exchange)
    account = account_of(name)
    for number, line in enumerate(_lines(name, parts), start=1):
        where = f"{name}:{number}"
        try:
            exchange = decoder.decode(line)
            body = _body(exchange)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise NotGenuine(f"this is no line of evidence: {error}", where=where) from None
        if f"sha256:{hashlib.sha256(body).hexdigest()}" != exchange.digest:
            raise NotGenuine("the body does not have the digest of its line", where=where)
        if exchange.account != account:
            raise NotGenuine(f"the line is of account {exchange.account!r}", where=where)
        yield exchange.digest


def _body(exchange: Exchange) -> bytes:
    if (exchange.body is None) == (exchange.body_base64 is None):
        raise ValueError("it has to have one body")
    if exchange.body is not None:
        return exchange.body.encode()
    try:
        return base64.b64decode(exchange.body_base64 or "", validate=True)
    except binascii.Error as error:
        raise ValueError(f"body_base64: {error}") from None


def _lines(name: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    pending = bytearray()
    for part in _inflated(name, parts):
        pending += part
        *whole, rest = pending.split(b"\n") if b"\n" in part else (pending,)
        yield from map(bytes, whole)
        if whole:
            pending = bytearray(rest)
        if len(pending) > _LONGEST_LINE:
            raise NotGenuine("a line does not end", where=name)
    if pending:
        raise NotGenuine("the last line does not end", where=name)


def _inflated(name: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    """The content, a bounded part at a time, however well it was compressed."""
    stream = zlib.decompressobj(_GZIP)
    try:
        for part in parts:
            yield stream.decompress(part, _PART)
            while stream.unconsumed_tail:
                yield stream.decompress(stream.unconsumed_tail, _PART)
            if stream.unused_data:
                raise NotGenuine("something follows the compressed lines", where=name)
    except zlib.error as error:
        raise NotGenuine(f"the lines cannot be decompressed: {error}", where=name) from None
    if not stream.eof:
        raise NotGenuine("the compressed lines are cut short", where=name)
