"""Choices that depend on the seed and on what is chosen for, never on when it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_WHOLE = float(1 << 64)


class Chance:
    """A family of hashes of (seed, what it is for): the same question has the same answer."""

    __slots__ = ("_key",)

    def __init__(self, seed: int) -> None:
        self._key = hashlib.sha256(f"orgscan simulator {seed}".encode()).digest()

    def digest(self, *parts: str | int) -> bytes:
        """32 bytes."""
        text = "\x1f".join(map(str, parts))
        return hashlib.blake2b(text.encode(), digest_size=32, key=self._key).digest()

    def number(self, *parts: str | int) -> int:
        """A whole number of 64 bits."""
        return int.from_bytes(self.digest(*parts)[:8], "big")

    def share(self, *parts: str | int) -> float:
        """From 0 (included) to 1 (excluded)."""
        return self.number(*parts) / _WHOLE

    def below(self, limit: int, *parts: str | int) -> int:
        """From 0 to limit - 1."""
        return self.number(*parts) % limit

    def hex(self, length: int, *parts: str | int) -> str:
        """Up to 64 hexadecimal digits."""
        return self.digest(*parts).hex()[:length]

    def pick(self, items: Sequence[T], *parts: str | int) -> T:
        """One of the items, each as likely as the other."""
        return items[self.below(len(items), *parts)]

    def weighted(self, items: Sequence[T], weights: Sequence[int], *parts: str | int) -> T:
        """One of the items, each as likely as its weight; a weight of 0 is never chosen."""
        at = self.below(sum(weights), *parts)
        for item, weight in zip(items, weights, strict=True):
            at -= weight
            if at < 0:
                return item
        raise AssertionError("the weights add up to more than their sum")

    def uuid(self, *parts: str | int) -> str:
        """In the form of AWS's request ids."""
        text = self.hex(32, *parts)
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
