"""Where each record lies in a file: 24 bytes a target, whatever the size of its findings."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

_REGION_BITS = 12


class Place(NamedTuple):
    """Some bytes of a file; `account` is the id, as a number, of the one that they are about."""

    account: int
    offset: int
    length: int


class Places:
    """Places by account and region, given back in the order of the reports."""

    def __init__(self) -> None:
        self._regions: dict[str | None, int] = {}
        self._keys = array("Q")
        self._offsets = array("Q")
        self._lengths = array("Q")

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, account_id: str, region: str | None, offset: int, length: int) -> None:
        """Note a record. Account ids are twelve digits, which leaves room for the region."""
        number = self._regions.setdefault(region, len(self._regions))
        self._keys.append(int(account_id) << _REGION_BITS | number)
        self._offsets.append(offset)
        self._lengths.append(length)

    def known(self) -> set[tuple[str, str | None]]:
        """Every account and region that has a record."""
        names = list(self._regions)
        mask = (1 << _REGION_BITS) - 1
        return {(f"{key >> _REGION_BITS:012d}", names[key & mask]) for key in self._keys}

    def ordered(self) -> Iterator[Place]:
        """By account, then region; an account's own entry before its regions."""
        rank = [0] * len(self._regions)
        for place, name in enumerate(sorted(self._regions, key=lambda name: name or "")):
            rank[self._regions[name]] = place
        mask = (1 << _REGION_BITS) - 1
        order = sorted(
            range(len(self._keys)),
            key=lambda at: (self._keys[at] & ~mask) | rank[self._keys[at] & mask],
        )
        for at in order:
            yield Place(self._keys[at] >> _REGION_BITS, self._offsets[at], self._lengths[at])
