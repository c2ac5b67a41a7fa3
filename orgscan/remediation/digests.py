"""Digests that say whether two structures are the same, whatever order their members came in."""

from __future__ import annotations

import hashlib

import msgspec

_CANONICAL = msgspec.json.Encoder(order="sorted")


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no spaces."""
    return _CANONICAL.encode(value)


def digest_of(value: object) -> str:
    """`sha256:` and the hex digest of the canonical JSON."""
    return f"sha256:{hashlib.sha256(canonical(value)).hexdigest()}"


def short(value: object, length: int = 12) -> str:
    """The first hex digits of the digest, for ids."""
    return digest_of(value).removeprefix("sha256:")[:length]
