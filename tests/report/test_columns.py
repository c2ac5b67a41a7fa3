"""Compact columns: what is written for a few numbers, paths and words."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from orgscan.report.columns import MOST_REMEMBERED, Numbers, Paths, Table, joined


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
    assert dict(paths.members()) == {"parents": "ACCADD", "parts": "a: b/ c d b x"}


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

    assert json.loads("".join(table.json({"digests": "x </script>"}))) == {
        "digests": "x </script>",
        "rows": 3,
        "columns": {"status": "ACD", "arn": "ECH"},
        "values": {"status": ["FAILED", "PASSED"]},
        "paths": {"parents": "ACA", "parts": "a/ b c"},
    }


def test_an_empty_table_is_json() -> None:
    """Without rows there are no columns."""
    written = "".join(Table().json())

    assert json.loads(written) == {
        "rows": 0,
        "columns": {},
        "values": {},
        "paths": {"parents": "", "parts": ""},
    }


def test_a_detail_that_comes_again_is_written_once_unless_it_is_long_ago() -> None:
    """Every row still refers to the value that it was given."""
    table = Table()
    given = ["first", "first", *(str(number) for number in range(MOST_REMEMBERED)), "first"]
    for value in given:
        table.detail("reason", value)
        table.end_row()

    written = json.loads("".join(table.json()))
    assert written["values"]["reason"] == given[1:]
    assert written["columns"]["reason"].startswith("AACC")


def test_memory_grows_by_what_is_written_and_not_by_what_was_seen() -> None:
    """A hundred thousand different ARNs and details take their own text, and little besides."""
    table = Table()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(100_000):
        table.path("arn", f"arn:aws:ecs:eu-west-1:{number // 10:012d}:service/prod/{number}")
        table.detail("reason", f"because of {number}")
        table.end_row()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    written = sum(map(len, table.json()))
    # A growing text may hold an eighth more than it needs; the rest is what is remembered.
    assert after - before < 1.125 * written + 3 * 2**20


@pytest.mark.parametrize("hostile", ["</script>", "<!--", "&amp;", "\u2028\x1b[2J"])
def test_nothing_in_a_table_ends_the_element_that_it_is_in(hostile: str) -> None:
    """Values, details, paths and other members are all escaped, and read back as they were."""
    table = Table()
    table.value("status", hostile)
    table.detail("reason", hostile)
    table.path("arn", hostile)
    table.end_row()

    written = "".join(table.json({"digests": hostile}))
    assert not set("<>&\u2028\x1b") & set(written)
    assert json.loads(written)["values"] == {"status": [hostile], "reason": [hostile]}
    assert json.loads(written)["digests"] == hostile
