"""Boxes of traffic: cut, passed by the first rule that matches, and found again."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgscan.controls.traffic import (
    Box,
    Passing,
    box_of,
    everything,
    let_through,
    merged,
    overlap,
    without,
)

numbers = st.integers(0, 6)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """Boxes small enough to be looked at point by point."""
    first, last = sorted((draw(numbers), draw(numbers)))
    low, high = sorted((draw(numbers), draw(numbers)))
    return Box(first, last, low, high)


def points(box: Box | None) -> set[tuple[int, int]]:
    """Every address and port of a box."""
    if box is None:
        return set()
    return {
        (address, port)
        for address in range(box.first, box.last + 1)
        for port in range(box.low, box.high + 1)
    }


def all_points(found: list[Box]) -> list[tuple[int, int]]:
    """Of several boxes, those that lie in two of them twice."""
    return sorted(point for box in found for point in points(box))


@given(boxes(), boxes())
def test_two_boxes_overlap_in_the_points_of_both(one: Box, other: Box) -> None:
    """No point more, none less."""
    assert points(overlap(one, other)) == points(one) & points(other)


@given(boxes(), boxes())
def test_what_is_cut_out_leaves_every_other_point_once(box: Box, cut: Box) -> None:
    """The parts lie apart and fill the rest."""
    taken = overlap(box, cut)
    rest = [box] if taken is None else without(box, taken)

    assert all_points(rest) == sorted(points(box) - points(cut))


@given(boxes(), st.lists(st.tuples(boxes(), st.booleans()), max_size=5))
def test_the_first_rule_that_matches_decides_each_point(
    traffic: Box, rules: list[tuple[Box, bool]]
) -> None:
    """As a firewall would decide it packet by packet; what no rule matches is stopped."""
    passed = {
        point
        for point in points(traffic)
        if next((allow for box, allow in rules if point in points(box)), False)
    }

    assert all_points(let_through([traffic], rules)) == sorted(passed)


@given(st.lists(boxes(), max_size=6), boxes())
def test_the_ports_that_get_through_are_found_by_address(found: list[Box], traffic: Box) -> None:
    """Some port gets through exactly where some box and the traffic have a point in common."""
    ports = Passing(found).ports(traffic)
    in_common = [both for box in found if (both := overlap(box, traffic)) is not None]

    assert bool(ports) == bool(in_common)
    assert set(ports) <= {(both.low, both.high) for both in in_common}


@given(st.lists(st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair)))))
def test_ranges_merge_into_ranges_apart(ranges: list[tuple[int, int]]) -> None:
    """The same numbers, in order, with a gap between any two."""
    found = merged(ranges)
    held = {number for low, high in ranges for number in range(low, high + 1)}

    assert {number for low, high in found for number in range(low, high + 1)} == held
    assert all(one[1] + 1 < other[0] for one, other in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("cidr", "ports", "box"),
    [
        ("192.0.2.0/30", (None, None), Box(3221225984, 3221225987, 0, 65_535)),
        ("192.0.2.1/30", (443, 443), Box(3221225984, 3221225987, 443, 443)),
        ("0.0.0.0/0", (-1, -1), everything(4)),
        ("::/0", (8_000, 8_999), everything(6, 8_000, 8_999)),
    ],
)
def test_a_cidr_is_a_box(cidr: str, ports: tuple[int | None, int | None], box: Box) -> None:
    """Bits beyond the prefix are dropped, and -1 means every port, as EC2 writes it."""
    assert box_of(cidr, *ports) == box


@pytest.mark.parametrize("cidr", ["", "pl-12345678", "10.0.0.0/33", "fe80::1%eth0/64/1"])
def test_what_is_no_cidr_is_refused(cidr: str) -> None:
    """A prefix list's id, an empty text and nonsense are no address ranges."""
    with pytest.raises(ValueError, match=r"."):
        box_of(cidr)
