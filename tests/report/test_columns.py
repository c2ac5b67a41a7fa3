"""Compact columns: what is written for a few numbers, paths and words."""

from __future__ import annotations

import pytest

from orgscan.report.columns import Numbers, Paths, Table, joined


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([], ""),
        ([0], "A"),
        ([0, 0], "AA"),
        ([1, 2, 3], "CCC"),
        ([5, 4, 4], "KDA"),
        ([16], "gB"),
        ([-1, 0], "DC"),
        ([7, 7, 7, 7, 8], "OBDC"),
        ([0] * 100, "BkD"),
        ([1_795_482_000], "g5wzgrD"),
    ],
)
def test_numbers_are_written_as_differences_and_runs(numbers: list[int], text: str) -> None:
    """The digits are those of source maps; B opens a run of equal numbers."""
    column = Numbers()
    for number in numbers:
        column.add(number)

    assert column.text() == text


def test_paths_share_what_they_have_in_common() -> None:
    """A second service of a cluster costs one part."""
    paths = Paths()
    nodes = [paths.node(path) for path in ("a:b/c", "a:b/d", "a:b/c", "a:b", "x")]

    assert nodes == [3, 4, 3, 5, 6]
    assert paths.document() == {"parents": "ACCADD", "parts": "a: b/ c d b x"}


def test_a_word_that_holds_the_separator_stays_one_word() -> None:
    """Spaces and percent signs are encoded, so that the words can be told apart again."""
    assert joined(["a b", "100%", "%20", ""]) == "a%20b 100%25 %2520 "


def test_a_table_writes_each_value_once() -> None:
    """Rows refer to a dictionary in the order of first use."""
    table = Table()
    for status, arn in (("FAILED", "a/b"), ("PASSED", "a/c"), ("FAILED", None)):
        table.value("status", status)
        table.path("arn", arn)
        table.end_row()

    assert table.document() == {
        "rows": 3,
        "columns": {"status": "ACD", "arn": "ECH"},
        "values": {"status": ["FAILED", "PASSED"]},
        "paths": {"parents": "ACA", "parts": "a/ b c"},
    }
