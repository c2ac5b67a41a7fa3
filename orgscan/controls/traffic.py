"""Traffic as boxes: from a range of addresses to a range of ports, for one protocol at a time.

Routes, network ACLs and security groups are all about such boxes, and for the first two the rule
that matches first decides. Ranges include both of their ends.
"""

from __future__ import annotations

import functools
import ipaddress
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

LAST_PORT = 65_535
EVERY_PORT = (0, LAST_PORT)
LAST_ADDRESS = {4: 2**32 - 1, 6: 2**128 - 1}


class Box(NamedTuple):
    """Addresses `first` to `last`, ports `low` to `high`."""

    first: int
    last: int
    low: int = 0
    high: int = LAST_PORT


def everything(family: int, from_port: int | None = None, to_port: int | None = None) -> Box:
    """Every address of IPv4 (4) or IPv6 (6) to the ports; no port means every port."""
    return Box(0, LAST_ADDRESS[family], *_ports(from_port, to_port))


def box_of(cidr: str, from_port: int | None = None, to_port: int | None = None) -> Box:
    """The box of a CIDR; ports as in `everything`.

    Raises:
        ValueError: it is no CIDR.
    """
    first, last = _addresses(cidr)
    return Box(first, last, *_ports(from_port, to_port))


def _ports(from_port: int | None, to_port: int | None) -> tuple[int, int]:
    low = 0 if from_port is None or from_port < 0 else from_port
    return low, LAST_PORT if to_port is None or to_port < 0 else to_port


# The same few ranges come again and again, and reading one costs more than all else about it.
@functools.lru_cache(maxsize=16_384)
def _addresses(cidr: str) -> tuple[int, int]:
    """The first and the last address."""
    network = ipaddress.ip_network(cidr, strict=False)
    first = int(network.network_address)
    return first, first | (1 << network.max_prefixlen - network.prefixlen) - 1


def overlap(one: Box, other: Box) -> Box | None:
    """What lies in both; None where nothing does."""
    first, last = max(one.first, other.first), min(one.last, other.last)
    low, high = max(one.low, other.low), min(one.high, other.high)
    return Box(first, last, low, high) if first <= last and low <= high else None


def without(box: Box, taken: Box) -> list[Box]:
    """What of `box` lies outside `taken`, which lies in it: at most four boxes."""
    parts = (
        Box(box.first, taken.first - 1, box.low, box.high),
        Box(taken.last + 1, box.last, box.low, box.high),
        Box(taken.first, taken.last, box.low, taken.low - 1),
        Box(taken.first, taken.last, taken.high + 1, box.high),
    )
    return [part for part in parts if part.first <= part.last and part.low <= part.high]


def let_through(traffic: Iterable[Box], rules: Sequence[tuple[Box, bool]]) -> list[Box]:
    """What of the traffic passes, where the first rule that matches decides and no match stops it.

    Args:
        traffic: what comes.
        rules: what each matches, and whether it lets that pass.
    """
    passed: list[Box] = []
    undecided = list(traffic)
    for matched, allow in rules:
        rest: list[Box] = []
        for box in undecided:
            common = overlap(box, matched)
            if common is None:
                rest.append(box)
                continue
            if allow:
                passed.append(common)
            rest += without(box, common)
        undecided = rest
        if not undecided:
            break
    return passed


class Passing:
    """Boxes that get through, found by address without going through all of them."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._boxes = sorted(boxes)
        self._reaches = list(accumulate((box.last for box in self._boxes), max))

    def __bool__(self) -> bool:
        return bool(self._boxes)

    def ports(self, traffic: Box) -> list[tuple[int, int]]:
        """The ports on which some of the traffic gets through; none where nothing does."""
        found: list[tuple[int, int]] = []
        for at in range(bisect_left(self._reaches, traffic.first), len(self._boxes)):
            box = self._boxes[at]
            if box.first > traffic.last:
                break
            if box.last < traffic.first:
                continue
            low, high = max(box.low, traffic.low), min(box.high, traffic.high)
            if low <= high:
                found.append((low, high))
                if low == traffic.low and high == traffic.high:
                    break
        return found


def merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    ordered = iter(sorted(ranges))
    first, last = next(ordered, (0, -1))
    for low, high in ordered:
        if low > last + 1:
            found.append((first, last))
            first, last = low, high
        elif high > last:
            last = high
    return [*found, (first, last)] if first <= last else found
