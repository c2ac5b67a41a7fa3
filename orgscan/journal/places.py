"""Where each record lies in a file: 24 bytes a target, whatever the size of its findings."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

_REGION_BITS = 12


class Places:
    """Places by account and region, given back in the order of the reports."""

    def __init__(self) -> None:
        self._regions: dict[str | None, int] = {}
        self._keys = array("Q")
        self._offsets = array("Q")
        self._lengths = array("Q")
        self._is_ordered = True

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, account_id: str, region: str | None, offset: int, length: int) -> None:
        """Note a record. Account ids are twelve digits, which leaves room for the region."""
        number = self._regions.setdefault(region, len(self._regions))
        self._keys.append(int(account_id) << _REGION_BITS | number)
        self._offsets.append(offset)
        self._lengths.append(length)
        self._is_ordered = False

    def known(self) -> set[tuple[str, str | None]]:
        """Every account and region that has a record."""
        names = list(self._regions)
        mask = (1 << _REGION_BITS) - 1
        return {(f"{key >> _REGION_BITS:012d}", names[key & mask]) for key in self._keys}

    def ordered(self) -> Iterator[tuple[int, int]]:
        """Offset and length by account, then region; an account's own entry before its regions."""
        self._order()
        return zip(self._offsets, self._lengths, strict=True)

    def accounts(self) -> Iterator[int]:
        """The accounts' ids, as numbers, of what `ordered` gives."""
        self._order()
        return (key >> _REGION_BITS for key in self._keys)

    def _order(self) -> None:
        """Once for all who read, of whom each report format is one."""
        if self._is_ordered:
            return
        rank = [0] * len(self._regions)
        for place, name in enumerate(sorted(self._regions, key=lambda name: name or "")):
            rank[self._regions[name]] = place
        mask = (1 << _REGION_BITS) - 1
        order = sorted(
            range(len(self._keys)),
            key=lambda at: (self._keys[at] & ~mask) | rank[self._keys[at] & mask],
        )
        self._keys, self._offsets, self._lengths = (
            array("Q", map(numbers.__getitem__, order))
            for numbers in (self._keys, self._offsets, self._lengths)
        )
        self._is_ordered = True
